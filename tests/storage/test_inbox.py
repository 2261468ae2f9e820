"""Updates accepted and not yet worked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import inbox
from storage.errors import UpdateNotWaitingError
from storage.inbox import NewUpdate
from storage.keys import Keyring, Person
from storage.store import Store, open_store


def an_update(person: Person, number: int, now: datetime, payload: bytes = b"hello") -> NewUpdate:
    return NewUpdate(number, person, payload, now, now - timedelta(seconds=2))


async def test_an_accepted_update_comes_back_whole(
    store: Store, awa: Person, now: datetime
) -> None:
    assert await store.write(store.inbox.accept, [an_update(awa, 9, now, b"\x00text")]) == [9]
    waiting = await store.read(store.inbox.next_for, awa)
    assert waiting is not None
    assert (waiting.update_id, waiting.payload, waiting.attempts) == (9, b"\x00text", 0)
    assert (waiting.received_at, waiting.sent_at) == (now, now - timedelta(seconds=2))


async def test_a_repeated_update_is_stored_once(store: Store, awa: Person, now: datetime) -> None:
    await store.write(store.inbox.accept, [an_update(awa, 1, now)])
    again = [an_update(awa, n, now, b"again") for n in (1, 2, 2)]
    assert await store.write(store.inbox.accept, again) == [2]
    waiting = await store.read(store.inbox.waiting_for, awa)
    assert [(each.update_id, each.payload) for each in waiting] == [(1, b"hello"), (2, b"again")]


async def test_a_worked_update_is_known_and_not_worked_again(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(store.inbox.accept, [an_update(awa, 1, now)])
    await store.write(store.inbox.mark_done, 1)
    assert await store.write(store.inbox.accept, [an_update(awa, 1, now)]) == []
    assert await store.read(store.inbox.next_for, awa) is None
    with pytest.raises(UpdateNotWaitingError):
        await store.write(store.inbox.mark_done, 1)


async def test_no_updates_are_no_work(store: Store) -> None:
    assert await store.write(store.inbox.accept, []) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 12), max_size=30), st.lists(st.integers(1, 12), max_size=12))
async def test_each_number_is_accepted_exactly_once_and_worked_in_order(
    store: Store, keyring: Keyring, now: datetime, first: list[int], second: list[int]
) -> None:
    person = keyring.person(1)
    await store.write(inbox_cleared)
    accepted = await store.write(store.inbox.accept, [an_update(person, n, now) for n in first])
    accepted += await store.write(store.inbox.accept, [an_update(person, n, now) for n in second])
    assert sorted(accepted) == sorted(set(first) | set(second))
    worked = []
    while (waiting := await store.read(store.inbox.next_for, person)) is not None:
        worked.append(waiting.update_id)
        await store.write(store.inbox.mark_done, waiting.update_id)
    assert worked == sorted(accepted)


def inbox_cleared(connection: object) -> None:
    connection.execute(inbox.inbox_updates.delete())  # type: ignore[attr-defined]  # any connection


async def test_who_waits_is_known_after_a_restart(
    store: Store, keyring: Keyring, now: datetime, migrated_url: str
) -> None:
    awa, oumou = keyring.person(1), keyring.person(2)
    for person, number in ((oumou, 5), (awa, 6), (oumou, 7)):
        await store.write(store.inbox.accept, [an_update(person, number, now)])
    restarted = open_store(migrated_url, keyring)
    assert await restarted.read(restarted.inbox.persons_waiting) == [oumou, awa]
    await restarted.close()


async def test_the_third_failure_drops_the_content(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(store.inbox.accept, [an_update(awa, 1, now)])
    assert [await store.write(store.inbox.fail, 1) for _ in range(3)] == [False, False, True]
    assert await store.read(store.inbox.next_for, awa) is None
    assert await store.write(store.inbox.accept, [an_update(awa, 1, now)]) == []


async def test_after_fifteen_minutes_the_content_is_gone(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(store.inbox.accept, [an_update(awa, 1, now)])
    await store.write(inbox.drop_expired, now + timedelta(minutes=14, seconds=59))
    assert await store.read(store.inbox.next_for, awa) is not None
    assert await store.write(inbox.drop_expired, now + timedelta(minutes=15)) == 1
    assert await store.read(store.inbox.next_for, awa) is None


async def test_what_waits_for_who_left_is_dropped_and_nothing_else(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    updates = [an_update(awa, 1, now), an_update(awa, 2, now), an_update(oumou, 3, now)]
    await store.write(store.inbox.accept, updates)
    assert await store.write(store.inbox.drop_for, awa) == 2
    assert await store.read(store.inbox.persons_waiting) == [oumou]


async def test_one_update_can_be_dropped(store: Store, awa: Person, now: datetime) -> None:
    await store.write(store.inbox.accept, [an_update(awa, 1, now), an_update(awa, 2, now)])
    await store.write(store.inbox.drop, 1)
    assert [each.update_id for each in await store.read(store.inbox.waiting_for, awa)] == [2]


async def test_a_payload_that_no_key_opens_is_handed_over_empty(
    store: Store, awa: Person, now: datetime, migrated_url: str
) -> None:
    await store.write(store.inbox.accept, [an_update(awa, 1, now)])
    stranger = open_store(migrated_url, Keyring("Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"))
    waiting = await stranger.read(stranger.inbox.next_for, awa)
    assert waiting is not None
    assert waiting.payload is None
    assert await stranger.read(stranger.inbox.persons_waiting) == []
    await stranger.close()
