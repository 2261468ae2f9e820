"""What registrants are told later: stored with the change that causes it, sent after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from event_registration.rows import AnyRow, gathering_of, registration_of
from event_registration.schemas import Gathering, Registration
from event_registration.sealing import Vault
from event_registration.states import LIVE
from event_registration.tables import IS_TO_SEND, gatherings, registration_messages, registrations
from event_registration.vocabulary import MessageKind, MessageState, RegistrationState
from storage.columns import insert_or_ignore, random_id
from storage.keys import SealBrokenError

LEASE = timedelta(minutes=1)
"""How long whoever took a message has, before another process may take it."""

MOST_TRIES = 2
"""A message that may have arrived is tried once more, and never again."""

LIFETIME = timedelta(days=7)
"""A message that could not be sent by then is not sent at all."""

_m = registration_messages.c
_r = registrations.c
_INSERT = insert_or_ignore(registration_messages)

_FITTING_STATES: Mapping[MessageKind, frozenset[RegistrationState]] = {
    MessageKind.CONFIRMED: frozenset({RegistrationState.CONFIRMED}),
    MessageKind.APPROVED_WAITING: frozenset({RegistrationState.WAITING}),
    MessageKind.REFUSED: frozenset({RegistrationState.REFUSED}),
    MessageKind.OFFERED: frozenset({RegistrationState.OFFERED}),
    MessageKind.OFFER_LAPSED: frozenset({RegistrationState.LAPSED}),
    MessageKind.MOVED: LIVE,
    MessageKind.CALLED_OFF: LIVE,
    MessageKind.CANCELLED_BY_STAFF: frozenset({RegistrationState.CANCELLED}),
    MessageKind.MERGED: frozenset({RegistrationState.MERGED}),
    MessageKind.REMINDER_WEEK: frozenset({RegistrationState.CONFIRMED}),
    MessageKind.REMINDER_DAY: frozenset({RegistrationState.CONFIRMED}),
}
"""A message that waits while its registration moves on is no longer true, and is dropped."""

_REMINDERS = frozenset({MessageKind.REMINDER_WEEK, MessageKind.REMINDER_DAY})


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message to send now; whoever took it says how it ended.

    Attributes:
        id: its number.
        chat_id: to whom.
        was_tried: it may have arrived already.
        details: what it needs to be worded, such as a reason.
    """

    id: int
    kind: MessageKind
    chat_id: int = field(repr=False)
    registration: Registration
    gathering: Gathering
    was_tried: bool
    details: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class MessageReport:
    """How a message stands, for staff.

    Attributes:
        code: of the registration it is about.
        not_before: when it is tried next, while it waits.
        failure: a kind of error, where it failed.
    """

    registration_id: int
    code: str
    kind: MessageKind
    state: MessageState
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    failure: str | None


