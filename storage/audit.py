"""What staff changed: who, when, which record, which fields; never the fields' contents.

Each entry holds the digest of the one before it and a signature that only the holder of the secret
key can make (decision 0004): who may write to the database alone can't write the log anew.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, override

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from storage.columns import BigId
from storage.database import Base, UtcDateTime, keys_of
from storage.keys import Keyring, Purpose

KEPT = timedelta(days=730)
"""How long it can be asked who changed something: two years."""

_CHAIN_LOCK = 0x4A696741  # any number will do, as long as nobody else locks it

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
    # Empty in entries from before the log was signed.
    Column("signature", String(32)),
    Column("key_number", Integer),
    sqlite_autoincrement=True,
)
Index(None, audit_entries.c.at)
Index(None, audit_entries.c.record_id)

audit_checkpoints = Table(
    "audit_checkpoints",
    Base.metadata,
    # The number and the digest of the last entry that was removed for its age.
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("removed", Integer, nullable=False),
    Column("signature", String(32), nullable=False),
    Column("key_number", Integer, nullable=False),
)

_columns = audit_entries.c
_points = audit_checkpoints.c
_LAST = select(_columns.id, _columns.digest).order_by(_columns.id.desc()).limit(1)
_POINT = select(audit_checkpoints).order_by(_points.id.desc()).limit(1)
_RECORD = insert(audit_entries)
_ALL = select(audit_entries).order_by(_columns.id)
_OF_RECORD = _ALL.where(_columns.record_id == bindparam("wanted"))
_FIRST_TO_KEEP = select(func.min(_columns.id)).where(_columns.at > bindparam("before"))


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
class Head:
    """The newest end of the log: kept elsewhere, it shows later whether the end was cut off.

    Attributes:
        number: The number of the newest entry.
        digest: What stands for it and for everything before it.
    """

    number: int
    digest: str

    @override
    def __str__(self) -> str:
        return f"{self.number}-{self.digest}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Return the head that `str` wrote.

        Raises:
            ValueError: When it is none.
        """
        number, _, digest = text.strip().partition("-")
        if len(digest) != hashlib.sha256().digest_size * 2:
            raise ValueError("not a head of the audit log")
        return cls(int(number), digest)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What reading the whole log through showed.

    Attributes:
        entries: How many there are.
        first_broken: The number of the first entry that was changed, that no key of ours signed,
            or before which one is missing; None where all fit. Entries cut off at the newest end
            are noticed by `Audit.holds` alone.
        head: The newest end; None where the log is empty and nothing was ever removed.
        removed: How many entries were removed for their age.
    """

    entries: int
    first_broken: int | None
    head: Head | None = None
    removed: int = 0


def record(place: Connection | Session, entry: AuditEntry) -> None:
    """Enter a change in the transaction that makes it.

    From asynchronous code: `await session.run_sync(record, entry)`.

    Raises:
        KeysMissingError: When the engine was opened without the keys that sign.
    """
    record_all(place, [entry])


def record_all(place: Connection | Session, entries: Iterable[AuditEntry]) -> None:
    """Enter changes in the transaction that makes them, in one go however many they are.

    Raises:
        KeysMissingError: When the engine was opened without the keys that sign.
    """
    connection = place.connection() if isinstance(place, Session) else place
    keyring = keys_of(connection)
    _lock(connection)
    head = _head(connection)
    previous = head.digest if head is not None else ""
    rows = []
    for entry in entries:
        values = _values(entry)
        digest = _digest(previous, values)
        signed = _signed(keyring, _entry_text(digest))
        rows.append({**values, "previous_digest": previous, "digest": digest, **signed})
        previous = digest
    if rows:
        connection.execute(_RECORD, rows)


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
        keyring = keys_of(connection)
        point = connection.execute(_POINT).one_or_none()
        entries, first_broken = 0, None
        previous, removed = "", 0
        head: Head | None = None
        if point is not None:
            previous, removed, head = point.digest, point.removed, Head(point.id, point.digest)
            if not _is_signed(keyring, point, _point_text(point.id, point.digest, removed)):
                first_broken = point.id
        for row in connection.execute(_ALL):
            entries += 1
            fits = row.digest == _digest(previous, _values(_entry(row)))
            follows = row.previous_digest == previous
            signed = _is_signed(keyring, row, _entry_text(row.digest))
            if first_broken is None and not (fits and follows and signed):
                first_broken = row.id
            previous, head = row.digest, Head(row.id, row.digest)
        return AuditReport(entries, first_broken, head, removed)

    def holds(self, connection: Connection, head: Head) -> bool:
        """Say whether the log still has what was its newest end at some time."""
        wanted = select(_columns.id).where(
            _columns.id == head.number, _columns.digest == head.digest
        )
        removed = select(_points.id).where(_points.id == head.number, _points.digest == head.digest)
        return connection.execute(wanted.union(removed)).first() is not None

    def rekey(self, connection: Connection, keyring: Keyring) -> int:
        """Sign with the current key what the previous one signed; return how many rows.

        What the previous key did not sign stays as it is: a change of keys makes nothing true.
        """
        _lock(connection)
        count = 0
        for table, text_of in ((audit_entries, _row_text), (audit_checkpoints, _point_row_text)):
            former = select(table).where(table.c.key_number != keyring.key_number)
            for row in connection.execute(former).all():
                text = text_of(row)
                if _is_signed(keyring, row, text):
                    one = update(table).where(table.c.id == row.id)
                    connection.execute(one.values(**_signed(keyring, text)))
                    count += 1
        return count


def purge(connection: Connection, now: datetime) -> int:
    """Remove the oldest stretch of the log, all of it older than `KEPT`; return how many entries.

    A signed checkpoint says how many went and where the log begins, so that what the purge took is
    told from what somebody else took.

    Raises:
        KeysMissingError: When something is to go, and the engine was opened without the keys.
    """
    _lock(connection)
    first_to_keep = connection.execute(_FIRST_TO_KEEP, {"before": now - KEPT}).scalar_one()
    old = select(_columns.id, _columns.digest).order_by(_columns.id.desc())
    if first_to_keep is not None:
        old = old.where(_columns.id < first_to_keep)
    last = connection.execute(old.limit(1)).one_or_none()
    if last is None:
        return 0
    keyring = keys_of(connection)
    gone = connection.execute(delete(audit_entries).where(_columns.id <= last.id)).rowcount
    before = connection.execute(_POINT).one_or_none()
    removed = gone + (before.removed if before is not None else 0)
    point = {"id": last.id, "digest": last.digest, "removed": removed}
    connection.execute(delete(audit_checkpoints))
    signed = _signed(keyring, _point_text(last.id, last.digest, removed))
    connection.execute(insert(audit_checkpoints), point | signed)
    return gone


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # One at a time, so that each follows the one before it. SQLite has one writer anyway.
        connection.execute(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))


def _head(connection: Connection) -> Head | None:
    last = connection.execute(_LAST).one_or_none() or connection.execute(_POINT).one_or_none()
    return Head(last.id, last.digest) if last is not None else None


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


def _entry_text(digest: str) -> bytes:
    return f"entry {digest}".encode()


def _point_text(number: int, digest: str, removed: int) -> bytes:
    return f"checkpoint {number} {digest} {removed}".encode()


def _row_text(row: Row[*tuple[Any, ...]]) -> bytes:
    return _entry_text(row.digest)


def _point_row_text(row: Row[*tuple[Any, ...]]) -> bytes:
    return _point_text(row.id, row.digest, row.removed)


def _signed(keyring: Keyring, text: bytes) -> dict[str, Any]:
    return {"signature": keyring.hash(Purpose.AUDIT, text), "key_number": keyring.key_number}


def _is_signed(keyring: Keyring, row: Row[*tuple[Any, ...]], text: bytes) -> bool:
    return row.signature in keyring.hashes(Purpose.AUDIT, text)
