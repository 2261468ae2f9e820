"""Which messages lie in a chat, so that they can be deleted there. No text, no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    select,
    update,
)

from storage.columns import PersonKey, upsert
from storage.database import Base, UtcDateTime
from storage.keys import Keyring, Person, Purpose, SealBrokenError

DELETABLE_LIMIT = timedelta(hours=48)
"""Telegram deletes no message that is older: to keep its number longer would serve nobody."""

LAST_CHANCE = timedelta(hours=47)
"""A message that is to delete itself goes by this age, while it still can."""

PROMISED = timedelta(minutes=5)
"""A message that was to go sooner than this goes, whatever is chosen afterwards."""

ledger_messages = Table(
    "ledger_messages",
    Base.metadata,
    Column("person_key", PersonKey, primary_key=True),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sealed_chat", LargeBinary, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("delete_at", UtcDateTime),
    CheckConstraint("direction IN ('in', 'out')", name="direction"),
    sqlite_with_rowid=False,
)
Index(None, ledger_messages.c.sent_at)
Index(None, ledger_messages.c.delete_at)

_columns = ledger_messages.c
_OF_PERSON = _columns.person_key.in_((bindparam("key"), bindparam("former_key")))
# A screen that is edited keeps its age, and takes the later hour of deletion.
_ENTER = upsert(ledger_messages, ["delete_at"])
_OF = (
    select(_columns.message_id, _columns.direction, _columns.sent_at, _columns.delete_at)
    .where(_OF_PERSON, _columns.sent_at > bindparam("since"))
    .order_by(_columns.message_id)
)
_DUE = (
    select(_columns.message_id, _columns.sealed_chat)
    .where(
        _columns.delete_at.is_not(None),
        (_columns.delete_at <= bindparam("now")) | (_columns.sent_at <= bindparam("last_chance")),
    )
    .order_by(_columns.person_key, _columns.message_id)
    .limit(bindparam("most"))
)
_DELETE_AT = (
    update(ledger_messages)
    .where(_OF_PERSON, _columns.message_id == bindparam("wanted"))
    .values(delete_at=bindparam("when"))
)
_FORGET = delete(ledger_messages).where(_OF_PERSON, _columns.message_id == bindparam("wanted"))
_FORGET_ALL = delete(ledger_messages).where(_OF_PERSON)
_PURGE = delete(ledger_messages).where(_columns.sent_at <= bindparam("before"))


class Direction(StrEnum):
    """Whose message it is: the person's (in) or ours (out)."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A message in a chat.

    Attributes:
        message_id: The channel's number of it in that chat.
        direction: Who sent it.
        sent_at: When.
        delete_at: When it is to delete itself; None keeps it.
    """

    message_id: int
    direction: Direction
    sent_at: datetime
    delete_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message whose hour of deletion has come."""

    person: Person
    message_id: int


class Ledger:
    """What is done with the ledger. Each method works on the connection it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def enter(self, connection: Connection, person: Person, entries: Sequence[LedgerEntry]) -> None:
        """Enter messages. One that is known keeps its age and takes the new hour of deletion."""
        self.enter_many(connection, [(person, entry) for entry in entries])

    def enter_many(
        self, connection: Connection, entries: Sequence[tuple[Person, LedgerEntry]]
    ) -> None:
        """Enter messages of several persons, as `enter` does."""
        if not entries:
            return
        rows = [
            {
                "person_key": person.key,
                "message_id": entry.message_id,
                "sealed_chat": self._keyring.seal_integer(Purpose.LEDGER, person.chat_id),
                "key_number": self._keyring.key_number,
                "direction": entry.direction.value,
                "sent_at": entry.sent_at,
                "delete_at": entry.delete_at,
            }
            for person, entry in entries
        ]
        connection.execute(_ENTER.on(connection), rows)

    def of(self, connection: Connection, person: Person, since: datetime) -> list[LedgerEntry]:
        """Return the messages of a person's chat sent after `since`, oldest number first."""
        rows = connection.execute(_OF, {**_keys(person), "since": since})
        return [
            LedgerEntry(row.message_id, Direction(row.direction), row.sent_at, row.delete_at)
            for row in rows
        ]

    def due(self, connection: Connection, now: datetime, limit: int) -> list[DueMessage]:
        """Return messages whose hour of deletion has come, or is about to pass for good.

        They stay until `forget` is told that they are gone. Rows that no key opens are left to
        the purge.
        """
        values = {"now": now, "last_chance": now - LAST_CHANCE, "most": limit}
        due = []
        for row in connection.execute(_DUE, values):
            try:
                chat_id = self._keyring.open_integer(Purpose.LEDGER, row.sealed_chat)
            except SealBrokenError:
                continue
            due.append(DueMessage(self._keyring.person(chat_id), row.message_id))
        return due

    def keep_for(self, connection: Connection, person: Person, duration: timedelta | None) -> None:
        """Let all known messages of a person delete themselves at this age; None keeps them.

        One that was to go within `PROMISED` of being sent still does: its writer was told so.
        """
        known = self.of(connection, person, since=_THE_BEGINNING)
        entries = [each for each in known if not _is_promised(each)]
        if entries:
            values = [
                {
                    **_keys(person),
                    "wanted": entry.message_id,
                    "when": None if duration is None else entry.sent_at + duration,
                }
                for entry in entries
            ]
            connection.execute(_DELETE_AT, values)

    def soon_gone(self, connection: Connection, person: Person, since: datetime) -> tuple[int, ...]:
        """Return our own messages that were to delete themselves within `PROMISED`."""
        known = self.of(connection, person, since)
        return tuple(
            each.message_id
            for each in known
            if each.direction is Direction.OUT and _is_promised(each)
        )

    def forget(self, connection: Connection, person: Person, ids: Sequence[int]) -> None:
        """Delete the entries of these messages; unknown numbers are no error."""
        if ids:
            values = [{**_keys(person), "wanted": number} for number in ids]
            connection.execute(_FORGET, values)

    def forget_all(self, connection: Connection, person: Person) -> int:
        """Delete all entries of a person; return how many there were."""
        return connection.execute(_FORGET_ALL, _keys(person)).rowcount


_THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _is_promised(entry: LedgerEntry) -> bool:
    return entry.delete_at is not None and entry.delete_at - entry.sent_at < PROMISED


def _keys(person: Person) -> dict[str, str]:
    return {"key": person.key, "former_key": person.former_key}


def purge(connection: Connection, now: datetime) -> int:
    """Delete what is older than `DELETABLE_LIMIT`; return how many."""
    return connection.execute(_PURGE, {"before": now - DELETABLE_LIMIT}).rowcount
