"""The whole bot, `jigi serve`, as a process: real flows, real understanding, real directory."""

import base64
import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot import bootstrap
from bot.settings import Settings
from tests.bot_api.people import Somebody
from tests.bot_api.processes import BotProcess
from tests.bot_api.server import BotApi, until

pytestmark = pytest.mark.process

SERVE = (str(Path(sys.executable).with_name("jigi")), "serve", "--demo")
CODE = "colline-42"
CANARY = "KANARI7531 mon secret à moi"


@pytest.fixture
async def filled_url(migrated_url):
    """A database with the starter directory."""
    await bootstrap.fill_directory(Settings(database_url=migrated_url), bootstrap.SystemClock())
    return migrated_url


def jigi(api, url, **how):
    return BotProcess(api, url, command=SERVE, environment={"JIGI_DEMO_CODE": CODE}, **how)


async def let_in(awa):
    awa.says(f"/start {CODE}")
    await until(lambda: awa.sees, seconds=20)


async def test_a_sentence_with_need_and_place_leads_to_a_service_in_one_tap(filled_url):
    async with BotApi() as api, jigi(api, filled_url):
        awa = Somebody(api, 71)
        await let_in(awa)
        awa.says("mon mari me frappe, je suis à Sévaré")
        await until(lambda: len(awa.sees) == 2)
        listed = awa.screen
        assert {"🆘 Urgence", "✖️ Quitter"} <= set(listed.labels)
        services = [label for label in listed.labels if label[:2] in {"1.", "2.", "3."}]
        assert services
        before = listed.text
        awa.presses(services[0], listed)
        await until(lambda: awa.screen.text != before)
        assert services[0].partition(". ")[2][:12] in awa.screen.text
        assert len(api.answered) == 1


async def test_the_same_in_bambara_is_answered_in_bambara(filled_url):
    async with BotApi() as api, jigi(api, filled_url, webhook=True):
        awa = Somebody(api, 71)
        await let_in(awa)
        awa.presses("Bamanankan")
        await until(lambda: len(api.answered) == 1)
        awa.says("n cɛ bɛ n bugɔ")
        await until(lambda: len(awa.sees) == 2)
        assert any(data.startswith("1b:") for data in awa.screen.data.values())


BAD_INPUT = {
    "empty": {"text": ""},
    "longest": {"text": "x" * 4096},
    "emoji": {"text": "😀🕊" * 40},
    "right to left": {"text": "\u202eسلام\u202c"},
    "zero width": {"text": "\u200b\u200d\ufeff"},
    "sea": {"location": {"latitude": 0.0, "longitude": -10.0}},
    "abroad": {"location": {"latitude": 48.85, "longitude": 2.35}},
    "contact": {"contact": {"phone_number": "+22370000000", "first_name": "A"}},
    "large file": {"document": {"file_id": "d", "file_size": 20_000_000}},
    "voice": {"voice": {"file_id": "v", "duration": 3}},
    "picture": {"photo": [{"file_id": "p"}], "caption": CANARY},
    "of a later year": {"hologram": {}},
}


async def test_whatever_is_sent_gets_a_helpful_sentence(filled_url):
    async with BotApi() as api, jigi(api, filled_url) as bot:
        people = {name: Somebody(api, 100 + n) for n, name in enumerate(BAD_INPUT)}
        for person in people.values():
            person.says(f"/start {CODE}")
        for name, fields in BAD_INPUT.items():
            person = people[name]
            await until(lambda person=person: len(person.sees) == 1, seconds=30)
            person.sends(**fields)
        for name, person in people.items():
            await until(lambda person=person: len(person.sees) == 2, seconds=30)
            assert person.screen.labels, name
        odd = people["emoji"]
        odd.presses_data("1f:no_flow:no_step:x", odd.screen)
        await until(lambda: len(api.answered) == 1)
        await bot.end()
        assert {json.loads(line)["level"] for line in bot.log.splitlines()} <= {"info", "warning"}


async def test_nothing_a_person_writes_stays_anywhere(filled_url, tmp_path, backend, request):
    async with BotApi() as api, jigi(api, filled_url) as bot:
        awa = Somebody(api, 7531_7531)
        await let_in(awa)
        for fields in (
            {"text": CANARY},
            {"voice": {"file_id": CANARY}, "caption": CANARY},
            {"document": {"file_id": CANARY, "file_name": CANARY}},
            {"contact": {"phone_number": CANARY, "first_name": CANARY}},
        ):
            seen = len(awa.sees)
            awa.sends(**fields)
            await until(lambda seen=seen: len(awa.sees) > seen, seconds=20)
        awa.presses_data(CANARY[:40], awa.screen)
        await until(lambda: len(api.answered) == 1)
        api.updates.push({"message": {"chat": {"id": CANARY}, "text": CANARY}})
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{bot.metrics_port}/metrics") as answer,
        ):
            metrics = await answer.read()
        await bot.end()
    places = {"log": bot.log.encode(), "metrics": metrics}
    if backend == "sqlite":
        places |= {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    else:
        server = request.getfixturevalue("postgres_server")
        places["dump"] = dump(server, filled_url.rpartition("/")[2])
    for name, content in places.items():
        for trace in traces("KANARI7531") | traces("75317531"):
            assert trace not in content, name


def dump(server, name):
    """Everything that lies in a database of PostgreSQL."""
    command = [server.programs / "pg_dump", "-h", "127.0.0.1", "-p", str(server.port)]
    command += ["-U", "postgres", "--no-password", "--inserts", name]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603  # our own words


def traces(word):
    """The forms in which a word may lie somewhere."""
    raw = word.encode()
    encoded = {base64.b64encode(b"\0" * shift + raw)[4:-4] for shift in range(3)}
    return {raw, raw.hex().encode(), word.encode("utf-16-le"), *encoded}


async def test_leaving_works_while_the_database_is_locked(
    migrated_sqlite_url,
):
    await bootstrap.fill_directory(
        Settings(database_url=migrated_sqlite_url), bootstrap.SystemClock()
    )
    async with BotApi() as api, jigi(api, migrated_sqlite_url):
        awa = Somebody(api, 71)
        await let_in(awa)
        path = migrated_sqlite_url.partition("///")[2]
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        before = len(api.calls)
        awa.says("quitter")
        await until(lambda: len(api.calls) >= before + 3, seconds=20)
        calls = [call.method for call in api.calls[before:]]
        assert calls[:3] == ["sendMessage", "deleteMessages", "sendMessage"]
        lock.execute("ROLLBACK")
        lock.close()
        await until(lambda: len(api.called("deleteMessages")) >= 2, seconds=40)
        await until(lambda: not api.updates.pending or api.updates.confirmed, seconds=40)


async def test_thirty_accepted_updates_of_the_whole_bot_survive_a_kill(filled_url):
    async with BotApi() as api:
        people = [Somebody(api, 100 + number) for number in range(10)]
        async with jigi(api, filled_url, webhook=True) as bot:
            for person in people:
                await let_in(person)
            api.fail("429", times=10_000, seconds=1)
            for word in ("/menu", "/aide", "/langue"):
                for person in people:
                    person.says(word)
            await until(lambda: not api.updates.pending)
            await bot.end(signal.SIGKILL)
            before = {person.chat_id: len(person.sees) for person in people}
            api.faults.clear()
            await bot.start()
            for person in people:
                await until(
                    lambda person=person: len(person.sees) >= before[person.chat_id] + 3,
                    seconds=60,
                )
