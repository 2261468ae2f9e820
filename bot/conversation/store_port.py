"""What worker, sender and sweeper need from the database, named by what it is for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, override

from bot.conversation.outgoing import Action
from bot.conversation.ports import RawUpdate


class StoreUnavailableError(Exception):
    """The database gave no answer; nothing was changed.

    Attributes:
        kind: which kind of error, never what it said.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class LostRaceError(Exception):
    """The session changed since it was loaded: load again and answer again."""


class NotWaitingError(Exception):
    """The update was worked by somebody else: nothing of this turn may be sent."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A person's oldest waiting update, and where their conversation stands.

    Attributes:
        update_id: the channel's number of the update.
        payload: the channel's bytes; `None` where no key opens them any more.
        received_at: when it was accepted, aware UTC.
        sent_at: when the person acted, aware UTC, where the channel says so.
        state: the session, or `None` where there is none.
        version: goes back into `FinishedTurn`.
    """

    update_id: int
    payload: bytes | None = field(repr=False)
    received_at: datetime
    sent_at: datetime | None
    state: bytes | None = field(repr=False)
    version: int


@dataclass(frozen=True, slots=True)
class PersonsMessage:
    """A message that a person wrote, for the ledger: a number and times, never its content.

    Attributes:
        message_id: the channel's number of it.
        sent_at: aware UTC.
        delete_at: when it deletes itself; `None` keeps it.
    """

    message_id: int
    sent_at: datetime
    delete_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Something to send.

    Attributes:
        action: what.
        id: its number in the outbox; `None` for what is worth nothing after a crash.
        created_at: when the turn decided it, aware UTC.
        not_before: wait until then; `None` sends at once.
        attempts: how often it was put off.
        unlisted: it stays when everything else is deleted, so the ledger never hears of it.
        lasts_seconds: how long after sending it deletes itself; `None` keeps it.
        recovered: read back after a crash: it may have been sent already.
        ours_until: from then on another process may take it, unless it is claimed again; `None`
            where nobody else could.
    """

    action: Action
    created_at: datetime
    id: int | None = None
    not_before: datetime | None = None
    attempts: int = 0
    unlisted: bool = False
    lasts_seconds: int | None = None
    recovered: bool = False
    ours_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedTurn:
    """What a turn changes: all of it or nothing.

    Attributes:
        chat_id: whose.
        now: aware UTC.
        update_id: the update that was worked; `None` when there is none (any more).
        version: from `Loaded`; 0 leaves an unknown session alone.
        state: the session to save; `None` ends it.
        expires_at: until when the session lives.
        outgoing: what to send, in this order.
        incoming: the person's own message.
        erase: forget everything about the person, and delete all messages of the ledger and
            `also_delete` from the chat, after `outgoing`.
        also_delete: message ids that the ledger may not know.
        drop_outgoing: forget what waits to be sent: the person can't be reached.
        contact_done: delete from the chat the key that shares a number.
        relast: the messages before are to delete themselves at the age `lasts_seconds` as well;
            `None` keeps them.
        counts: what the weekly figures are told: dimension and value, nothing of the person.
    """

    chat_id: int
    now: datetime
    update_id: int | None = None
    version: int = 0
    state: bytes | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    outgoing: Sequence[OutgoingMessage] = ()
    incoming: PersonsMessage | None = None
    erase: bool = False
    also_delete: Sequence[int] = ()
    drop_outgoing: bool = False
    contact_done: bool = False
    relast: bool = False
    lasts_seconds: int | None = None
    counts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class SkippedUpdate:
    """An update that gets no answer of its own, with its message for the ledger."""

    update_id: int
    incoming: PersonsMessage | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that went out.

    Attributes:
        id: its number in the outbox, where it had one.
        chat_id: to whom.
        message_ids: the messages for the ledger.
        sent_at: aware UTC.
        delete_at: when they delete themselves.
    """

    id: int | None
    chat_id: int
    message_ids: Sequence[int]
    sent_at: datetime
    delete_at: datetime | None = None


class ConversationStore(Protocol):
    """Keeps what must survive a crash. Every method raises `StoreUnavailableError`.

    Attributes:
        is_shared: other processes work on the same database.
    """

    is_shared: bool

    async def accept(self, updates: Sequence[RawUpdate], now: datetime) -> frozenset[int]:
        """Store updates for good; return the numbers of those that are new."""
        ...

    async def load(self, chat_id: int, now: datetime) -> Loaded | None:
        """Return the person's oldest waiting update with their session."""
        ...

    async def commit(self, turn: FinishedTurn) -> Sequence[OutgoingMessage]:
        """Write a turn in one transaction; return what is to be sent now, with its numbers.

        Raises:
            LostRaceError: another turn changed the session.
            NotWaitingError: somebody else worked the update.
        """
        ...

    async def fail(self, update_id: int) -> bool:
        """Count a failure of an update; return whether it was the last and the update is gone."""
        ...

    async def skip(
        self,
        chat_id: int,
        updates: Sequence[SkippedUpdate],
        outgoing: Sequence[OutgoingMessage],
        now: datetime,
    ) -> Sequence[OutgoingMessage]:
        """Take updates from the inbox unanswered; return `outgoing` with its numbers."""
        ...

    async def add(
        self, chat_id: int, outgoing: Sequence[OutgoingMessage], now: datetime
    ) -> Sequence[OutgoingMessage]:
        """Store something to send that no update caused; return it with its numbers."""
        ...

    async def record_sent(self, sent: Sequence[Sent]) -> None:
        """Take what went out from the outbox and enter it in the ledger."""
        ...

    async def postpone(self, message_id: int, until: datetime) -> datetime | None:
        """Keep an outgoing message for later; return until when it is ours."""
        ...

    async def claim_again(self, message: OutgoingMessage, now: datetime) -> OutgoingMessage | None:
        """Return the message, ours for longer; `None` when another process took it."""
        ...

    async def give_up(self, message_id: int) -> None:
        """Forget an outgoing message that will never go through."""
        ...

    async def forget(self, chat_id: int, message_ids: Sequence[int]) -> None:
        """Take deleted messages from the ledger."""
        ...

    async def drop_person(self, chat_id: int) -> None:
        """Forget what waits for a person who can't be reached: outbox and timers."""
        ...

    async def chats_with_updates(self) -> Sequence[int]:
        """Return whose updates wait, the longest waiting first."""
        ...

    async def chats_with_messages(self, now: datetime) -> Sequence[int]:
        """Return who is still to get something."""
        ...

    async def take_messages(self, chat_id: int, now: datetime) -> Sequence[OutgoingMessage]:
        """Return what is still to be sent to a person and nobody else is sending."""
        ...

    async def is_next(self, chat_id: int, message_id: int, now: datetime) -> bool:
        """Return whether nothing older waits for this person; asked where the store is shared."""
        ...

    async def due_deletions(self, now: datetime, limit: int) -> Sequence[tuple[int, Sequence[int]]]:
        """Return messages whose hour of deletion has come: chat and message ids."""
        ...

    async def drop_expired(self, now: datetime) -> None:
        """Empty updates that waited too long."""
        ...

    async def purge(self, now: datetime) -> int:
        """Delete what has passed its retention in every table; return how many rows."""
        ...


class Tally(Protocol):
    """Counts what happens, without persons."""

    def count(self, name: str, kind: str = "", by: int = 1) -> None:
        """Add `by` to the counter `name`; `kind` is one of a few fixed words."""
        ...


class NullTally(Tally):
    """Counts nothing."""

    @override
    def count(self, name: str, kind: str = "", by: int = 1) -> None:
        """Do nothing."""
