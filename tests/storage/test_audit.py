"""What staff changed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, update

from storage import audit
from storage.audit import AuditEntry, AuditReport, audit_entries
from storage.database import open_engine, sessionmaker
from storage.store import Store


def verified(record: str, now: datetime) -> AuditEntry:
    return AuditEntry(
        now, "Fanta", "service:verified", record, ("status", "assured_date"), "called"
    )


async def filled(store: Store, now: datetime) -> list[AuditEntry]:
    entries = [verified(f"service-{n}", now + timedelta(days=n)) for n in range(4)]
    for entry in entries:
        await store.write(store.audit.record, entry)
    return entries


async def test_an_entry_says_who_when_what_and_which_fields(store: Store, now: datetime) -> None:
    entries = await filled(store, now)
    assert await store.read(store.audit.of, "service-2") == [entries[2]]
    assert await store.read(store.audit.verify) == AuditReport(4, None)


async def test_an_empty_log_is_whole(store: Store) -> None:
    assert await store.read(store.audit.verify) == AuditReport(0, None)


@pytest.mark.parametrize(
    "column", ["actor", "tag", "record_id", "note", "digest", "previous_digest"]
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


async def test_after_two_years_an_entry_goes_and_the_rest_is_still_whole(
    store: Store, now: datetime
) -> None:
    await filled(store, now)
    assert await store.write(audit.purge, now + timedelta(days=731)) == 2
    assert await store.read(store.audit.verify) == AuditReport(2, None)


async def test_a_change_and_its_entry_are_kept_or_lost_together(
    migrated_url: str, store: Store, now: datetime
) -> None:
    engine = open_engine(migrated_url)
    entry = replace(verified("service-9", now), changed_fields=())
    async with sessionmaker(engine)() as session:
        await session.run_sync(audit.record, entry)
        await session.rollback()
        await session.run_sync(audit.record, entry)
        await session.commit()
    await engine.dispose()
    assert await store.read(store.audit.of, "service-9") == [entry]
