"""The directory's life through the running bot: reports of old messages, and staff who call."""

import signal
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage.database import open_engine
from tests.bot_api.people import Somebody
from tests.bot_api.processes import BotProcess
from tests.bot_api.server import BotApi, until
from tests.process.jigi import JIGI, ready_database, run_jigi

pytestmark = pytest.mark.process


def serving(api: BotApi, url: str) -> BotProcess:
    return BotProcess(api, url, command=(*JIGI, "serve"))


async def ready(url: str) -> None:
    """Fill the directory and verify one number and one service."""
    await ready_database(url)
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251  # the bot has the real clock
    ended = await run_jigi(
        "directory", "verify", "osc-mopti", "--by", "Awa T.", "--on", day, database_url=url
    )
    assert ended.status == 0, ended.err


async def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = open_engine(url)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()


async def test_s28_a_report_button_of_an_old_message_works_after_a_restart(migrated_sqlite_url):
    await ready(migrated_sqlite_url)
    async with BotApi() as api, serving(api, migrated_sqlite_url) as bot:
        awa = Somebody(api, 701)
        awa.says("/start")
        await until(lambda: bool(awa.sees))
        awa.presses("Français")
        await until(lambda: "Que voulez-vous faire" in (awa.screen.text or ""))
        awa.says("mon mari me frappe, je suis à Sévaré")
        await until(lambda: "Sominé Dolo" in (awa.screen.text or ""))
        awa.presses(next(label for label in awa.screen.data if "Sominé Dolo" in label))
        await until(lambda: "🗣️ Un mot sur ce service" in awa.screen.data)
        awa.presses("🗣️ Un mot sur ce service")
        await until(lambda: "📵 Pas de réponse" in awa.screen.data)
        old = awa.screen
        data = old.data["📵 Pas de réponse"]
        assert "osc-mopti" in data

        await bot.end(signal.SIGKILL)
        await ask(migrated_sqlite_url, "DELETE FROM sessions")
        await bot.start()
        awa.presses_data(data, old)
        await until(lambda: "C'est compté, sans nom" in (awa.screen.text or ""))
        assert {"🆘 Urgence", "✖️ Quitter"} <= set(awa.screen.data)
    rows = await ask(migrated_sqlite_url, "SELECT service_slug, kind, count FROM service_reports")
    assert rows == [("osc-mopti", "no_answer", 1)]
    assert "osc-mopti" not in bot.log
