"""`jigi telegram`: what people see of the bot in Telegram."""

import asyncio
from pathlib import Path

from cyclopts import App
from telegram.error import TelegramError

from bot.settings import Settings
from bot.telegram.bot_api import BotApi
from bot.telegram.picture import draw_picture
from bot.telegram.profile import set_picture, set_up_profile

app = App(name="telegram", help="The bot's own page in Telegram.")


@app.command
def setup() -> None:
    """Give the bot its neutral name, picture, descriptions and commands, in both languages."""
    has_picture = asyncio.run(_setup(Settings.read()))
    print("Name, descriptions and commands are set.")
    if has_picture:
        print("The picture is set.")
    else:
        print(
            "This server took no picture: write it with `jigi telegram picture FILE` and give it to"
            " @BotFather (/setuserpic)."
        )


@app.command
def picture(file: Path) -> None:
    """Write the bot's neutral picture into a file (JPEG), to look at it or to hand it over.

    Args:
        file: where to.
    """
    file.write_bytes(draw_picture())
    print(f"The picture is in {file}.")


async def _setup(settings: Settings) -> bool:
    """Set everything; return whether the picture was taken, which older servers don't know."""
    token = settings.required("telegram_token", "the bot's token from @BotFather")
    async with BotApi(token, settings.telegram_base_url) as api:
        await set_up_profile(api, settings.organisation_name)
        try:
            await set_picture(api, draw_picture())
        except TelegramError:
            return False
    return True
