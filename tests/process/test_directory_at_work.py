"""The directory's life through the running bot: reports of old messages, and staff who call."""

import signal
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage.actors import Actor, Role
from storage.database import open_engine
from storage.keys import Keyring
from storage.store import open_store
from tests.bot_api.people import Somebody
from tests.bot_api.processes import SECRET, BotProcess
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


async def link_code(url: str) -> str:
    """Return a code as the console would show it to Fanta."""
    store = open_store(url, Keyring(SECRET))
    try:
        fanta = Actor("fanta@example.org", frozenset({Role.EDITOR}))
        now = datetime.now(UTC)  # noqa: TID251  # the bot has the real clock
        return await store.write(store.staff_links.make_link_code, fanta, now)
    finally:
        await store.close()


async def seen(person: Somebody, words: str) -> None:
    """Wait until the last message says this, or has such a button."""
    await until(
        lambda: (
            bool(person.sees)
            and (words in (person.screen.text or "") or words in person.screen.data)
        )
    )


async def test_the_queue_exists_for_nobody_but_linked_staff(migrated_sqlite_url):
    url = migrated_sqlite_url
    await ready(url)
    code = await link_code(url)
    async with BotApi() as api, serving(api, url):
        awa, fanta = Somebody(api, 711), Somebody(api, 712)
        awa.says("/start")
        await seen(awa, "Français")
        awa.presses("Français")
        await seen(awa, "Que voulez-vous faire")
        fanta.says(f"/start s_{code}")
        await seen(fanta, "Ce téléphone est lié")
        for command in ("/nosuch", "/verifier", "/lier AAAAAAAAAA", f"/lier {code}"):
            before = len(awa.sees)
            awa.says(command)
            await until(lambda before=before: len(awa.sees) > before)
        assert len(set(awa.sees[-4:])) == 1

        fanta.presses("📇 Ouvrir la file")
        await seen(fanta, "🆘 Urgence, tout le pays")
        button = fanta.screen.data["🚪 Fermé"]
        fanta.presses("🔓 Délier ce téléphone")
        await seen(fanta, "🤝 Trouver de l'aide")
        awa.presses_data(button, awa.screen)
        fanta.presses_data(button, fanta.screen)
        fanta.says("/verifier")
        await seen(fanta, "🤝 Trouver de l'aide")
    by = "WHERE actor = 'fanta@example.org'"
    assert await ask(url, f"SELECT tag FROM audit_entries {by}") == []  # noqa: S608  # our own words
    assert await ask(url, "SELECT name FROM staff_telegram_links") == []


async def test_linked_staff_call_one_entry_after_the_other(migrated_sqlite_url):
    url = migrated_sqlite_url
    await ready(url)
    code = await link_code(url)
    async with BotApi() as api, serving(api, url) as bot:
        fanta = Somebody(api, 713)
        fanta.says(f"/lier {code}")
        await seen(fanta, "Ce téléphone est lié")
        fanta.says("/verifier")
        await seen(fanta, "🆘 Urgence, tout le pays")
        assert "📞 1" in fanta.screen.text
        old = dict(fanta.screen.data)
        fanta.presses("✅ Toujours juste")
        await seen(fanta, "👍 Confirmé aujourd'hui.")
        fanta.presses_data(old["📵 Pas de réponse"], fanta.screen)
        await seen(fanta, "a changé entre-temps")
        fanta.presses("✏️ Corriger")
        await seen(fanta, "📞 Le numéro")
        fanta.presses("📞 Le numéro")
        await seen(fanta, "📄 Maintenant")
        fanta.says("pas un numéro")
        await seen(fanta, "Ce n'est pas accepté ainsi")
        fanta.says("115")
        await seen(fanta, "Une autre personne doit approuver")
        fanta.presses("📵 Pas de réponse")
        await seen(fanta, "revient dans 2 jours")
        fanta.presses("🚪 Fermé")
        await seen(fanta, "🚪 Oui, fermé")
        fanta.presses("🚪 Oui, fermé")
        await seen(fanta, "🚪 Fermé. Le public")
        await bot.end(signal.SIGTERM)
    by = "WHERE actor = 'fanta@example.org' ORDER BY id"
    tags = [tag for (tag,) in await ask(url, f"SELECT tag FROM audit_entries {by}")]  # noqa: S608  # our own words
    kinds = [tag.partition(":")[2] for tag in tags if tag.partition(":")[0] != "organization"]
    assert kinds == ["verified", "edit_proposed", "no_answer", "closed"]
    assert "fanta" not in bot.log
    assert "713" not in bot.log


async def test_a_link_for_a_provider_is_printed_for_what_is_public_alone(migrated_sqlite_url):
    url = migrated_sqlite_url
    await ready(url)
    made = await run_jigi("directory", "provider-link", "osc-mopti", database_url=url)
    assert made.status == 0, made.err
    assert made.out.startswith("/prestataire/")
    refused = await run_jigi("directory", "provider-link", "nothing", database_url=url)
    assert (refused.status, refused.out) == (2, "")
    assert "There is no link for nothing" in refused.err
