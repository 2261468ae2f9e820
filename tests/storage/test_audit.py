"""What staff changed."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, update

from storage import audit, rotation
from storage.audit import AuditEntry, Head, audit_checkpoints, audit_entries
from storage.database import Base, KeysMissingError, keys_of, open_engine, sessionmaker
from storage.keys import Keyring
from storage.store import Store, open_store

SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # the one of the keyring fixture
NEXT_SECRET = "Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"  # noqa: S105  # made up for the tests
TWO_YEARS = timedelta(days=730)


def verified(record: str, now: datetime) -> AuditEntry:
    return AuditEntry(
        now, "Fanta", "service:verified", record, ("status", "assured_date"), "called"
    )


async def filled(store: Store, now: datetime) -> list[AuditEntry]:
    entries = [verified(f"service-{n}", now + timedelta(days=n)) for n in range(4)]
    for entry in entries:
        await store.write(store.audit.record, entry)
    return entries


async def head_of(store: Store) -> Head:
    head = (await store.read(store.audit.verify)).head
    assert head is not None
    return head


async def test_an_entry_says_who_when_what_and_which_fields(store: Store, now: datetime) -> None:
    entries = await filled(store, now)
    assert await store.read(store.audit.of, "service-2") == [entries[2]]
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken, report.removed) == (4, None, 0)


async def test_an_empty_log_is_whole(store: Store) -> None:
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken, report.head) == (0, None, None)


@pytest.mark.parametrize(
    "column",
    ["actor", "tag", "record_id", "note", "digest", "previous_digest", "signature"],
)
async def test_a_changed_entry_is_noticed(store: Store, now: datetime, column: str) -> None:
    await filled(store, now)

    def tamper(connection: Connection) -> None:
        wanted = audit_entries.c.record_id == "service-1"
        connection.execute(update(audit_entries).where(wanted).values({column: "x"}))

    await store.write(tamper)
    assert (await store.read(store.audit.verify)).first_broken is not None


async def test_a_missing_entry_is_noticed(store: Store, now: datetime) -> None:
    await filled(store, now)

    def cut(connection: Connection) -> None:
        connection.execute(delete(audit_entries).where(audit_entries.c.record_id == "service-1"))

    await store.write(cut)
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken is None) == (3, False)


@pytest.mark.parametrize("signed_by", [None, Keyring(NEXT_SECRET)])
async def test_who_writes_to_the_database_alone_cannot_write_the_log_anew(
    store: Store, now: datetime, signed_by: Keyring | None
) -> None:
    """The whole chain is made anew, rightly linked, by someone without the installation's key."""
    await filled(store, now)

    def forge(connection: Connection) -> None:
        connection.execute(delete(audit_entries))
        said = {
            "at": now.isoformat(),
            "actor": "Awa",
            "tag": "service:verified",
            "record_id": "1",
            "changed_fields": [],
            "note": "",
        }
        text = json.dumps(["", said], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        row = {**said, "at": now, "previous_digest": "", "digest": digest}
        if signed_by is not None:
            row |= audit._signed(signed_by, audit._entry_text(digest))  # noqa: SLF001  # as a forger
        connection.execute(insert(audit_entries).values(row))

    await store.write(forge)
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken is None) == (1, False)


async def test_an_end_that_was_cut_off_is_noticed_by_who_kept_the_head(
    store: Store, now: datetime
) -> None:
    await filled(store, now)
    head = Head.read(str(await head_of(store)))
    assert await store.read(store.audit.holds, head)

    def cut(connection: Connection) -> None:
        connection.execute(delete(audit_entries).where(audit_entries.c.id == head.number))

    await store.write(cut)
    # The chain itself says nothing: that is what the head is for.
    assert (await store.read(store.audit.verify)).first_broken is None
    assert not await store.read(store.audit.holds, head)


@pytest.mark.parametrize("text", ["", "4", "4-abc", "x-" + "0" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"head|invalid literal"):
        Head.read(text)


async def test_after_two_years_an_entry_goes_and_the_rest_is_still_whole(
    store: Store, now: datetime
) -> None:
    await filled(store, now)
    head = await head_of(store)
    assert await store.write(audit.purge, now + TWO_YEARS + timedelta(days=1)) == 2
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken, report.removed) == (2, None, 2)
    assert await store.read(store.audit.holds, head)
    assert await store.write(audit.purge, now + TWO_YEARS + timedelta(days=3)) == 2
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken, report.removed) == (0, None, 4)
    assert report.head == head
    # The next one follows what was removed.
    await store.write(store.audit.record, verified("service-9", now))
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken, report.removed) == (1, None, 4)


