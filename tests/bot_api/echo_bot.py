"""A bot as a process of its own: the real pipeline, with a driver that echoes.

`python -m tests.bot_api.echo_bot`, set up by the same environment variables as `jigi serve`.
"""

import asyncio
import os
from datetime import UTC, datetime

from bot.adapters.store import open_conversation_store
from bot.conversation.surroundings import Surroundings
from bot.observability import PrometheusTally, configure_logging
from bot.serving import Doors, Parts, serve
from bot.telegram.bot_api import BotApi
from bot.telegram.limiter import SendingLimiter
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.reading import read
from storage.keys import Keyring
from tests.fakes.pipeline import LINES, EchoDriver, leaves


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # a real process has a real clock


async def main() -> None:
    environment = os.environ
    url = environment["JIGI_DATABASE_URL"]
    is_limited = environment.get("JIGI_OUTGOING_LIMIT", "true") != "false"
    keyring = Keyring(environment["JIGI_SECRET_KEY"])
    tally = PrometheusTally()
    token, base_url = environment["JIGI_TELEGRAM_TOKEN"], environment["JIGI_TELEGRAM_BASE_URL"]
    async with (
        BotApi(token, base_url) as api,
        open_conversation_store(url, keyring, RealClock()) as store,
    ):
        around = Surroundings(
            driver=EchoDriver(),
            read=read,
            leaves=leaves,
            must_hear=leaves,
            store=store,
            messenger=TelegramMessenger(api, SendingLimiter(enabled=is_limited)),
            clock=RealClock(),
            lines=LINES,
            tally=tally,
            limit_incoming=is_limited,
        )
        doors = Doors(
            http_port=int(environment.get("JIGI_HTTP_PORT", "0")),
            metrics_port=int(environment.get("JIGI_METRICS_PORT", "0")),
            http_host="127.0.0.1",
            webhook_url=environment.get("JIGI_WEBHOOK_URL"),
            webhook_secret=environment.get("JIGI_WEBHOOK_SECRET", ""),
        )
        await serve(Parts(around, api, tally, doors))


if __name__ == "__main__":
    import uvloop

    configure_logging()
    uvloop.run(main()) if os.environ.get("JIGI_UVLOOP", "1") == "1" else asyncio.run(main())
