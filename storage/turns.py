"""One turn of a conversation: what it needs in one look, what it changes in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, select

from storage.counters import Counters, week_of
from storage.erasure import erase_person, prove_erased
from storage.inbox import OF_PERSON, Inbox, WaitingUpdate, inbox_updates
from storage.keys import Keyring, Person
from storage.ledger import Ledger, LedgerEntry
from storage.outbox import NewMessage, Outbox
from storage.sessions import CURRENT_KEY_FIRST, NO_SESSION, Sessions, StoredSession, sessions
from storage.timers import NewTimer, Timers

_updates = inbox_updates.c
_LOAD = (
    select(
        _updates.update_id,
        _updates.sealed_payload,
        _updates.received_at,
        _updates.sent_at,
        _updates.attempts,
        sessions.c.sealed_state,
        sessions.c.version,
        sessions.c.expires_at,
    )
    .select_from(
        inbox_updates.outerjoin(
            sessions,
            and_(sessions.c.person_key.in_((bindparam("key"), bindparam("former_key")))),
        )
    )
    .where(OF_PERSON)
    .order_by(_updates.update_id, CURRENT_KEY_FIRST)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class LoadedTurn:
    """What a turn begins with.

    Attributes:
        update: The person's oldest update that waits.
        session: Their session; its version goes back into `TurnResult`.
    """

    update: WaitingUpdate
    session: StoredSession


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """What a turn changes: all of it or nothing.

    Attributes:
        person: Whose turn.
        now: When.
        version: Of the session that was loaded; 0 where there was none.
        state: The session to save; None ends it.
        expires_at: Until when the session lives; needed with a state.
        update_id: The update that was worked; None for a turn that no update caused.
        outgoing: What to send, in this order.
        incoming: The person's own messages, for the ledger.
        timers: What to do later.
        counts: What to count this week: pairs of dimension and value, nothing of the person.
        drop_outgoing: Delete what still waits to be sent to the person (who blocked the bot).
        erase: Forget everything about the person first; only `outgoing` is kept.
    """

    person: Person
    now: datetime
    version: int = 0
    state: bytes | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    update_id: int | None = None
    outgoing: Sequence[NewMessage] = ()
    incoming: Sequence[LedgerEntry] = ()
    timers: Sequence[NewTimer] = ()
    counts: Sequence[tuple[str, str]] = ()
    drop_outgoing: bool = False
    erase: bool = False


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Something that went out.

    Attributes:
        outbox_id: Its number in the outbox.
        person: To whom.
        entries: The new messages in the chat, for the ledger.
    """

    outbox_id: int
    person: Person
    entries: Sequence[LedgerEntry] = ()


class Turns:
    """The hot path: a turn is one `load`, one `commit` and one `record_sent`."""

    def __init__(self, keyring: Keyring) -> None:
        self._inbox = Inbox(keyring)
        self._sessions = Sessions(keyring)
        self._outbox = Outbox(keyring)
        self._ledger = Ledger(keyring)
        self._timers = Timers(keyring)
        self._counters = Counters()

    def load(self, connection: Connection, person: Person, now: datetime) -> LoadedTurn | None:
        """Return the person's oldest update with their session, or None where none waits."""
        keys = {"key": person.key, "former_key": person.former_key}
        row = connection.execute(_LOAD, keys).one_or_none()
        if row is None:
            return None
        waiting = WaitingUpdate(
            row.update_id,
            self._inbox.open_payload(row.sealed_payload),
            row.received_at,
            row.sent_at,
            row.attempts,
        )
        if row.version is None:
            return LoadedTurn(waiting, NO_SESSION)
        found = self._sessions.opened(row.sealed_state, row.version, row.expires_at, now)
        return LoadedTurn(waiting, found)

    def commit(self, connection: Connection, result: TurnResult) -> list[int]:
        """Write all that a turn changed; return the outbox numbers of what it sends, in order.

        Raises:
            UpdateNotWaitingError: When the update was worked or dropped meanwhile.
            VersionConflictError: When the session was changed meanwhile.
            ErasureIncompleteError: When a row of an erased person is left. In all cases the
                transaction must not be committed, and nothing be sent.
        """
        if result.update_id is not None:
            self._inbox.mark_done(connection, result.update_id)
        if result.erase:
            erase_person(connection, result.person)
            prove_erased(connection, result.person)
        else:
            self._save_session(connection, result)
        if result.drop_outgoing:
            self._outbox.drop_for(connection, result.person)
        self._ledger.enter(connection, result.person, result.incoming)
        for timer in result.timers:
            self._timers.set(connection, timer)
        for dimension, value in result.counts:
            self._counters.bump(connection, dimension, value, week_of(result.now))
        return self._outbox.add(
            connection, result.person, result.outgoing, result.now, update_id=result.update_id
        )

    def record_sent(self, connection: Connection, sent: Sequence[SentMessage]) -> None:
        """Take what went out from the outbox and enter it in the ledger."""
        self._outbox.mark_sent(connection, [message.outbox_id for message in sent])
        self._ledger.enter_many(
            connection, [(message.person, entry) for message in sent for entry in message.entries]
        )

    def _save_session(self, connection: Connection, result: TurnResult) -> None:
        if result.state is None:
            self._sessions.end(connection, result.person, version=result.version)
            return
        if result.expires_at is None:
            raise ValueError("a session to save needs its end")
        self._sessions.save(
            connection,
            result.person,
            result.state,
            version=result.version,
            expires_at=result.expires_at,
        )