async def test_an_entry_older_than_its_neighbours_does_not_tear_the_log(
    store: Store, now: datetime
) -> None:
    """Clocks go wrong: the log is removed from its beginning alone, whatever the times say."""
    await store.write(store.audit.record, verified("1", now))
    await store.write(store.audit.record, verified("2", now - timedelta(days=9)))
    assert await store.write(audit.purge, now + TWO_YEARS - timedelta(days=1)) == 0
    assert await store.write(audit.purge, now + TWO_YEARS) == 2


async def test_who_cuts_off_the_beginning_is_found_out(store: Store, now: datetime) -> None:
    await filled(store, now)

    def cut(connection: Connection) -> None:
        connection.execute(delete(audit_entries).where(audit_entries.c.record_id == "service-0"))

    await store.write(cut)
    assert (await store.read(store.audit.verify)).first_broken is not None


async def test_a_forged_checkpoint_is_found_out(store: Store, now: datetime) -> None:
    await filled(store, now)
    await store.write(audit.purge, now + TWO_YEARS)

    def cut(connection: Connection) -> None:
        first = select(audit_entries).order_by(audit_entries.c.id).limit(1)
        row = connection.execute(first).one()
        connection.execute(delete(audit_entries).where(audit_entries.c.id == row.id))
        point = {"id": row.id, "digest": row.digest, "removed": 2}
        connection.execute(update(audit_checkpoints).values(point))

    await store.write(cut)
    assert (await store.read(store.audit.verify)).first_broken is not None


async def test_a_change_of_keys_signs_anew_and_a_kept_head_still_holds(
    store: Store, now: datetime, migrated_url: str
) -> None:
    await filled(store, now)
    head = await head_of(store)
    await store.write(audit.purge, now + TWO_YEARS)
    changed = open_store(migrated_url, Keyring(NEXT_SECRET, previous=SECRET))
    # During the change both keys are read, and a new entry follows one of the old key.
    await changed.write(changed.audit.record, verified("service-9", now + TWO_YEARS))
    assert (await changed.read(changed.audit.verify)).first_broken is None
    assert (await changed.write(rotation.rotate, changed.keyring))["audit_entries"] == 4
    left = await changed.read(rotation.rows_of_former_keys, changed.keyring)
    assert left["audit_entries"] == left["audit_checkpoints"] == 0
    await changed.close()

    afterwards = open_store(migrated_url, Keyring(NEXT_SECRET))
    assert (await afterwards.read(afterwards.audit.verify)).first_broken is None
    assert await afterwards.read(afterwards.audit.holds, head)
    await afterwards.close()


async def test_a_change_of_keys_makes_nothing_true(
    store: Store, now: datetime, migrated_url: str
) -> None:
    await filled(store, now)

    def tamper(connection: Connection) -> None:
        wanted = audit_entries.c.record_id == "service-1"
        connection.execute(update(audit_entries).where(wanted).values(signature="x" * 32))

    await store.write(tamper)
    changed = open_store(migrated_url, Keyring(NEXT_SECRET, previous=SECRET))
    assert (await changed.write(rotation.rotate, changed.keyring))["audit_entries"] == 3
    assert (await changed.read(changed.audit.verify)).first_broken is not None
    await changed.close()


async def test_a_change_and_its_entry_are_kept_or_lost_together(
    migrated_url: str, store: Store, keyring: Keyring, now: datetime
) -> None:
    engine = open_engine(migrated_url, keyring)
    entry = replace(verified("service-9", now), changed_fields=())
    async with sessionmaker(engine)() as session:
        await session.run_sync(audit.record, entry)
        await session.rollback()
        await session.run_sync(audit.record, entry)
        await session.commit()
    await engine.dispose()
    assert await store.read(store.audit.of, "service-9") == [entry]


def test_without_keys_nothing_is_entered(now: datetime) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        connection.info.clear()  # what the tests' own conftest gave it
        with pytest.raises(KeysMissingError):
            keys_of(connection)
        with pytest.raises(KeysMissingError):
            audit.record(connection, verified("1", now))
    engine.dispose()


async def test_many_entries_at_once_make_the_log_that_each_alone_would(
    store: Store, now: datetime
) -> None:
    entries = await filled(store, now)
    more = [verified(f"service-{n}", now + timedelta(days=n)) for n in range(10, 15)]

    def enter(connection: Connection) -> None:
        audit.record_all(connection, more)
        audit.record_all(connection, [])
        audit.record(connection, verified("service-20", now))

    await store.write(enter)
    report = await store.read(store.audit.verify)
    assert (report.entries, report.first_broken) == (len(entries) + 6, None)
    for entry in more:
        assert await store.read(store.audit.of, entry.record_id) == [entry]
