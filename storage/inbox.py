"""Updates accepted and not yet worked: what is in here survives a killed process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    SmallInteger,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)

from storage.columns import BigId, PersonKey, insert_or_ignore
from storage.database import Base, UtcDateTime
from storage.errors import UpdateNotWaitingError
from storage.keys import Keyring, Person, Purpose, SealBrokenError

WAITING_LIMIT = timedelta(minutes=15)
"""After this time an update that was never worked loses its content."""

KNOWN_LIMIT = timedelta(hours=48)
"""How long an update's number is remembered: twice the time that Telegram repeats one."""

MOST_ATTEMPTS = 3
"""An update that failed this often is dropped."""

_CHAT_BYTES = 8

inbox_updates = Table(
    "inbox_updates",
    Base.metadata,
    Column("update_id", BigId, primary_key=True, autoincrement=False),
    # Whose turn it is, and what came: both only while it waits.
    Column("person_key", PersonKey),
    Column("sealed_payload", LargeBinary),
    Column("key_number", Integer, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("state", String(8), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    CheckConstraint("state IN ('waiting', 'done', 'dropped')", name="state"),
    CheckConstraint("state = 'waiting' OR sealed_payload IS NULL", name="payload"),
    CheckConstraint("(state = 'waiting') = (person_key IS NOT NULL)", name="person"),
)
Index(
    None,
    inbox_updates.c.person_key,
    inbox_updates.c.update_id,
    sqlite_where=inbox_updates.c.person_key.is_not(None),
    postgresql_where=inbox_updates.c.person_key.is_not(None),
)
Index(None, inbox_updates.c.received_at)

_columns = inbox_updates.c
OF_PERSON = _columns.person_key.in_((bindparam("key"), bindparam("former_key")))
"""Rows of a person that wait: the others have no person any more."""

_EMPTIED = {"person_key": None, "sealed_payload": None, "sent_at": None}

_ACCEPT = insert_or_ignore(inbox_updates, returning="update_id")
_WAITING = (
    select(
        _columns.update_id,
        _columns.sealed_payload,
        _columns.received_at,
        _columns.sent_at,
        _columns.attempts,
    )
    .where(OF_PERSON)
    .order_by(_columns.update_id)
)
_NEXT = _WAITING.limit(1)
_OLDEST_OF_EACH = (
    select(func.min(_columns.update_id)).where(_columns.person_key.is_not(None))
).group_by(_columns.person_key)
_PERSONS = (
    select(_columns.sealed_payload)
    .where(_columns.update_id.in_(_OLDEST_OF_EACH))
    .order_by(_columns.update_id)
)
_IS_IT = (_columns.update_id == bindparam("wanted")) & _columns.person_key.is_not(None)
_DONE = update(inbox_updates).where(_IS_IT).values(state="done", **_EMPTIED)
_DROP = update(inbox_updates).where(_IS_IT).values(state="dropped", **_EMPTIED)
_COUNT_ATTEMPT = update(inbox_updates).where(_IS_IT).values(attempts=_columns.attempts + 1)
_DROP_FAILED = _DROP.where(_columns.attempts >= MOST_ATTEMPTS)
_DROP_OF_PERSON = update(inbox_updates).where(OF_PERSON).values(state="dropped", **_EMPTIED)
_DROP_EXPIRED = (
    update(inbox_updates)
    .where(_columns.person_key.is_not(None), _columns.received_at <= bindparam("before"))
    .values(state="dropped", **_EMPTIED)
)
_FORGET_KNOWN = delete(inbox_updates).where(
    _columns.person_key.is_(None), _columns.received_at <= bindparam("before")
)


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update as it came.

    Attributes:
        update_id: The channel's number: the same number is the same update.
        person: Whose turn it is.
        payload: The channel's own bytes.
        received_at: When we got it.
        sent_at: When the person acted, where the channel says so.
    """

    update_id: int
    person: Person
    payload: bytes = field(repr=False)
    received_at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WaitingUpdate:
    """An update whose turn has come.

    Attributes:
        update_id: The channel's number.
        payload: The channel's own bytes; None where no key opens them: only `fail` helps.
        received_at: When we got it.
        sent_at: When the person acted, where the channel says so.
        attempts: How often it failed before.
    """

    update_id: int
    payload: bytes | None = field(repr=False)
    received_at: datetime
    sent_at: datetime | None
    attempts: int


class Inbox:
    """What is done with updates. Each method works on the connection it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def accept(self, connection: Connection, updates: Sequence[NewUpdate]) -> list[int]:
        """Store the updates and return the numbers of those that were not known before."""
        if not updates:
            return []
        rows = [self._row(new) for new in {new.update_id: new for new in updates}.values()]
        return sorted(connection.execute(_ACCEPT.on(connection), rows).scalars())

    def next_for(self, connection: Connection, person: Person) -> WaitingUpdate | None:
        """Return the person's oldest update that waits, or None."""
        row = connection.execute(_NEXT, _keys(person)).one_or_none()
        return None if row is None else self._waiting(row)

    def waiting_for(self, connection: Connection, person: Person) -> list[WaitingUpdate]:
        """Return all of a person's updates that wait, oldest first."""
        return [self._waiting(row) for row in connection.execute(_WAITING, _keys(person))]

    def persons_waiting(self, connection: Connection) -> list[Person]:
        """Return who has updates waiting, who waits longest first: for the start of a process."""
        persons: dict[str, Person] = {}
        for sealed in connection.execute(_PERSONS).scalars():
            try:
                plain = self._keyring.open(Purpose.INBOX, sealed)
            except SealBrokenError:
                continue  # The key is gone: nobody can say whose it was, and it expires.
            person = self._keyring.person(int.from_bytes(plain[:_CHAT_BYTES], signed=True))
            persons.setdefault(person.key, person)
        return list(persons.values())

    def mark_done(self, connection: Connection, update_id: int) -> None:
        """Empty an update that was worked; only its number stays, against repetition.

        Raises:
            UpdateNotWaitingError: When somebody else worked or dropped it.
        """
        if connection.execute(_DONE, {"wanted": update_id}).rowcount == 0:
            raise UpdateNotWaitingError(update_id)

    def fail(self, connection: Connection, update_id: int) -> bool:
        """Count a failure; return True where it was the last one and the content is gone."""
        connection.execute(_COUNT_ATTEMPT, {"wanted": update_id})
        return connection.execute(_DROP_FAILED, {"wanted": update_id}).rowcount > 0

    def drop(self, connection: Connection, update_id: int) -> None:
        """Empty an update that will not be worked; one that no longer waits stays as it is."""
        connection.execute(_DROP, {"wanted": update_id})

    def drop_for(self, connection: Connection, person: Person) -> int:
        """Empty all that waits for a person who left; return how many there were."""
        return connection.execute(_DROP_OF_PERSON, _keys(person)).rowcount

    def open_payload(self, sealed: bytes) -> bytes | None:
        """Return the channel's bytes of a sealed payload, or None where no key opens it."""
        try:
            return self._keyring.open(Purpose.INBOX, sealed)[_CHAT_BYTES:]
        except SealBrokenError:
            return None

    def _waiting(self, row: Row[*tuple[Any, ...]]) -> WaitingUpdate:
        payload = self.open_payload(row.sealed_payload)
        return WaitingUpdate(row.update_id, payload, row.received_at, row.sent_at, row.attempts)

    def _row(self, new: NewUpdate) -> dict[str, object]:
        # The chat stands before the payload, so that a restart knows whose updates wait.
        plain = new.person.chat_id.to_bytes(_CHAT_BYTES, signed=True) + new.payload
        return {
            "update_id": new.update_id,
            "person_key": new.person.key,
            "sealed_payload": self._keyring.seal(Purpose.INBOX, plain),
            "key_number": self._keyring.key_number,
            "received_at": new.received_at,
            "sent_at": new.sent_at,
            "state": "waiting",
            "attempts": 0,
        }


def _keys(person: Person) -> dict[str, str]:
    return {"key": person.key, "former_key": person.former_key}


def drop_expired(connection: Connection, now: datetime) -> int:
    """Empty what waited longer than `WAITING_LIMIT`; return how many there were."""
    return connection.execute(_DROP_EXPIRED, {"before": now - WAITING_LIMIT}).rowcount


def purge(connection: Connection, now: datetime) -> int:
    """Do what the retention policy says; return how many rows were emptied or deleted."""
    dropped = drop_expired(connection, now)
    return dropped + connection.execute(_FORGET_KNOWN, {"before": now - KNOWN_LIMIT}).rowcount
