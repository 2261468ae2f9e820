"""One turn: one look, one transaction, one record of what went out."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.counters import Figure, week_of
from storage.erasure import rows_of_person
from storage.errors import UpdateNotWaitingError, VersionConflictError
from storage.inbox import NewUpdate
from storage.keys import Person
from storage.ledger import Direction, LedgerEntry
from storage.outbox import NewMessage
from storage.sessions import NO_SESSION
from storage.store import Store
from storage.timers import NewTimer
from storage.turns import SentMessage, TurnResult

QUARTER = timedelta(minutes=15)


def a_turn(person: Person, now: datetime, number: int = 1, version: int = 0) -> TurnResult:
    return TurnResult(
        person=person,
        now=now,
        version=version,
        state=b"choices",
        expires_at=now + QUARTER,
        update_id=number,
        outgoing=[NewMessage(b"screen"), NewMessage(b"pin")],
        incoming=[LedgerEntry(50 + number, Direction.IN, now)],
        timers=[NewTimer("offer", now + QUARTER, person)],
        counts=[("need", "medical")],
    )


async def accepted(store: Store, person: Person, now: datetime, *numbers: int) -> None:
    updates = [NewUpdate(number, person, b"update %d" % number, now) for number in numbers]
    await store.write(store.inbox.accept, updates)


async def test_a_turn_begins_with_the_oldest_update_and_no_session_where_there_is_none(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    await accepted(store, awa, now, 3, 2)
    loaded = await store.read(store.turns.load, awa, now)
    assert loaded is not None
    assert (loaded.update.update_id, loaded.update.payload) == (2, b"update 2")
    assert loaded.session == NO_SESSION
    assert await store.read(store.turns.load, oumou, now) is None


async def test_a_turn_changes_all_it_says(store: Store, awa: Person, now: datetime) -> None:
    await accepted(store, awa, now, 1, 2)
    ids = await store.write(store.turns.commit, a_turn(awa, now))
    loaded = await store.read(store.turns.load, awa, now)
    assert loaded is not None
    assert (loaded.update.update_id, loaded.session.state) == (2, b"choices")
    waiting = await store.read(store.outbox.waiting_for, awa, now)
    assert [(each.id, each.payload) for each in waiting] == list(
        zip(ids, [b"screen", b"pin"], strict=True)
    )
    entered = await store.read(store.ledger.of, awa, now - QUARTER)
    assert [entry.message_id for entry in entered] == [51]
    assert [each.kind for each in await store.write(store.timers.due, now + QUARTER, 5)] == [
        "offer"
    ]
    week = week_of(now)
    assert await store.read(store.counters.since, week) == [
        Figure(week, "need", "medical", 1, rounded=False)
    ]


async def test_an_expired_session_comes_with_the_update_but_without_its_state(
    store: Store, awa: Person, now: datetime
) -> None:
    await accepted(store, awa, now, 1, 2)
    await store.write(store.turns.commit, a_turn(awa, now))
    loaded = await store.read(store.turns.load, awa, now + QUARTER)
    assert loaded is not None
    assert loaded.session.state is None
    again = a_turn(awa, now + QUARTER, 2, loaded.session.version)
    await store.write(store.turns.commit, again)
    found = await store.read(store.sessions.load, awa, now + QUARTER)
    assert found.state == b"choices"


async def test_a_turn_on_a_changed_session_changes_nothing_at_all(
    store: Store, awa: Person, now: datetime
) -> None:
    await accepted(store, awa, now, 1, 2)
    await store.write(store.turns.commit, a_turn(awa, now))
    before = await store.read(rows_of_person, awa)
    with pytest.raises(VersionConflictError):
        await store.write(store.turns.commit, a_turn(awa, now, 2, version=0))
    assert await store.read(rows_of_person, awa) == before
    loaded = await store.read(store.turns.load, awa, now)
    assert loaded is not None
    assert loaded.update.update_id == 2


async def test_an_update_is_worked_once_however_often_its_turn_is_committed(
    store: Store, awa: Person, now: datetime
) -> None:
    await accepted(store, awa, now, 1)
    await store.write(store.turns.commit, a_turn(awa, now))
    before = await store.read(rows_of_person, awa)
    loaded = await store.read(store.sessions.load, awa, now)
    with pytest.raises(UpdateNotWaitingError):
        await store.write(store.turns.commit, a_turn(awa, now, 1, loaded.version))
    assert await store.read(rows_of_person, awa) == before


async def test_a_state_without_an_end_is_refused(store: Store, awa: Person, now: datetime) -> None:
    await accepted(store, awa, now, 1)
    with pytest.raises(ValueError, match="needs its end"):
        await store.write(store.turns.commit, replace(a_turn(awa, now), expires_at=None))


async def test_a_turn_without_state_ends_the_session(
    store: Store, awa: Person, now: datetime
) -> None:
    await accepted(store, awa, now, 1, 2)
    await store.write(store.turns.commit, a_turn(awa, now))
    version = (await store.read(store.sessions.load, awa, now)).version
    await store.write(store.turns.commit, replace(a_turn(awa, now, 2, version), state=None))
    assert await store.read(store.sessions.load, awa, now) == NO_SESSION


async def test_what_went_out_leaves_the_outbox_and_enters_the_ledger(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    sent = []
    for number, person in ((1, awa), (2, oumou)):
        await accepted(store, person, now, number)
        ids = await store.write(store.turns.commit, a_turn(person, now, number))
        entry = LedgerEntry(90 + number, Direction.OUT, now)
        sent += [SentMessage(ids[0], person, [entry]), SentMessage(ids[1], person)]
    await store.write(store.turns.record_sent, sent)
    await store.write(store.turns.record_sent, sent)
    for number, person in ((1, awa), (2, oumou)):
        assert await store.read(store.outbox.waiting_for, person, now) == []
        entered = await store.read(store.ledger.of, person, now - QUARTER)
        assert [entry.message_id for entry in entered] == [50 + number, 90 + number]


async def test_who_blocked_the_bot_gets_nothing_that_still_waited(
    store: Store, awa: Person, now: datetime
) -> None:
    await accepted(store, awa, now, 1, 2)
    await store.write(store.turns.commit, a_turn(awa, now))
    version = (await store.read(store.sessions.load, awa, now)).version
    stopped = replace(a_turn(awa, now, 2, version), state=None, outgoing=(), drop_outgoing=True)
    await store.write(store.turns.commit, stopped)
    assert await store.read(store.outbox.waiting_for, awa, now) == []


async def test_leaving_keeps_only_the_last_messages_to_send(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    await accepted(store, awa, now, 1, 2, 3)
    await accepted(store, oumou, now, 9)
    await store.write(store.turns.commit, a_turn(awa, now))
    left = TurnResult(
        person=awa, now=now, update_id=2, outgoing=[NewMessage(b"neutral")], erase=True
    )
    await store.write(store.turns.commit, left)
    held = await store.read(rows_of_person, awa)
    assert {table: rows for table, rows in held.items() if rows} == {"outgoing_messages": 1}
    waiting = await store.read(store.outbox.waiting_for, awa, now)
    assert [each.payload for each in waiting] == [b"neutral"]
    assert (await store.read(rows_of_person, oumou))["inbox_updates"] == 1
