"""`jigi serve` after somebody has signed texts in the console."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from bot.cli.console import read_contents
from guidance.reviews import sign
from guidance.signatures import Signature
from storage.actors import Actor, Role
from storage.keys import Keyring
from storage.store import open_store
from tests.bot_api.people import Somebody
from tests.bot_api.processes import SECRET, BotProcess
from tests.bot_api.server import BotApi, until
from tests.process.jigi import JIGI, ready_database, run_jigi

pytestmark = pytest.mark.process
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
PAGES = [each for each in read_contents() if each.title.startswith("article/after_rape.")]


def sign_pages(connection: Connection) -> None:
    actor = Actor("valide@example.org", frozenset({Role.APPROVER}))
    read = Signature("Fanta Traoré, interprète", NOW.date())
    for page in PAGES:
        sign(connection, actor, page, digest=page.digest, signature=read, now=NOW)


@pytest.mark.parametrize("signed", [False, True])
async def test_s31_a_served_text_loses_its_french_once_it_is_signed(
    migrated_sqlite_url: str, *, signed: bool
):
    await ready_database(migrated_sqlite_url)
    if signed:
        store = open_store(migrated_sqlite_url, Keyring(SECRET))
        await store.write(sign_pages)
        await store.close()
    told = await run_jigi("i18n", "status", database_url=migrated_sqlite_url)
    assert f", {len(PAGES) if signed else 0} signed, " in told.out
    async with BotApi() as api:
        bot = BotProcess(api, migrated_sqlite_url, command=(*JIGI, "serve"))
        async with bot:
            awa = Somebody(api, 602)
            awa.says("/start a_xp5toy")
            await until(lambda: bool(awa.sees))
            awa.presses("Bamanankan")
            await until(lambda: "Kɛnɛya fɔlɔ" in (awa.screen.text or ""))
            assert ("La santé d'abord" in (awa.screen.text or "")) is not signed
            await bot.end()