class Messages:
    """What is done with messages. Each method works on the connection it is given."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(  # noqa: PLR0913  # each says when or what, and most have a default
        self,
        connection: Connection,
        row: AnyRow,
        kind: MessageKind,
        now: datetime,
        *,
        occasion: str = "",
        expires_at: datetime | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        """Store a message for one registration; the same news twice is stored once."""
        self.add_all(
            connection, [row], kind, now, occasion=occasion, expires_at=expires_at, details=details
        )

    def add_all(  # noqa: PLR0913  # as above
        self,
        connection: Connection,
        rows: Sequence[AnyRow],
        kind: MessageKind,
        now: datetime,
        *,
        occasion: str = "",
        expires_at: datetime | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        """Store a message for several registrations; those without a chat get none."""
        values = [
            {
                "id": random_id(),
                "registration_id": row.id,
                "kind": kind.value,
                "occasion": occasion,
                "state": MessageState.WAITING.value,
                "sealed_payload": self._vault.seal(details or {}),
                "key_number": self._vault.key_number,
                "attempts": 0,
                "created_at": now,
                "not_before": now,
                "expires_at": expires_at or now + LIFETIME,
            }
            for row in rows
            if row.sealed_chat is not None
        ]
        if values:
            connection.execute(_INSERT.on(connection), values)

    def drop_for(self, connection: Connection, registration_id: int) -> None:
        """Drop what still waits for a registration."""
        waiting = update(registration_messages).where(
            _m.registration_id == registration_id, _m.state == MessageState.WAITING.value
        )
        connection.execute(waiting.values(**_ended(MessageState.DROPPED)))

    def take(self, connection: Connection, now: datetime, limit: int) -> list[DueMessage]:
        """Take messages to send now; without an answer they come once more after `LEASE`."""
        wanted = (
            select(registration_messages)
            .where(IS_TO_SEND, _m.not_before <= now)
            .order_by(_m.not_before)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        due = []
        for row in connection.execute(wanted).all():
            message = self._due(connection, row, now)
            if message is None:
                continue
            due.append(message)
            taken = update(registration_messages).where(_m.id == row.id)
            connection.execute(taken.values(not_before=now + LEASE, attempts=row.attempts + 1))
        return due

    def mark_sent(self, connection: Connection, message_id: int, now: datetime) -> None:
        """Say that a message went out; its content goes."""
        self._end(connection, message_id, MessageState.SENT, sent_at=now)

    def fail(self, connection: Connection, message_id: int, failure: str) -> None:
        """Give a message up, with a kind of error that staff may read."""
        self._end(connection, message_id, MessageState.FAILED, failure=failure[:40])

    def put_off(
        self, connection: Connection, message_id: int, until: datetime, *, may_have_arrived: bool
    ) -> None:
        """Try a message again later; one that surely did not arrive keeps its tries."""
        row = update(registration_messages).where(
            _m.id == message_id, _m.state == MessageState.WAITING.value
        )
        tries = _m.attempts if may_have_arrived else _m.attempts - 1
        connection.execute(row.values(not_before=until, attempts=tries))

    def of_gathering(self, connection: Connection, gathering_id: int) -> list[MessageReport]:
        """Return how all messages of a gathering stand, newest first."""
        wanted = (
            select(registration_messages, _r.code)
            .join(registrations, _r.id == _m.registration_id)
            .where(_r.gathering_id == gathering_id)
            .order_by(_m.created_at.desc(), _m.id)
        )
        return [
            MessageReport(
                row.registration_id,
                row.code,
                MessageKind(row.kind),
                MessageState(row.state),
                row.created_at,
                row.not_before,
                row.sent_at,
                row.failure,
            )
            for row in connection.execute(wanted)
        ]

    def waiting(self, connection: Connection) -> int:
        """Return how many messages are still to be sent."""
        wanted = select(func.count()).where(IS_TO_SEND)
        return int(connection.execute(wanted).scalar_one())

    def _due(self, connection: Connection, row: AnyRow, now: datetime) -> DueMessage | None:
        if row.expires_at <= now:
            self._end(connection, row.id, MessageState.DROPPED)
            return None
        if row.attempts >= MOST_TRIES:
            self._end(connection, row.id, MessageState.FAILED, failure="unanswered")
            return None
        found = connection.execute(select(registrations).where(_r.id == row.registration_id)).one()
        place = connection.execute(
            select(gatherings).where(gatherings.c.id == found.gathering_id)
        ).one()
        kind = MessageKind(row.kind)
        if not _still_true(kind, found) or found.sealed_chat is None:
            self._end(connection, row.id, MessageState.DROPPED)
            return None
        try:
            return DueMessage(
                row.id,
                kind,
                self._vault.open_chat(found.sealed_chat),
                registration_of(self._vault, found),
                gathering_of(place),
                row.attempts > 0,
                self._vault.open(row.sealed_payload),
            )
        except SealBrokenError:
            self._end(connection, row.id, MessageState.FAILED, failure="key")
            return None

    def _end(
        self, connection: Connection, message_id: int, state: MessageState, **values: Any
    ) -> None:
        row = update(registration_messages).where(
            _m.id == message_id, _m.state == MessageState.WAITING.value
        )
        connection.execute(row.values(**_ended(state), **values))


def _ended(state: MessageState) -> dict[str, Any]:
    return {"state": state.value, "sealed_payload": None}


def _still_true(kind: MessageKind, registration: AnyRow) -> bool:
    if kind in _REMINDERS and registration.reminder_time is None:
        return False
    return RegistrationState(registration.state) in _FITTING_STATES[kind]
