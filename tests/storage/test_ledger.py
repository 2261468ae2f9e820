"""Which messages lie in a chat."""

from datetime import datetime, timedelta

from storage import ledger
from storage.keys import Keyring, Person
from storage.ledger import Direction, DueMessage, LedgerEntry, ledger_messages
from storage.store import Store, open_store

HOUR = timedelta(hours=1)


def came(number: int, at: datetime, delete_at: datetime | None = None) -> LedgerEntry:
    return LedgerEntry(number, Direction.IN, at, delete_at)


def test_the_ledger_has_no_column_for_text() -> None:
    """S04."""
    assert set(ledger_messages.c.keys()) == {
        "person_key",
        "message_id",
        "sealed_chat",
        "key_number",
        "direction",
        "sent_at",
        "delete_at",
    }


async def test_both_sides_messages_are_found_again(
    store: Store, awa: Person, now: datetime
) -> None:
    entries = [came(7, now), LedgerEntry(2**40, Direction.OUT, now, now + HOUR)]
    await store.write(store.ledger.enter, awa, entries)
    assert await store.read(store.ledger.of, awa, now - HOUR) == entries
    assert await store.read(store.ledger.of, awa, now) == []


async def test_a_message_entered_twice_stands_once_and_takes_the_new_hour_of_deletion(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(store.ledger.enter, awa, [came(7, now, now + HOUR)])
    await store.write(store.ledger.enter, awa, [came(7, now + HOUR, now + 2 * HOUR)])
    assert await store.read(store.ledger.of, awa, now - HOUR) == [came(7, now, now + 2 * HOUR)]


async def test_the_same_number_in_two_chats_is_two_messages(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    entries = [(awa, came(7, now)), (oumou, came(7, now))]
    await store.write(store.ledger.enter_many, entries)
    await store.write(store.ledger.forget, awa, [7, 8])
    assert await store.read(store.ledger.of, awa, now - HOUR) == []
    assert await store.read(store.ledger.of, oumou, now - HOUR) == [came(7, now)]


async def test_messages_whose_hour_has_come_are_due_until_forgotten(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    entries = [came(1, now, now + HOUR), came(2, now, now + 2 * HOUR), came(3, now)]
    await store.write(store.ledger.enter, awa, entries)
    await store.write(store.ledger.enter, oumou, [came(4, now, now + HOUR)])
    due = await store.read(store.ledger.due, now + HOUR, 10)
    assert sorted(due, key=lambda each: each.message_id) == [
        DueMessage(awa, 1),
        DueMessage(oumou, 4),
    ]
    assert {each.person.chat_id for each in due} == {awa.chat_id, oumou.chat_id}
    await store.write(store.ledger.forget, awa, [1])
    assert await store.read(store.ledger.due, now + HOUR, 10) == [DueMessage(oumou, 4)]
    assert len(await store.read(store.ledger.due, now + 9 * HOUR, 1)) == 1


async def test_a_message_that_puts_its_deletion_off_goes_while_it_still_can(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(store.ledger.enter, awa, [came(1, now, now + 90 * HOUR), came(2, now)])
    assert await store.read(store.ledger.due, now + 46 * HOUR, 10) == []
    assert await store.read(store.ledger.due, now + 47 * HOUR, 10) == [DueMessage(awa, 1)]


async def test_a_person_chooses_for_the_messages_that_are_there(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(store.ledger.enter, awa, [came(1, now, now + 24 * HOUR), came(2, now + HOUR)])
    await store.write(store.ledger.keep_for, awa, HOUR)
    assert await store.read(store.ledger.of, awa, now - HOUR) == [
        came(1, now, now + HOUR),
        came(2, now + HOUR, now + 2 * HOUR),
    ]
    await store.write(store.ledger.keep_for, awa, None)
    assert await store.read(store.ledger.due, now + 40 * HOUR, 10) == []


async def test_after_forty_eight_hours_nothing_is_known(
    store: Store, awa: Person, now: datetime
) -> None:
    """S04."""
    await store.write(store.ledger.enter, awa, [came(1, now), came(2, now + HOUR)])
    assert await store.write(ledger.purge, now + 48 * HOUR) == 1
    assert await store.read(store.ledger.of, awa, now - HOUR) == [came(2, now + HOUR)]


async def test_who_has_not_the_key_cannot_tell_whose_messages_are_due(
    store: Store, awa: Person, now: datetime, migrated_url: str
) -> None:
    await store.write(store.ledger.enter, awa, [came(1, now, now)])
    stranger = open_store(migrated_url, Keyring("Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"))
    assert await stranger.read(stranger.ledger.due, now, 10) == []
    await stranger.close()
