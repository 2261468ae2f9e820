"""Several processes on one database, as PostgreSQL allows."""

import asyncio

import pytest

from bot.adapters.store import LEASE, SqlConversationStore, open_conversation_store
from bot.conversation.outgoing import AnswerPress, ShowScreen
from bot.conversation.store_port import FinishedTurn, OutgoingMessage
from storage.audit import AuditEntry
from storage.store import open_store
from tests.conversation_pipeline.conftest import Pipeline
from tests.fakes.pipeline import SteppingClock, text_update

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(database):
    return SqlConversationStore(database, is_shared=True)


@pytest.fixture
def postgres_url(request, postgres_server):
    name = postgres_server.create_database(request.getfixturevalue("postgres_template"))
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


async def decide(store, clock, text, chat_id=71):
    now = clock.now()
    outgoing = [OutgoingMessage(ShowScreen(text), now)]
    return await store.commit(FinishedTurn(chat_id=chat_id, now=now, outgoing=outgoing))


async def test_what_another_process_is_sending_is_left_to_it(shared):
    clock = SteppingClock()
    await decide(shared, clock, "un")
    assert await shared.take_messages(71, clock.now()) == []


async def test_what_a_dead_process_left_is_taken_over_once(shared):
    clock = SteppingClock()
    await decide(shared, clock, "un")
    clock.forward(seconds=LEASE.total_seconds() + 1)
    first, second = await asyncio.gather(
        shared.take_messages(71, clock.now()), shared.take_messages(71, clock.now())
    )
    assert [message.action.text for message in (*first, *second)] == ["un"]


async def test_a_process_that_was_alone_takes_over_at_once(database):
    clock = SteppingClock()
    await decide(SqlConversationStore(database, is_shared=True), clock, "un")
    clock.forward(seconds=1)
    alone = SqlConversationStore(database, is_shared=True, alone_since=clock.now())
    taken = await alone.take_messages(71, clock.now())
    assert [message.action.text for message in taken] == ["un"]


async def test_the_audit_log_is_written_while_a_process_lives(postgres_url, keyring):
    """The lock of those who live is not the one that orders the log."""
    clock = SteppingClock()
    entry = AuditEntry(clock.now(), "Fanta", "service:verified", "1")
    async with open_conversation_store(postgres_url, keyring, clock):
        staff = open_store(postgres_url, keyring)
        await asyncio.wait_for(staff.write(staff.audit.record, entry), timeout=10)
        assert (await staff.read(staff.audit.verify)).entries == 1
        await staff.close()


async def test_who_comes_second_knows_that_somebody_lives(postgres_url, keyring):
    clock = SteppingClock()
    async with open_conversation_store(postgres_url, keyring, clock) as first:
        async with open_conversation_store(postgres_url, keyring, clock) as second:
            assert (first.is_shared, second.is_shared) == (True, True)
            await decide(first, clock, "un")
            clock.forward(seconds=1)
            assert await second.take_messages(71, clock.now()) == []
        await decide(first, clock, "deux", chat_id=72)
    clock.forward(seconds=1)
    async with open_conversation_store(postgres_url, keyring, clock) as third:
        assert len(await third.take_messages(72, clock.now())) == 1


async def test_a_message_waits_for_an_older_one_of_another_process(shared):
    clock = SteppingClock()
    (older,) = await decide(shared, clock, "un")
    clock.forward(seconds=1)
    here = Pipeline(shared, clock)
    await here.worker.accept([text_update(1, 71, "deux")])
    await asyncio.sleep(0.3)
    assert here.messenger.texts(71) == []
    await shared.give_up(older.id)
    await here.settle()
    assert here.messenger.texts(71) == ["1: deux"]


async def test_a_message_behind_one_of_a_dead_process_follows_it(shared):
    clock = SteppingClock()
    await decide(shared, clock, "un")
    clock.forward(seconds=1)
    here = Pipeline(shared, clock)
    await here.worker.accept([text_update(1, 71, "deux")])
    await asyncio.sleep(0.1)
    clock.forward(seconds=LEASE.total_seconds())
    await here.settle()
    assert here.messenger.texts(71) == ["un", "1: deux"]


async def test_updates_of_one_person_at_two_processes_are_each_answered_once(shared):
    clock = SteppingClock()
    first, second = Pipeline(shared, clock), Pipeline(shared, clock)
    for number in range(1, 9):
        here = first if number % 2 else second
        await here.worker.accept([text_update(number, 71, f"m{number}")])
        clock.forward(seconds=1)
    await first.settle()
    await second.settle()
    said = first.messenger.texts(71) + second.messenger.texts(71)
    assert sorted(said) == [f"{number}: m{number}" for number in range(1, 9)]


async def test_a_press_is_answered_by_who_took_it_and_stored_nowhere(shared):
    clock = SteppingClock()
    now = clock.now()
    outgoing = [OutgoingMessage(AnswerPress("p"), now)]
    kept = await shared.commit(FinishedTurn(chat_id=71, now=now, outgoing=outgoing))
    assert [message.id for message in kept] == [None]
    assert await shared.chats_with_messages(now) == []


async def test_what_another_process_took_over_is_not_sent_by_the_first(shared):
    clock = SteppingClock()
    (mine,) = await decide(shared, clock, "un")
    clock.forward(seconds=LEASE.total_seconds() + 1)
    (theirs,) = await shared.take_messages(71, clock.now())
    assert await shared.claim_again(mine, clock.now()) is None
    renewed = await shared.claim_again(theirs, clock.now())
    assert renewed.ours_until == clock.now() + LEASE


async def test_a_message_that_waits_longer_than_its_lease_is_claimed_again_before_sending(shared):
    clock = SteppingClock()
    (mine,) = await decide(shared, clock, "un")
    clock.forward(seconds=LEASE.total_seconds() - 1)
    here, there = Pipeline(shared, clock), Pipeline(shared, clock)
    here.messenger.gate = asyncio.Event()
    here.sender.send(71, [mine])
    await here.until(lambda: here.messenger.was_tried_before)
    clock.forward(seconds=5)
    await there.sender.recover()
    here.messenger.gate.set()
    await here.settle()
    await there.settle()
    assert here.messenger.texts(71) + there.messenger.texts(71) == ["un"]
