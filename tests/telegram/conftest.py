"""A stand-in of the Bot API, and the edge that talks to it."""

from collections.abc import AsyncIterator

import pytest

from bot.telegram import bot_api
from bot.telegram.limiter import SendingLimiter
from bot.telegram.messenger import TelegramMessenger
from tests.bot_api.people import Somebody
from tests.bot_api.server import TOKEN, BotApi


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as standin:
        yield standin


@pytest.fixture
async def client(api: BotApi) -> AsyncIterator[bot_api.BotApi]:
    async with bot_api.BotApi(TOKEN, api.base_url) as opened:
        yield opened


@pytest.fixture
def limiter() -> SendingLimiter:
    return SendingLimiter(enabled=False)


@pytest.fixture
def messenger(client: bot_api.BotApi, limiter: SendingLimiter) -> TelegramMessenger:
    async def no_time(_seconds: float) -> None:
        pass

    return TelegramMessenger(client, limiter, sleep=no_time)


@pytest.fixture
def awa(api: BotApi) -> Somebody:
    return Somebody(api, 71)
