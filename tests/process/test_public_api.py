"""`jigi serve` answers under `/hsds/` only where it was switched on, and shows verified entries."""

import aiohttp
import pytest

from tests.bot_api.processes import BotProcess
from tests.bot_api.server import BotApi
from tests.process.jigi import JIGI, ready_database

pytestmark = pytest.mark.process


@pytest.mark.parametrize(("setting", "status"), [("", 404), ("0", 404), ("1", 200)])
async def test_the_public_api_is_off_unless_switched_on(migrated_sqlite_url, setting, status):
    await ready_database(migrated_sqlite_url)
    environment = {"JIGI_PUBLIC_API": setting, "JIGI_DEMO_CODE": "sugu-7"}
    command = (*JIGI, "serve", "--demo")
    async with (
        BotApi() as api,
        BotProcess(api, migrated_sqlite_url, command=command, environment=environment) as bot,
        aiohttp.ClientSession(f"http://127.0.0.1:{bot.port}") as session,
    ):
        async with session.get("/hsds/services") as answer:
            assert answer.status == status
            page = await answer.json() if status == 200 else None
        async with session.get("/healthz") as answer:
            assert answer.status == 200
    if page is not None:
        # Of the starter entries nobody confirmed any: only what stands everywhere is left.
        assert {one["x_kind"] for one in page["contents"]} == {"public_structure"}
