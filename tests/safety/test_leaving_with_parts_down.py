"""S02: leaving the real process with every other part broken, one at a time and all together."""

import asyncio
import contextlib
import signal
import sqlite3
import sys

import pytest
from sqlalchemy import text

from bot import bootstrap
from bot.conversation import phrases
from bot.settings import Settings
from storage.database import open_engine
from tests.bot_api.people import Somebody
from tests.bot_api.processes import BotProcess, free_port
from tests.bot_api.server import BotApi, until
from tests.safety.test_discretion import TELLING

pytestmark = pytest.mark.process

CODE = "colline-42"
CHAT = 7_531
NEUTRAL = {each.text for each in phrases.NEUTRAL}
LEFTOVER = phrases.LEFTOVER.text
TOLD = "mon mari me frappe, je suis à Sévaré"
SERVE = (sys.executable, "-c", "from bot.cli import main; main()", "serve", "--demo")
# The archive can't be read: the bot answers all the same, by guard, lexicon and buttons.
WITHOUT_MODEL = """
from bot import bootstrap
def missing():
    raise OSError("no archive")
bootstrap.ModelArchive.read = missing
from bot.cli import main
main()
"""
LEAVING = ("✖️ Quitter", "/effacer", "QUITER", "ka bɔ")


@pytest.fixture
async def url(migrated_url):
    await bootstrap.fill_directory(Settings(database_url=migrated_url), bootstrap.SystemClock())
    return migrated_url


def serving(api, url, *, model=True, **settings):
    command = SERVE if model else (sys.executable, "-c", WITHOUT_MODEL, "serve", "--demo")
    environment = {"JIGI_DEMO_CODE": CODE, **settings}
    return BotProcess(api, url, command=command, environment=environment)


async def tell(api):
    """Come in and tell something that nobody may read; return who told it."""
    awa = Somebody(api, CHAT)
    awa.says(f"/start {CODE}")
    await until(lambda: awa.sees, seconds=30)
    awa.says(TOLD)
    await until(lambda: len(awa.sees) == 2, seconds=30)
    assert TELLING.search(awa.screen.text)
    return awa


def leave(awa, how):
    if how.startswith("✖️"):
        awa.presses(how)
    else:
        awa.says(how)


def said_since(api, start):
    """What the bot sent, in order, since the call number `start`."""
    return [str(c.fields["text"]) for c in api.calls[start:] if c.method == "sendMessage"]


def visible(api):
    return [one.text for one in api.visible(CHAT)]


def is_clean(api):
    """Nothing stands in the chat but lines that tell nothing."""
    return bool(visible(api)) and set(visible(api)) <= NEUTRAL | {LEFTOVER}


@contextlib.asynccontextmanager
async def database_away(url, backend):
    """Nobody gets an answer from the database while the block runs."""
    if backend == "sqlite":
        lock = sqlite3.connect(url.partition("///")[2], isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            lock.execute("ROLLBACK")
            lock.close()
        return
    address, _, name = url.rpartition("/")
    engine = open_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            ended = text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            )
            await connection.execute(ended, {"name": name})
            yield
            await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    finally:
        await engine.dispose()


async def rows_of_persons(url):
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return [
                (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608  # names of ours
                for table in ("sessions", "ledger_messages", "timers")
            ]
    finally:
        await engine.dispose()


async def until_nothing_is_held(url):
    """Wait for the session, the ledger and the timers to be empty."""
    for _ in range(300):
        if await rows_of_persons(url) == [0, 0, 0]:
            return
        await asyncio.sleep(0.1)
    assert await rows_of_persons(url) == [0, 0, 0]


@pytest.mark.parametrize("how", LEAVING)
async def test_s02_leaving_with_the_model_missing(migrated_sqlite_url, how):
    await bootstrap.fill_directory(
        Settings(database_url=migrated_sqlite_url), bootstrap.SystemClock()
    )
    async with BotApi() as api, serving(api, migrated_sqlite_url, model=False):
        awa = await tell(api)
        start = len(api.calls)
        leave(awa, how)
        await until(lambda: is_clean(api), seconds=20)
        assert said_since(api, start)[0] in NEUTRAL
        await until_nothing_is_held(migrated_sqlite_url)


async def test_s02_leaving_with_the_server_of_the_model_away(migrated_sqlite_url):
    await bootstrap.fill_directory(
        Settings(database_url=migrated_sqlite_url), bootstrap.SystemClock()
    )
    nobody = f"http://127.0.0.1:{free_port()}"
    async with BotApi() as api, serving(api, migrated_sqlite_url, JIGI_NLU_URL=nobody):
        awa = await tell(api)
        leave(awa, "quitter")
        await until(lambda: is_clean(api), seconds=20)


@pytest.mark.parametrize("kind", ["429", "500"])
@pytest.mark.parametrize("method", ["sendMessage", "deleteMessages"])
async def test_s02_leaving_while_telegram_refuses(url, kind, method):
    async with BotApi() as api, serving(api, url):
        awa = await tell(api)
        start = len(api.calls)
        api.fail(kind, method=method, times=2, **({"seconds": 1} if kind == "429" else {}))
        leave(awa, "/stop")
        await until(lambda: is_clean(api), seconds=60)
        assert set(said_since(api, start)) <= NEUTRAL
        await until_nothing_is_held(url)


async def test_s02_leaving_with_the_database_down_and_what_an_earlier_process_sent(url, backend):
    """A new process holds nothing of what the last one sent: the rest goes when it comes again."""
    async with BotApi() as api, serving(api, url) as bot:
        awa = await tell(api)
        await bot.end(signal.SIGTERM)
        await bot.start()
        telling = {one.message_id for one in api.visible(CHAT)}
        pressed = awa.screen.message_id
        start = len(api.calls)
        async with database_away(url, backend):
            number = awa.presses("✖️ Quitter")
            await until(lambda: LEFTOVER in visible(api), seconds=30)
            # Neutral first; then the pressed message went, and the rest still stands.
            assert said_since(api, start)[0] in NEUTRAL
            left = {one.message_id for one in api.visible(CHAT)}
            assert pressed not in left
            assert telling - {pressed} <= left
            # Not acknowledged: it comes again once the database is back.
            assert api.updates.confirmed < number
        await until(lambda: is_clean(api), seconds=60)
        await until(lambda: api.updates.confirmed >= number, seconds=60)
        assert said_since(api, start).count(LEFTOVER) == 1
        assert set(said_since(api, start)) <= NEUTRAL | {LEFTOVER}
        await until_nothing_is_held(url)


async def test_s02_leaving_with_everything_down_at_once(url, backend):
    async with BotApi() as api, serving(api, url, model=False):
        awa = await tell(api)
        start = len(api.calls)
        api.fail("429", method="sendMessage", times=1, seconds=1)
        api.fail("500", method="deleteMessages", times=2)
        async with database_away(url, backend):
            leave(awa, "quitter")
            await until(lambda: len(api.calls) >= start + 3, seconds=30)
            assert set(said_since(api, start)) <= NEUTRAL | {LEFTOVER}
        await until(lambda: is_clean(api), seconds=60)
        await until_nothing_is_held(url)
