"""`jigi serve` and `jigi doctor`."""

import asyncio
import sys

import uvloop

from bot import running
from bot.observability import configure_logging
from bot.serving import PortTakenError, TokenRefusedError, WebhookRefusedError
from bot.settings import Settings, SettingsError


def serve(*, demo: bool = False) -> None:
    """Answer on Telegram: long polling, or a webhook where JIGI_WEBHOOK_URL is set.

    Args:
        demo: show entries that nobody has verified yet, marked as such, to those who gave
            JIGI_DEMO_CODE with /start.
    """
    settings = Settings.read()
    configure_logging()
    try:
        uvloop.run(running.serve_bot(settings, demo=demo))
    except TokenRefusedError:
        raise SettingsError("The setting JIGI_TELEGRAM_TOKEN is refused by the Bot API.") from None
    except WebhookRefusedError:
        raise SettingsError(
            "The setting JIGI_WEBHOOK_URL is refused by the Bot API: it wants https on port 443,"
            " 80, 88 or 8443."
        ) from None
    except PortTakenError as error:
        raise SettingsError(f"Port {error.port} is taken by something else.") from None


def doctor() -> None:
    """Say what is open before going live; exit with 1 when anything is."""
    open_points = asyncio.run(running.open_points(Settings.read()))
    for point in open_points:
        print(f"- {point}")
    if open_points:
        sys.exit(1)
    print("Nothing is open.")
