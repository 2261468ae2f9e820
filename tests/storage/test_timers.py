"""What is to happen later."""

from datetime import datetime, timedelta

from storage import timers
from storage.keys import Keyring, Person
from storage.store import Store, open_store
from storage.timers import LEASE, NewTimer

HOUR = timedelta(hours=1)


async def test_a_timer_comes_when_its_time_has_come(
    store: Store, awa: Person, now: datetime
) -> None:
    number = await store.write(store.timers.set, NewTimer("remind", now + HOUR, awa, b"gathering"))
    assert await store.write(store.timers.due, now, 10) == []
    (due,) = await store.write(store.timers.due, now + HOUR, 10)
    assert (due.id, due.kind, due.person, due.payload) == (number, "remind", awa, b"gathering")
    assert (due.set_for, due.attempts) == (now + HOUR, 0)


async def test_a_timer_taken_and_not_done_comes_again(store: Store, now: datetime) -> None:
    await store.write(store.timers.set, NewTimer("sweep", now))
    (first,) = await store.write(store.timers.due, now, 10)
    assert await store.write(store.timers.due, now, 10) == []
    (again,) = await store.write(store.timers.due, now + LEASE, 10)
    assert (again.id, again.attempts, again.person, again.payload) == (first.id, 1, None, b"")
    assert again.set_for == now
    await store.write(store.timers.done, again.id)
    assert await store.write(store.timers.due, now + HOUR, 10) == []


async def test_the_earliest_come_first_and_no_more_than_asked_for(
    store: Store, now: datetime
) -> None:
    for minutes in (3, 1, 2):
        await store.write(store.timers.set, NewTimer(f"{minutes}", now + minutes * LEASE))
    taken = await store.write(store.timers.due, now + HOUR, 2)
    assert [each.kind for each in taken] == ["1", "2"]


async def test_cancelling_is_for_one_person_and_one_kind(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    for person, kind in ((awa, "remind"), (awa, "offer"), (oumou, "remind")):
        await store.write(store.timers.set, NewTimer(kind, now, person))
    assert await store.write(store.timers.cancel_for, awa, "remind") == 1
    left = await store.write(store.timers.due, now, 10)
    assert {(each.person, each.kind) for each in left} == {(awa, "offer"), (oumou, "remind")}
    assert await store.write(store.timers.cancel_for, awa) == 1


async def test_a_timer_long_overdue_is_deleted(store: Store, now: datetime) -> None:
    await store.write(store.timers.set, NewTimer("sweep", now))
    await store.write(store.timers.due, now + 47 * HOUR, 10)
    assert await store.write(timers.purge, now + 47 * HOUR) == 0
    assert await store.write(timers.purge, now + 48 * HOUR) == 1


async def test_a_timer_that_no_key_opens_is_not_handed_out(
    store: Store, now: datetime, migrated_url: str
) -> None:
    await store.write(store.timers.set, NewTimer("sweep", now))
    stranger = open_store(migrated_url, Keyring("Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"))
    assert await stranger.write(stranger.timers.due, now, 10) == []
    await stranger.close()
