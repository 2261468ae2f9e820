"""S16: what a person writes is nowhere, raw or disguised, after the real process has worked."""

import asyncio
import base64
import contextlib
import gzip
import json
import os
import sys
import zlib
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import LargeBinary, select, text

from bot import bootstrap
from bot.settings import Settings
from storage.database import Base, open_engine
from storage.keys import Keyring, Purpose, SealBrokenError
from tests.bot_api.people import Somebody
from tests.bot_api.processes import SECRET, BotProcess, free_port
from tests.bot_api.server import BotApi, until
from tests.nlu import rasa_server

CODE = "colline-42"
CANARY = "KANARI7531"
WORDS = f"{CANARY} été à moi"
CHAT = 7_531_753_102
# The real command with debug logging on; one word makes the driver itself fail.
WATCHED = """
import logging
from bot.cli import main, serving
from bot.conversation.driver import Conversation
from bot.observability import configure_logging
serving.configure_logging = lambda: configure_logging(logging.DEBUG)
answer = Conversation.respond
async def respond(self, incoming, state, now):
    said = getattr(incoming.event, "text", "")
    if "EXPLODE" in said:
        raise ValueError(said)
    return await answer(self, incoming, state, now)
Conversation.respond = respond
main()
"""
_PACKED, _UNPACKED = 200_000, 1_000_000
FILE = {"file_id": WORDS, "file_unique_id": CANARY, "file_size": 1}
INPUTS = (
    {"text": WORDS},
    {"text": f"je cherche un médecin {WORDS}"},
    {"text": f"mon mari me frappe {WORDS}"},
    {"text": f"j'ai 14 ans {WORDS}"},
    {"text": f"/{CANARY} {WORDS}"},
    {"text": f"/start {CANARY}"},
    {"text": f"EXPLODE {WORDS}"},
    {"voice": {**FILE, "duration": 3}, "caption": WORDS},
    {"photo": [{**FILE, "width": 1, "height": 1}], "caption": WORDS},
    {"document": {**FILE, "file_name": WORDS}},
    {"contact": {"phone_number": CANARY, "first_name": WORDS}},
    {"venue": {"title": WORDS}, "location": {"latitude": 12.6, "longitude": -8.0}},
    {"hologram": WORDS},
)
MALFORMED = (
    {"message": {"chat": {"id": CANARY}, "text": WORDS}},
    {"message": WORDS},
    {"callback_query": {"id": CANARY, "data": WORDS}},
    {CANARY: {"chat": {"id": 1}, "text": WORDS}},
)

pytestmark = pytest.mark.process


def traces(word):
    """The forms in which a word may lie somewhere."""
    raw = word.encode()
    shifted = (base64.b64encode(b"\0" * shift + raw)[4:-4] for shift in range(3))
    urls = (base64.urlsafe_b64encode(b"\0" * shift + raw)[4:-4] for shift in range(3))
    escaped = json.dumps(word).strip('"').encode()
    return {raw, escaped, raw.hex().encode(), raw.hex().upper().encode(), *shifted, *urls,
            word.encode("utf-16-le")}  # fmt: skip


def with_unpacked(content):
    """Return the content with whatever in it is packed by gzip or zlib, unpacked behind it."""
    parts = [content]
    for magic, bits in ((b"\x1f\x8b\x08", 31), (b"\x78\x9c", 15), (b"\x78\xda", 15)):
        start = content.find(magic)
        while start >= 0:
            unpacker = zlib.decompressobj(bits)
            with contextlib.suppress(zlib.error):
                parts.append(unpacker.decompress(content[start : start + _PACKED], _UNPACKED))
            start = content.find(magic, start + 1)
    return b"\n".join(parts)


def found(places, word):
    return [name for name, content in places.items() for one in traces(word) if one in content]


DISGUISES = {
    "plain": bytes,
    "hex": lambda raw: raw.hex().encode(),
    "base64": base64.b64encode,
    "base64, shifted": lambda raw: b"xx" + base64.b64encode(b"x" + raw),
    "gzip": gzip.compress,
    "zlib": lambda raw: b"\0" + zlib.compress(raw),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_the_search_finds_a_word_in_every_disguise(disguise):
    content = with_unpacked(b"before " + disguise(f"say {CANARY} now".encode()) + b" after")
    assert found({"here": content}, CANARY)


async def opened_columns(url):
    """Everything that is sealed in the database, opened with the keys."""
    keyring, plain = Keyring(SECRET), []
    engine = open_engine(url)
    async with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            sealed = [each for each in table.columns if isinstance(each.type, LargeBinary)]
            if not sealed:
                continue
            for row in await connection.execute(select(*sealed)):
                plain += [one for cell in row if cell for one in _opened(keyring, cell)]
    await engine.dispose()
    return b"\n".join(plain)


def _opened(keyring, cell):
    for purpose in Purpose:
        try:
            yield keyring.open(purpose, cell)
        except SealBrokenError:
            continue


async def files_of(url, backend, folder):
    """Every file of the database, its write-ahead log included."""
    if backend == "postgresql":
        engine = open_engine(url)
        async with engine.connect() as connection:
            await connection.execute(text("CHECKPOINT"))
            folder = Path((await connection.execute(text("SHOW data_directory"))).scalar_one())
        await engine.dispose()
        places = {
            str(path.relative_to(folder)): path.read_bytes()
            for kind in ("base", "pg_wal", "global", "pg_xact")
            for path in (folder / kind).rglob("*")
            if path.is_file()
        }
        # The server's own log: it quotes the statement of an error.
        return places | {"server log": (folder.parent / "log").read_bytes()}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


async def metrics_of(bot):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{bot.metrics_port}/metrics") as answer,
    ):
        return await answer.read()


