"""`jigi telegram`: what people see of the bot in Telegram."""

import asyncio

from cyclopts import App

from bot.settings import Settings
from bot.telegram.bot_api import BotApi
from bot.telegram.profile import set_up_profile

app = App(name="telegram", help="The bot's own page in Telegram.")


@app.command
def setup() -> None:
    """Give the bot its neutral name, descriptions and commands, in both languages."""
    asyncio.run(_setup(Settings.read()))
    print("Name, descriptions and commands are set.")


async def _setup(settings: Settings) -> None:
    token = settings.required("telegram_token", "the bot's token from @BotFather")
    async with BotApi(token, settings.telegram_base_url) as api:
        await set_up_profile(api, settings.organisation_name)
