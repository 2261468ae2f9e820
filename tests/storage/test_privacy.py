"""Nothing of a person in clear, a policy for everything, and nothing left after an erasure."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, select

from storage import retention, rotation
from storage.actors import Actor, Role
from storage.audit import AuditEntry
from storage.database import Base
from storage.erasure import erase_person, rows_of_person, tables_of_persons
from storage.inbox import NewUpdate
from storage.keys import Keyring, Person, Purpose
from storage.ledger import Direction, LedgerEntry
from storage.outbox import NewMessage
from storage.retention import POLICIES
from storage.store import Store, open_store
from storage.timers import NewTimer

CANARY = b"canary-mon-mari-me-frappe"
CHAT = 7_123_456_789
OTHER_SECRET = "Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"  # noqa: S105  # made up for the tests
SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # the one of the keyring fixture
DAY = timedelta(days=1)


def leave_traces(store: Store, person: Person, now: datetime, number: int = 1) -> object:
    """Return a job that puts a row of the person into every table that can hold one."""

    def job(connection: Connection) -> None:
        store.inbox.accept(connection, [NewUpdate(number, person, CANARY, now, now)])
        store.sessions.save(connection, person, CANARY, version=0, expires_at=now + DAY)
        store.outbox.add(connection, person, [NewMessage(CANARY)], now, update_id=number)
        store.ledger.enter(connection, person, [LedgerEntry(7, Direction.IN, now, now + DAY)])
        store.timers.set(connection, NewTimer("remind", now + DAY, person, CANARY))

    return job


def link_staff(connection: Connection, store: Store, now: datetime) -> None:
    """Leave a link of a chat to staff, and a code for another."""
    fanta = Actor("Fanta", frozenset({Role.EDITOR}))
    code = store.staff_links.make_link_code(connection, fanta, now)
    store.staff_links.link(connection, code, CHAT, now)
    store.staff_links.make_link_code(connection, fanta, now)


def everything(connection: Connection) -> bytes:
    """Return all cells of all tables, as text and as bytes."""
    cells = [
        cell if isinstance(cell, bytes) else str(cell).encode()
        for table in Base.metadata.sorted_tables
        for row in connection.execute(select(table))
        for cell in row
    ]
    return b"|".join(cells)


def disguises(plain: bytes) -> Iterator[bytes]:
    yield plain
    yield plain.hex().encode()
    yield base64.b64encode(plain).rstrip(b"=")
    yield base64.urlsafe_b64encode(plain).rstrip(b"=")


async def test_no_cell_holds_a_word_or_a_chat_in_clear(
    store: Store, keyring: Keyring, now: datetime
) -> None:
    """S16."""
    await store.write(leave_traces(store, keyring.person(CHAT), now))
    await store.write(link_staff, store, now)
    cells = await store.read(everything)
    assert len(cells) > 500
    for secret in (CANARY, str(CHAT).encode(), CHAT.to_bytes(8), CHAT.to_bytes(8, "little")):
        for disguise in disguises(secret):
            assert disguise not in cells


async def test_no_file_of_sqlite_holds_a_word_or_a_chat_in_clear(
    migrated_sqlite_url: str, keyring: Keyring, now: datetime
) -> None:
    """S16."""
    store = open_store(migrated_sqlite_url, keyring)
    person = keyring.person(CHAT)
    await store.write(leave_traces(store, person, now))
    folder = Path(migrated_sqlite_url.partition("///")[2]).parent
    files = [path for path in folder.iterdir() if path.name.startswith("jigi.db")]
    assert any(path.name.endswith("-wal") for path in files)
    content = b"".join(path.read_bytes() for path in files)
    assert person.key.encode() in content
    for secret in (CANARY, str(CHAT).encode(), CHAT.to_bytes(8), CHAT.to_bytes(8, "little")):
        for disguise in disguises(secret):
            assert disguise not in content
    await store.close()


def test_a_survivors_key_leads_to_no_registration(keyring: Keyring) -> None:
    chat = CHAT.to_bytes(8, signed=True)
    assert keyring.person(CHAT).key != keyring.hash(Purpose.REGISTRATION, chat)


async def test_an_erasure_leaves_no_row_and_touches_nobody_else(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    """S18."""
    await store.write(leave_traces(store, awa, now, 1))
    await store.write(leave_traces(store, oumou, now, 2))
    others = await store.read(rows_of_person, oumou)
    assert set((await store.read(rows_of_person, awa)).values()) == {1}
    erased = await store.write(erase_person, awa)
    assert set(erased.values()) == {1}
    assert set((await store.read(rows_of_person, awa)).values()) == {0}
    assert set((await store.write(erase_person, awa)).values()) == {0}
    assert await store.read(rows_of_person, oumou) == others
    assert awa.key.encode() not in await store.read(everything)


async def test_an_erased_update_is_still_known_by_its_number(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(leave_traces(store, awa, now, 1))
    await store.write(erase_person, awa)
    again = NewUpdate(1, awa, b"again", now)
    assert await store.write(store.inbox.accept, [again]) == []


def test_every_table_has_a_policy_and_every_policy_a_table(all_tables: MetaData) -> None:
    """S19."""
    assert sorted(policy.table for policy in POLICIES) == sorted(all_tables.tables)


def test_every_table_of_persons_is_purged_and_ends(all_tables: MetaData) -> None:
    """S19."""
    assert all_tables is Base.metadata
    of_persons = {table.name for table in tables_of_persons()}
    policies = {policy.table: policy for policy in POLICIES}
    assert len(of_persons) >= 5
    for name in of_persons:
        assert policies[name].purge is not None
        assert policies[name].ends is not None


async def test_the_purge_leaves_nothing_of_anybody_once_its_time_has_come(
    store: Store, awa: Person, now: datetime
) -> None:
    """S19."""
    await store.write(leave_traces(store, awa, now))
    await store.write(store.audit.record, AuditEntry(now, "Fanta", "service:updated", "1"))
    purged = await store.write(retention.purge, now - DAY)
    assert set(purged.values()) == {0}
    assert set((await store.read(rows_of_person, awa)).values()) == {1}
    await store.write(retention.purge, now + 8 * DAY)
    assert set((await store.read(rows_of_person, awa)).values()) == {0}
    held = {each.table: each.rows for each in await store.read(retention.report)}
    assert held["audit_entries"] == 1
    assert held["inbox_updates"] == held["outgoing_messages"] == 0


async def test_the_report_says_how_much_is_held_and_until_when(
    store: Store, awa: Person, now: datetime
) -> None:
    await store.write(leave_traces(store, awa, now))
    await store.write(store.counters.bump, "need", "medical", now.date())
    held = {each.table: each for each in await store.read(retention.report)}
    assert (held["ledger_messages"].rows, held["ledger_messages"].until) == (1, now + 2 * DAY)
    assert held["sessions"].until == now + DAY
    assert held["audit_entries"].until is None
    assert held["counters"].until is not None
    assert all(each.keeps for each in held.values())


@pytest.mark.parametrize("table", [policy.table for policy in POLICIES if policy.ends])
async def test_the_end_that_the_report_names_is_kept_by_the_purge(
    store: Store, awa: Person, now: datetime, table: str
) -> None:
    await store.write(leave_traces(store, awa, now))
    await store.write(store.counters.bump, "need", "medical", now.date())
    await store.write(store.audit.record, AuditEntry(now, "Fanta", "service:updated", "1"))
    await store.write(link_staff, store, now)
    held = {each.table: each for each in await store.read(retention.report)}
    until = held[table].until
    assert until is not None
    await store.write(retention.purge, until)
    after = {each.table: each.rows for each in await store.read(retention.report)}
    assert after[table] == 0


async def test_during_a_change_of_keys_all_rows_of_a_person_are_still_found(
    store: Store, now: datetime, migrated_url: str
) -> None:
    before = store.keyring.person(CHAT)
    await store.write(leave_traces(store, before, now))
    changed = open_store(migrated_url, Keyring(OTHER_SECRET, previous=SECRET))
    person = changed.keyring.person(CHAT)
    assert person.key != before.key
    loaded = await changed.read(changed.turns.load, person, now)
    assert loaded is not None
    assert (loaded.update.payload, loaded.session.state) == (CANARY, CANARY)
    assert await changed.read(changed.inbox.persons_waiting) == [person]
    (message,) = await changed.read(changed.outbox.waiting_for, person, now)
    assert message.payload == CANARY
    (due,) = await changed.read(changed.ledger.due, now + DAY, 5)
    assert due.person == person
    version = loaded.session.version
    await changed.write(
        changed.sessions.save, person, b"moved", version=version, expires_at=now + DAY
    )
    assert (await changed.read(changed.sessions.load, person, now)).state == b"moved"
    assert set((await changed.write(erase_person, person)).values()) == {1}
    assert set((await store.read(rows_of_person, before)).values()) == {0}
    await changed.close()


async def test_rotation_seals_anew_what_lasts_and_says_what_still_needs_the_old_key(
    store: Store, now: datetime, migrated_url: str
) -> None:
    await store.write(leave_traces(store, store.keyring.person(CHAT), now))
    await store.write(store.timers.set, NewTimer("sweep", now + DAY, payload=b"nobody"))
    keyring = Keyring(OTHER_SECRET, previous=SECRET)
    changed = open_store(migrated_url, keyring)
    assert (await changed.read(rotation.rows_of_former_keys, keyring))["timers"] == 2
    nothing = {"timers": 0, "audit_entries": 0, "staff_telegram_links": 0}
    assert await changed.write(rotation.rotate, keyring) == nothing | {"timers": 2}
    assert await changed.write(rotation.rotate, keyring) == nothing
    left = await changed.read(rotation.rows_of_former_keys, keyring)
    assert (left["timers"], left["sessions"]) == (0, 1)
    await changed.close()

    afterwards = open_store(migrated_url, Keyring(OTHER_SECRET))
    due = await afterwards.write(afterwards.timers.due, now + DAY, 5)
    found = {(each.person.chat_id if each.person else None, each.payload) for each in due}
    assert found == {(CHAT, CANARY), (None, b"nobody")}
    assert (
        await afterwards.write(afterwards.timers.cancel_for, afterwards.keyring.person(CHAT)) == 1
    )
    await afterwards.close()


async def test_rotation_leaves_alone_what_it_cannot_open(
    store: Store, now: datetime, migrated_url: str
) -> None:
    await store.write(store.timers.set, NewTimer("sweep", now + DAY))
    stranger = open_store(migrated_url, Keyring(OTHER_SECRET))
    assert await stranger.write(rotation.rotate, stranger.keyring) == {
        "timers": 0,
        "audit_entries": 0,
        "staff_telegram_links": 0,
    }
    await stranger.close()
    assert len(await store.write(store.timers.due, now + DAY, 5)) == 1


async def test_deleted_content_is_overwritten_in_the_file(
    migrated_sqlite_url: str, keyring: Keyring, now: datetime
) -> None:
    store = open_store(migrated_sqlite_url, keyring)
    person = keyring.person(CHAT)
    await store.write(leave_traces(store, person, now))
    await store.write(erase_person, person)
    await store.close()
    folder = Path(migrated_sqlite_url.partition("///")[2]).parent
    content = b"".join(path.read_bytes() for path in folder.glob("jigi.db*"))
    assert b"inbox_updates" in content
    assert person.key.encode() not in content
