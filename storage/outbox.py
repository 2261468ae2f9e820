"""Messages decided and not yet sent: sealed while they wait, gone once they went out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
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
    func,
    insert,
    select,
    update,
)

from storage.columns import BigId, PersonKey, random_id
from storage.database import Base, UtcDateTime
from storage.keys import Keyring, Person, Purpose, SealBrokenError

SENDING_LIMIT = timedelta(minutes=15)
"""A message not sent by then is not sent at all: the phone may be in other hands."""

FAILURES_LIMIT = timedelta(days=7)
"""How long it is known that a message failed; what and for whom is gone at once."""

_CHAT_BYTES = 8

outgoing_messages = Table(
    "outgoing_messages",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    # For whom, and what: both only while it waits.
    Column("person_key", PersonKey),
    Column("sealed_payload", LargeBinary),
    Column("key_number", Integer, nullable=False),
    Column("update_id", BigId),
    Column("position", SmallInteger, nullable=False),
    Column("state", String(8), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    CheckConstraint("state IN ('waiting', 'failed')", name="state"),
    CheckConstraint("(state = 'waiting') = (sealed_payload IS NOT NULL)", name="payload"),
    CheckConstraint("(state = 'waiting') = (person_key IS NOT NULL)", name="person"),
)
Index(
    None,
    outgoing_messages.c.person_key,
    sqlite_where=outgoing_messages.c.person_key.is_not(None),
    postgresql_where=outgoing_messages.c.person_key.is_not(None),
)
Index(None, outgoing_messages.c.expires_at)

_columns = outgoing_messages.c
_OF_PERSON = _columns.person_key.in_((bindparam("key"), bindparam("former_key")))
_IS_IT = (_columns.id == bindparam("wanted")) & _columns.person_key.is_not(None)
_ADD = insert(outgoing_messages)
_WAITING = (
    select(
        _columns.id,
        _columns.sealed_payload,
        _columns.created_at,
        _columns.not_before,
        _columns.attempts,
    )
    .where(_OF_PERSON, _columns.expires_at > bindparam("now"))
    .order_by(_columns.created_at, _columns.position)
)
_ONE_OF_EACH = select(func.min(_columns.id)).where(
    _columns.person_key.is_not(None), _columns.expires_at > bindparam("now")
)
_PERSONS = (
    select(_columns.sealed_payload)
    .where(_columns.id.in_(_ONE_OF_EACH.group_by(_columns.person_key)))
    .order_by(_columns.created_at)
)
_SENT = delete(outgoing_messages).where(_columns.id == bindparam("wanted"))
_RETRY = (
    update(outgoing_messages)
    .where(_IS_IT)
    .values(not_before=bindparam("when"), attempts=_columns.attempts + 1)
)
_FAILED = (
    update(outgoing_messages)
    .where(_IS_IT)
    .values(state="failed", person_key=None, sealed_payload=None, update_id=None)
)
_DROP_OF_PERSON = delete(outgoing_messages).where(_OF_PERSON)
_DROP_EXPIRED = delete(outgoing_messages).where(
    _columns.person_key.is_not(None), _columns.expires_at <= bindparam("before")
)
_FORGET_FAILURES = delete(outgoing_messages).where(
    _columns.person_key.is_(None), _columns.created_at <= bindparam("before")
)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """Something to send.

    Attributes:
        payload: What to send, in the words of whoever sends it.
        not_before: Wait until then; None sends at once.
        expires_at: Not to be sent from then on; None is `SENDING_LIMIT` after its creation.
    """

    payload: bytes = field(repr=False)
    not_before: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """Something that still has to be sent.

    Attributes:
        id: Its number in the outbox.
        payload: What to send; None where no key opens it: only `fail` helps.
        created_at: When the turn decided it.
        not_before: Wait until then.
        attempts: How often sending was put off.
    """

    id: int
    payload: bytes | None = field(repr=False)
    created_at: datetime
    not_before: datetime
    attempts: int


class Outbox:
    """What is done with outgoing messages. Each method works on the connection it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def add(
        self,
        connection: Connection,
        person: Person,
        messages: Sequence[NewMessage],
        now: datetime,
        *,
        update_id: int | None = None,
    ) -> list[int]:
        """Store what is to be sent to a person, in this order; return the rows' numbers."""
        if not messages:
            return []
        ids = [random_id() for _ in messages]
        rows = [
            {
                "id": number,
                "position": position,
                "update_id": update_id,
                **self._values(person, message, now),
            }
            for position, (number, message) in enumerate(zip(ids, messages, strict=True))
        ]
        connection.execute(_ADD, rows)
        return ids

    def waiting_for(
        self, connection: Connection, person: Person, now: datetime
    ) -> list[WaitingMessage]:
        """Return what a person is still to get, in order; what expired is left out."""
        values = {"key": person.key, "former_key": person.former_key, "now": now}
        return [
            WaitingMessage(
                row.id,
                self._open_payload(row.sealed_payload),
                row.created_at,
                row.not_before,
                row.attempts,
            )
            for row in connection.execute(_WAITING, values)
        ]

    def persons_waiting(self, connection: Connection, now: datetime) -> list[Person]:
        """Return who is still to get something: for the start of a process."""
        persons: dict[str, Person] = {}
        for sealed in connection.execute(_PERSONS, {"now": now}).scalars():
            try:
                plain = self._keyring.open(Purpose.OUTBOX, sealed)
            except SealBrokenError:
                continue  # The key is gone: nobody can say for whom it was, and it expires.
            person = self._keyring.person(int.from_bytes(plain[:_CHAT_BYTES], signed=True))
            persons.setdefault(person.key, person)
        return list(persons.values())

    def mark_sent(self, connection: Connection, ids: Sequence[int]) -> None:
        """Delete what went out. A number that is gone already is no error."""
        if ids:
            connection.execute(_SENT, [{"wanted": number} for number in ids])

    def retry_at(self, connection: Connection, message_id: int, when: datetime) -> None:
        """Put off a message that could not be sent now."""
        connection.execute(_RETRY, {"wanted": message_id, "when": when})

    def fail(self, connection: Connection, message_id: int) -> None:
        """Give a message up: only the fact stays, neither what it was nor for whom."""
        connection.execute(_FAILED, {"wanted": message_id})

    def drop_for(self, connection: Connection, person: Person) -> int:
        """Delete all that waits for a person; return how many there were."""
        keys = {"key": person.key, "former_key": person.former_key}
        return connection.execute(_DROP_OF_PERSON, keys).rowcount

    def _values(self, person: Person, message: NewMessage, now: datetime) -> dict[str, object]:
        # The chat stands before the payload, so that a restart knows where it goes.
        plain = person.chat_id.to_bytes(_CHAT_BYTES, signed=True) + message.payload
        return {
            "person_key": person.key,
            "sealed_payload": self._keyring.seal(Purpose.OUTBOX, plain),
            "key_number": self._keyring.key_number,
            "state": "waiting",
            "created_at": now,
            "not_before": message.not_before or now,
            "expires_at": message.expires_at or now + SENDING_LIMIT,
            "attempts": 0,
        }

    def _open_payload(self, sealed: bytes) -> bytes | None:
        try:
            return self._keyring.open(Purpose.OUTBOX, sealed)[_CHAT_BYTES:]
        except SealBrokenError:
            return None


def purge(connection: Connection, now: datetime) -> int:
    """Do what the retention policy says; return how many rows were deleted."""
    dropped = connection.execute(_DROP_EXPIRED, {"before": now}).rowcount
    forgotten = connection.execute(_FORGET_FAILURES, {"before": now - FAILURES_LIMIT})
    return dropped + forgotten.rowcount
