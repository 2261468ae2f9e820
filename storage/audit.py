"""What staff changed: who, when, which record, which fields; never the fields' contents."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Row,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session

from storage.columns import BigId
from storage.database import Base, UtcDateTime

KEPT = timedelta(days=730)
"""How long it can be asked who changed something: two years."""

_CHAIN_LOCK = 0x4A696769  # any number will do, as long as nobody else locks it

audit_entries = Table(
    "audit_entries",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("tag", String(60), nullable=False),
    Column("record_id", String(80), nullable=False),
    Column("changed_fields", JSON, nullable=False),
    Column("note", String(500), nullable=False),
    Column("previous_digest", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    sqlite_autoincrement=True,
)
Index(None, audit_entries.c.at)
Index(None, audit_entries.c.record_id)

_columns = audit_entries.c
_LAST = select(_columns.digest).order_by(_columns.id.desc()).limit(1)
_RECORD = insert(audit_entries)
_ALL = select(audit_entries).order_by(_columns.id)
_OF_RECORD = _ALL.where(_columns.record_id == bindparam("wanted"))
_PURGE = delete(audit_entries).where(_columns.at <= bindparam("before"))


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A change that somebody made.

    Attributes:
        at: When, aware UTC.
        actor: Who: a member of staff, or the command that ran.
        tag: What happened, `subject:action`, such as `service:verified`.
        record_id: Which record.
        changed_fields: The names of the fields that changed, never what stands in them.
        note: A sentence of the actor, at most 500 characters; no data of a person.
    """

    at: datetime
    actor: str
    tag: str
    record_id: str
    changed_fields: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What reading the whole log through showed.

    Attributes:
        entries: How many there are.
        first_broken: The number of the first entry that was changed, or before which one is
            missing; None where all fit. Entries cut off at the newest end can't be noticed.
    """

    entries: int
    first_broken: int | None


def record(place: Connection | Session, entry: AuditEntry) -> None:
    """Enter a change in the transaction that makes it.

    From asynchronous code: `await session.run_sync(record, entry)`.
    """
    connection = place.connection() if isinstance(place, Session) else place
    if connection.dialect.name == "postgresql":
        # One at a time, so that each follows the one before it. SQLite has one writer anyway.
        connection.execute(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))
    previous = connection.execute(_LAST).scalar_one_or_none() or ""
    values = _values(entry)
    row = {**values, "previous_digest": previous, "digest": _digest(previous, values)}
    connection.execute(_RECORD, row)


class Audit:
    """What is done with the audit log. Each method works on the connection it is given."""

    def record(self, connection: Connection, entry: AuditEntry) -> None:
        """Enter a change in the transaction that makes it."""
        record(connection, entry)

    def of(self, connection: Connection, record_id: str) -> list[AuditEntry]:
        """Return the changes of one record, oldest first."""
        return [_entry(row) for row in connection.execute(_OF_RECORD, {"wanted": record_id})]

    def verify(self, connection: Connection) -> AuditReport:
        """Read the log through and say where it was tampered with."""
        entries, previous, first_broken = 0, None, None
        for row in connection.execute(_ALL):
            entries += 1
            fits = row.digest == _digest(row.previous_digest, _values(_entry(row)))
            # The oldest entry left follows one that the purge has taken.
            follows = previous is None or row.previous_digest == previous
            if first_broken is None and not (fits and follows):
                first_broken = row.id
            previous = row.digest
        return AuditReport(entries, first_broken)


def _entry(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    return AuditEntry(
        row.at, row.actor, row.tag, row.record_id, tuple(row.changed_fields), row.note
    )


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor": entry.actor,
        "tag": entry.tag,
        "record_id": entry.record_id,
        "changed_fields": list(entry.changed_fields),
        "note": entry.note,
    }


def _digest(previous: str, values: dict[str, Any]) -> str:
    said = {**values, "at": values["at"].astimezone(UTC).isoformat()}
    text = json.dumps([previous, said], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def purge(connection: Connection, now: datetime) -> int:
    """Delete entries older than `KEPT`; return how many."""
    return connection.execute(_PURGE, {"before": now - KEPT}).rowcount
