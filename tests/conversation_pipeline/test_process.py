"""The bot as a real process: killed, restarted, flooded, refused."""


import pytest

from tests.bot_api.people import Somebody
from tests.bot_api.processes import BotProcess
from tests.bot_api.server import BotApi, until
from tests.fakes.pipeline import NEUTRAL

pytestmark = pytest.mark.process


async def test_a_text_is_answered_over_long_polling(migrated_url):
    async with BotApi() as api, BotProcess(api, migrated_url):
        awa = Somebody(api, 71)
        awa.says("bonjour")
        await until(lambda: awa.sees == ["1: bonjour"])
        awa.presses("Encore")
        await until(lambda: awa.sees == ["2: [1:echo:again:yes]"])
        await until(lambda: len(api.answered) == 1)
        awa.says("quitter")
        await until(lambda: awa.sees == [NEUTRAL])
        assert [one.text for one in api.visible(71)] == [NEUTRAL]
