"""Messages decided and not yet sent."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from storage import outbox
from storage.keys import Keyring, Person
from storage.outbox import NewMessage, outgoing_messages
from storage.store import Store, open_store


async def payloads(store: Store, person: Person, now: datetime) -> list[bytes | None]:
    return [each.payload for each in await store.read(store.outbox.waiting_for, person, now)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60), max_size=6))
async def test_messages_wait_in_the_order_in_which_they_were_said(
    store: Store, awa: Person, now: datetime, said: list[bytes]
) -> None:
    await store.write(store.outbox.drop_for, awa)
    messages = [NewMessage(each) for each in said]
    ids = await store.write(store.outbox.add, awa, messages, now, update_id=4)
    await store.write(store.outbox.add, awa, [NewMessage(b"last")], now + timedelta(seconds=1))
    waiting = await store.read(store.outbox.waiting_for, awa, now)
    assert [each.payload for each in waiting] == [*said, b"last"]
    assert [each.id for each in waiting][:-1] == ids


async def test_what_was_sent_leaves_no_row(store: Store, awa: Person, now: datetime) -> None:
    ids = await store.write(store.outbox.add, awa, [NewMessage(b"1"), NewMessage(b"2")], now)
    await store.write(store.outbox.mark_sent, ids[:1])
    assert await payloads(store, awa, now) == [b"2"]
    await store.write(store.outbox.mark_sent, ids)

    def everything(connection: Connection) -> list[object]:
        return list(connection.execute(select(outgoing_messages)))

    assert await store.read(everything) == []


async def test_a_message_put_off_waits_until_then(store: Store, awa: Person, now: datetime) -> None:
    later = now + timedelta(seconds=9)
    (number,) = await store.write(store.outbox.add, awa, [NewMessage(b"1")], now)
    await store.write(store.outbox.retry_at, number, later)
    (waiting,) = await store.read(store.outbox.waiting_for, awa, now)
    assert (waiting.not_before, waiting.attempts, waiting.payload) == (later, 1, b"1")


async def test_a_failed_message_keeps_neither_words_nor_person(
    store: Store, awa: Person, now: datetime
) -> None:
    (number,) = await store.write(store.outbox.add, awa, [NewMessage(b"1")], now, update_id=3)
    await store.write(store.outbox.fail, number)

    def kept(connection: Connection) -> dict[str, object]:
        return dict(connection.execute(select(outgoing_messages)).mappings().one())

    row = await store.read(kept)
    assert row["state"] == "failed"
    assert (row["person_key"], row["sealed_payload"], row["update_id"]) == (None, None, None)
    assert await payloads(store, awa, now) == []


async def test_a_message_that_came_too_late_is_not_sent(
    store: Store, awa: Person, now: datetime
) -> None:
    long = NewMessage(b"delete these", expires_at=now + timedelta(hours=48))
    await store.write(store.outbox.add, awa, [NewMessage(b"answer"), long], now)
    in_time, late = now + timedelta(minutes=14), now + timedelta(minutes=15)
    assert await payloads(store, awa, in_time) == [b"answer", b"delete these"]
    assert await payloads(store, awa, late) == [b"delete these"]
    assert await store.write(outbox.purge, late) == 1
    assert await payloads(store, awa, in_time) == [b"delete these"]


async def test_who_waits_for_messages_is_known_after_a_restart(
    store: Store, keyring: Keyring, now: datetime, migrated_url: str
) -> None:
    awa, oumou = keyring.person(1), keyring.person(2)
    for person in (awa, oumou, awa):
        await store.write(store.outbox.add, person, [NewMessage(b"1")], now)
    restarted = open_store(migrated_url, keyring)
    persons = await restarted.read(restarted.outbox.persons_waiting, now)
    assert {person.chat_id for person in persons} == {1, 2}
    assert len(persons) == 2
    assert await restarted.read(restarted.outbox.persons_waiting, now + timedelta(hours=1)) == []
    await restarted.close()


async def test_dropping_for_one_person_leaves_the_others(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    await store.write(store.outbox.add, awa, [NewMessage(b"1")], now)
    await store.write(store.outbox.add, oumou, [NewMessage(b"2")], now)
    assert await store.write(store.outbox.drop_for, awa) == 1
    assert await payloads(store, oumou, now) == [b"2"]


async def test_a_payload_that_no_key_opens_is_handed_over_empty(
    store: Store, awa: Person, now: datetime, migrated_url: str
) -> None:
    await store.write(store.outbox.add, awa, [NewMessage(b"1")], now)
    stranger = open_store(migrated_url, Keyring("Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"))
    assert await payloads(stranger, awa, now) == [None]
    assert await stranger.read(stranger.outbox.persons_waiting, now) == []
    await stranger.close()
