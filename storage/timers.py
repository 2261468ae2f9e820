"""What is to happen later: in the database, because a process forgets."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.columns import BigId, PersonKey, random_id
from storage.database import Base, UtcDateTime
from storage.keys import Keyring, Person, Purpose, SealBrokenError

OVERDUE_LIMIT = timedelta(hours=48)
"""A timer so long overdue serves nobody any more."""

LEASE = timedelta(minutes=1)
"""How long whoever took a due timer has, before another may take it."""

_CHAT_BYTES = 8

timers = Table(
    "timers",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("person_key", PersonKey),
    Column("sealed_payload", LargeBinary, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    # The hour it was set for; due_at moves on while somebody works on it.
    Column("set_for", UtcDateTime, nullable=False),
)
Index(None, timers.c.due_at)
Index(None, timers.c.person_key)

_columns = timers.c
_OF_PERSON = _columns.person_key.in_((bindparam("key"), bindparam("former_key")))
_SET = insert(timers)
_DUE = (
    select(_columns.id, _columns.kind, _columns.sealed_payload, _columns.set_for, _columns.attempts)
    .where(_columns.due_at <= bindparam("now"))
    .order_by(_columns.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(timers)
    .where(_columns.id == bindparam("wanted"))
    .values(due_at=bindparam("until"), attempts=_columns.attempts + 1)
)
_DONE = delete(timers).where(_columns.id == bindparam("wanted"))
_CANCEL = delete(timers).where(_OF_PERSON, _columns.kind == bindparam("wanted_kind"))
_CANCEL_ALL = delete(timers).where(_OF_PERSON)
_PURGE = delete(timers).where(_columns.set_for <= bindparam("before"))
_OLD_KEYS = select(_columns.id, _columns.person_key, _columns.sealed_payload).where(
    _columns.key_number != bindparam("number")
)
_REKEY = (
    update(timers)
    .where(_columns.id == bindparam("wanted"))
    .values(
        person_key=bindparam("new_key"),
        sealed_payload=bindparam("new_payload"),
        key_number=bindparam("new_number"),
    )
)


@dataclass(frozen=True, slots=True)
class NewTimer:
    """Something to do later.

    Attributes:
        kind: What to do; a word of whoever does it, at most 40 characters.
        due_at: When.
        person: For whom; None where it concerns nobody.
        payload: What is needed then; never a person's own words.
    """

    kind: str
    due_at: datetime
    person: Person | None = None
    payload: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class DueTimer:
    """Something whose time has come; whoever took it tells `done`.

    Attributes:
        id: Its number.
        kind: What to do.
        set_for: The time it was set for.
        person: For whom; None where it concerns nobody.
        payload: What is needed.
        attempts: How often it was taken before and not done.
    """

    id: int
    kind: str
    set_for: datetime
    person: Person | None
    payload: bytes = field(repr=False)
    attempts: int


class Timers:
    """What is done with timers. Each method works on the connection it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def set(self, connection: Connection, timer: NewTimer) -> int:
        """Store a timer; return its number."""
        number = random_id()
        row = {
            "id": number,
            "kind": timer.kind,
            "person_key": timer.person.key if timer.person else None,
            "sealed_payload": self._seal(timer.person, timer.payload),
            "key_number": self._keyring.key_number,
            "due_at": timer.due_at,
            "attempts": 0,
            "set_for": timer.due_at,
        }
        connection.execute(_SET, row)
        return number

    def due(self, connection: Connection, now: datetime, limit: int) -> list[DueTimer]:
        """Take timers whose time has come; without `done` they come again after `LEASE`."""
        rows = connection.execute(_DUE, {"now": now, "most": limit}).all()
        if not rows:
            return []
        connection.execute(_TAKE, [{"wanted": row.id, "until": now + LEASE} for row in rows])
        due = []
        for row in rows:
            try:
                person, payload = self._open(row.sealed_payload)
            except SealBrokenError:
                continue  # The key is gone: the purge takes it.
            due.append(DueTimer(row.id, row.kind, row.set_for, person, payload, row.attempts))
        return due

    def done(self, connection: Connection, timer_id: int) -> None:
        """Delete a timer that did its work."""
        connection.execute(_DONE, {"wanted": timer_id})

    def cancel_for(self, connection: Connection, person: Person, kind: str | None = None) -> int:
        """Delete a person's timers, of one kind or all; return how many there were."""
        keys = {"key": person.key, "former_key": person.former_key}
        if kind is None:
            return connection.execute(_CANCEL_ALL, keys).rowcount
        return connection.execute(_CANCEL, {**keys, "wanted_kind": kind}).rowcount

    def rekey(self, connection: Connection) -> int:
        """Seal with the current key what another sealed; return how many rows that were.

        Rows that no key opens any more stay as they are and end with the purge.
        """
        number = self._keyring.key_number
        changed = []
        for row in connection.execute(_OLD_KEYS, {"number": number}):
            try:
                person, payload = self._open(row.sealed_payload)
            except SealBrokenError:
                continue
            changed.append(
                {
                    "wanted": row.id,
                    "new_key": person.key if person else None,
                    "new_payload": self._seal(person, payload),
                    "new_number": number,
                }
            )
        if changed:
            connection.execute(_REKEY, changed)
        return len(changed)

    def _seal(self, person: Person | None, payload: bytes) -> bytes:
        chat = person.chat_id if person else 0  # no chat has the number 0
        plain = chat.to_bytes(_CHAT_BYTES, signed=True) + payload
        return self._keyring.seal(Purpose.TIMER, plain)

    def _open(self, sealed: bytes) -> tuple[Person | None, bytes]:
        plain = self._keyring.open(Purpose.TIMER, sealed)
        chat = int.from_bytes(plain[:_CHAT_BYTES], signed=True)
        return (self._keyring.person(chat) if chat else None), plain[_CHAT_BYTES:]


def purge(connection: Connection, now: datetime) -> int:
    """Delete what is overdue for longer than `OVERDUE_LIMIT`; return how many."""
    return connection.execute(_PURGE, {"before": now - OVERDUE_LIMIT}).rowcount
