"""Several processes at once, and processes that are killed: real ones, on real databases."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path

import pytest

from event_registration.vocabulary import RegistrationState as State
from tests.conftest import TEST_SECRET
from tests.event_registration.people import NOW, People
from tests.event_registration.story import AWA, OUMOU, SIZE

pytestmark = pytest.mark.process

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
ASKING, PROCESSES = 100, 4


async def _start(script: str, *arguments: object) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tests.event_registration.{script}",
        *map(str, arguments),
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
        env={**os.environ, "SECRET_OF_THE_TESTS": TEST_SECRET},
    )


async def _said(process: Process) -> bytes:
    assert process.stdout is not None
    return await process.stdout.readline()


async def test_the_last_place_goes_to_one_of_a_hundred_and_the_others_wait_in_order(
    people: People, migrated_url: str
) -> None:
    await people.register(1, women=5)
    await people.register(2, women=4)
    share = ASKING // PROCESSES
    crowd = [
        await _start("crowd", migrated_url, people.gathering.id, 1_000 + each * share, share)
        for each in range(PROCESSES)
    ]
    for process in crowd:
        assert await _said(process) == b"ready\n"
    for process in crowd:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
    states: dict[str, str] = {}
    for process in crowd:
        states |= json.loads(await _said(process))
        await process.wait()
    assert Counter(states.values()) == {"confirmed": 1, "waiting": ASKING - 1}
    assert await people.taken() == people.gathering.capacity
    waiting = await people.store.read(
        people.desk.decisions.of_gathering, people.gathering.id, state=State.WAITING
    )
    # One after the other without a gap or a double; the one that is missing got the place.
    numbers = [each.queue_number for each in waiting]
    (served,) = set(range(3, ASKING + 3)) - set(numbers)
    assert numbers == [each for each in range(3, ASKING + 3) if each != served]
    # Whoever was first: a smaller number than everybody's who waits.
    assert served < min(numbers)


# Seven transactions write; the first and the fourth commit end a look.
MOMENTS = [("before", number) for number in (2, 3, 5, 6, 7, 8, 9)]
MOMENTS += [("after", number) for number in range(1, 8)]


@pytest.mark.parametrize(("when", "number"), MOMENTS)
async def test_a_process_killed_at_a_commit_leaves_nothing_half_done_and_nothing_twice(
    people: People, migrated_url: str, tmp_path: Path, when: str, number: int
) -> None:
    await people.register(9, women=5)
    first = await people.store.write(people.desk.messages.take, NOW, 9)
    for message in first:
        await people.store.write(people.desk.messages.mark_sent, message.id, NOW)
    inbox = tmp_path / "received"
    inbox.touch()
    arguments = (migrated_url, people.gathering.id, inbox)
    killed = await _start("story", *arguments, when, number)
    assert await killed.wait() == -signal.SIGKILL
    await _check_whole(people)
    again = await _start("story", *arguments, "again", 0)
    assert await again.wait() == 0
    (awa,) = await people.store.read(people.desk.registrations.of_chat, AWA)
    (oumou,) = await people.store.read(people.desk.registrations.of_chat, OUMOU)
    assert (awa.state, oumou.state) == (State.CANCELLED, State.CONFIRMED)
    assert await people.taken() == 2 * SIZE
    received = Counter(inbox.read_text().splitlines())
    assert received.keys() == {f"{OUMOU} confirmed"}
    assert received.total() <= 2
    assert await people.store.read(people.desk.messages.waiting) == 0


async def _check_whole(people: People) -> None:
    """Whatever was committed fits together."""
    rows = await people.store.read(people.desk.decisions.of_gathering, people.gathering.id)
    assert await people.taken() == sum(each.places for each in rows)
    for chat_id in (AWA, OUMOU):
        mine = await people.store.read(people.desk.registrations.of_chat, chat_id)
        assert len(mine) <= 1