def process_of(bot):
    """What anybody on the machine may see of the process, and the files it holds open."""
    proc = Path(f"/proc/{bot._process.pid}")  # noqa: SLF001  # only a test wants to know
    open_files = [str(each.resolve()) for each in (proc / "fd").iterdir()]
    return (proc / "cmdline").read_bytes() + b"\n" + "\n".join(open_files).encode()


async def drive(api):
    """Say everything there is to say, and wait until all of it is worked."""
    awa = Somebody(api, CHAT)
    awa.says(f"/start {CODE}")
    await until(lambda: awa.sees, seconds=30)
    for fields in INPUTS:
        before = len(api.called("sendMessage", chat_id=CHAT))
        awa.sends(**fields)
        await until(
            lambda before=before: len(api.called("sendMessage", chat_id=CHAT)) > before,
            seconds=30,
        )
    awa.presses_data(f"1f:find_help:list:{CANARY}", awa.screen)
    awa.presses_data(f"1f:find_help:place:{CANARY}", awa.screen)
    awa.presses_data(CANARY, awa.screen)
    await until(lambda: len(api.answered) == 3, seconds=30)
    for update in MALFORMED:
        api.updates.push(update)
    last = api.updates.next_id
    await until(lambda: api.updates.confirmed >= last, seconds=30)
    await asyncio.sleep(0.3)  # what was sent is still to be entered in the ledger


async def places_after_a_run(url, backend, tmp_path, temporary, **settings):
    """Drive the real process; return all there is to search, and what is sealed, opened."""
    await bootstrap.fill_directory(Settings(database_url=url), bootstrap.SystemClock())
    environment = {
        "JIGI_DEMO_CODE": CODE,
        "JIGI_OUTGOING_LIMIT": "false",  # every input is answered, however fast they come
        "TMPDIR": str(temporary),
        "HOME": str(temporary),
        **settings,
    }
    command = (sys.executable, "-c", WATCHED, "serve", "--demo")
    places = {}
    async with BotApi() as api:
        bot = BotProcess(api, url, command=command, environment=environment)
        async with bot:
            await drive(api)
            places["process"] = process_of(bot)
            places["metrics"] = await metrics_of(bot)
            places |= await files_of(url, backend, tmp_path)
            opened = await opened_columns(url)
            await bot.end()
        places["log"] = bot.log.encode()
    places |= files_in(temporary)
    assert b"DEBUG" in places["log"].upper()
    assert b"answer_failed" in places["log"]
    return places, opened


def files_in(folder):
    return {
        f"{folder.name}/{path.name}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_s16_nothing_written_and_no_chat_in_clear_is_anywhere(
    migrated_url, backend, tmp_path, tmp_path_factory
):
    temporary = tmp_path_factory.mktemp("temporary")
    places, opened = await places_after_a_run(migrated_url, backend, tmp_path, temporary)
    places = {name: with_unpacked(content) for name, content in places.items()}
    assert found(places, CANARY) == []
    assert found(places, str(CHAT)) == []
    # With the keys there are chats and choices to be read, and still no word of anybody.
    assert CHAT.to_bytes(8, signed=True) in opened
    assert found({"opened": with_unpacked(opened)}, CANARY) == []
    raw_ids = {CHAT.to_bytes(8), CHAT.to_bytes(8, "little")}
    assert [name for name, content in places.items() for one in raw_ids if one in content] == []


@pytest.mark.rasa
async def test_s16_s17_a_rasa_server_that_reads_the_texts_keeps_none_of_them(
    migrated_sqlite_url, tmp_path, tmp_path_factory
):
    """Its output, its temporary files and its home, as it is started by the documentation.

    With `--debug` Rasa itself writes every text into its log: docs/understanding.md says never to.
    """
    if not rasa_server.is_installed():
        if os.environ.get("CI") == "true":
            pytest.fail("Rasa's environment is not installed: run `make nlu-setup`")
        pytest.skip("Rasa's environment is not installed: run `make nlu-setup`")
    temporary, watched = tmp_path_factory.mktemp("temporary"), tmp_path_factory.mktemp("rasa")
    running = rasa_server.running(free_port(), watched=watched)
    url = await asyncio.to_thread(running.__enter__)
    try:
        async with aiohttp.ClientSession() as session:
            for fields in INPUTS:
                asked = {"text": fields.get("text", WORDS)}
                async with session.post(f"{url}/model/parse", json=asked) as answer:
                    assert (await answer.json())["text"] == asked["text"]
        places, opened = await places_after_a_run(
            migrated_sqlite_url, "sqlite", tmp_path, temporary, JIGI_NLU_URL=url
        )
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
    places |= files_in(watched)
    assert b"Rasa server is up and running" in places[f"{watched.name}/output"]
    places = {name: with_unpacked(content) for name, content in places.items()}
    assert found(places, CANARY) == []
    assert found(places, str(CHAT)) == []
    assert found({"opened": with_unpacked(opened)}, CANARY) == []
