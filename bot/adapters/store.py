"""The conversation's store, fulfilled by `storage`."""

import struct
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import override

from sqlalchemy import Connection, delete, update
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.presence import present
from bot.conversation.outgoing import AnswerPress, DeleteMessages, decode_action, encode_action
from bot.conversation.ports import Clock, RawUpdate
from bot.conversation.store_port import (
    ConversationStore,
    FinishedTurn,
    Loaded,
    LostRaceError,
    NotWaitingError,
    OutgoingMessage,
    PersonsMessage,
    Sent,
    SkippedUpdate,
    StoreUnavailableError,
)
from storage import inbox, retention
from storage.database import database_address
from storage.errors import StorageUnavailableError, UpdateNotWaitingError, VersionConflictError
from storage.inbox import NewUpdate, WaitingUpdate, inbox_updates
from storage.keys import Keyring, Person
from storage.ledger import DELETABLE_LIMIT, Direction, LedgerEntry
from storage.outbox import NewMessage, WaitingMessage, outgoing_messages
from storage.store import Store, open_store
from storage.turns import TurnResult

LEASE = timedelta(seconds=30)
"""How long whoever decided a message has to send it, before another process may."""

_ENVELOPE = struct.Struct(">BI")
_UNLISTED = 1


class SqlConversationStore(ConversationStore):
    """Keeps conversations in the database.

    Args:
        store: from `storage.store.open_store`.
        is_shared: other processes may work on the same database (PostgreSQL).
        alone_since: when this process began, if no other lived then: what lay in the outbox was
            left by the dead, and no lease holds it any more.
    """

    def __init__(
        self, store: Store, *, is_shared: bool, alone_since: datetime | None = None
    ) -> None:
        self._store = store
        self._alone_since = alone_since
        self.is_shared = is_shared

    @override
    async def accept(self, updates: Sequence[RawUpdate], now: datetime) -> frozenset[int]:
        rows = [
            NewUpdate(raw.update_id, self._person(raw.chat_id), raw.payload, now, raw.sent_at)
            for raw in updates
        ]
        store = self._store
        return frozenset(await _answered(store.write(store.inbox.accept, rows)))

    @override
    async def load(self, chat_id: int, now: datetime) -> Loaded | None:
        store = self._store
        found = await _answered(store.read(store.turns.load, self._person(chat_id), now))
        if found is None:
            return None
        return Loaded(
            found.update.update_id,
            found.update.payload,
            found.update.received_at,
            found.update.sent_at,
            found.session.state,
            found.session.version,
        )

    @override
    async def commit(self, turn: FinishedTurn) -> Sequence[OutgoingMessage]:
        return await _answered(self._store.write(self._commit, turn))

    @override
    async def fail(self, update_id: int) -> bool:
        return await _answered(self._store.write(self._store.inbox.fail, update_id))

    @override
    async def skip(
        self,
        chat_id: int,
        updates: Sequence[SkippedUpdate],
        outgoing: Sequence[OutgoingMessage],
        now: datetime,
    ) -> Sequence[OutgoingMessage]:
        return await _answered(self._store.write(self._skip, chat_id, updates, outgoing, now))

    @override
    async def add(
        self, chat_id: int, outgoing: Sequence[OutgoingMessage], now: datetime
    ) -> Sequence[OutgoingMessage]:
        return await self.skip(chat_id, (), outgoing, now)

    @override
    async def record_sent(self, sent: Sequence[Sent]) -> None:
        await _answered(self._store.write(self._record_sent, sent))

    @override
    async def postpone(self, message_id: int, until: datetime) -> datetime | None:
        until += LEASE if self.is_shared else timedelta()
        await _answered(self._store.write(self._store.outbox.retry_at, message_id, until))
        return until if self.is_shared else None

    @override
    async def claim_again(self, message: OutgoingMessage, now: datetime) -> OutgoingMessage | None:
        if message.id is None or message.ours_until is None:
            return message
        claimed = self._store.write(self._claim, message.id, message.ours_until, now)
        if not await _answered(claimed):
            return None
        return replace(message, ours_until=now + LEASE)

    @override
    async def give_up(self, message_id: int) -> None:
        await _answered(self._store.write(self._store.outbox.fail, message_id))

    @override
    async def forget(self, chat_id: int, message_ids: Sequence[int]) -> None:
        store = self._store
        person = self._person(chat_id)
        await _answered(store.write(store.ledger.forget, person, message_ids))

    @override
    async def drop_person(self, chat_id: int) -> None:
        await _answered(self._store.write(self._drop_person, self._person(chat_id)))

    @override
    async def chats_with_updates(self) -> Sequence[int]:
        found = await _answered(self._store.read(self._store.inbox.persons_waiting))
        return [person.chat_id for person in found]

    @override
    async def chats_with_messages(self, now: datetime) -> Sequence[int]:
        found = await _answered(self._store.read(self._store.outbox.persons_waiting, now))
        return [person.chat_id for person in found]

    @override
    async def take_messages(self, chat_id: int, now: datetime) -> Sequence[OutgoingMessage]:
        return await _answered(self._store.write(self._take, self._person(chat_id), now))

    @override
    async def is_next(self, chat_id: int, message_id: int, now: datetime) -> bool:
        waiting = await _answered(
            self._store.read(self._store.outbox.waiting_for, self._person(chat_id), now)
        )
        ids = [one.id for one in waiting]
        return message_id not in ids or ids[0] == message_id

    @override
    async def due_deletions(self, now: datetime, limit: int) -> Sequence[tuple[int, Sequence[int]]]:
        due = await _answered(self._store.read(self._store.ledger.due, now, limit))
        return [
            (chat_id, [message.message_id for message in messages])
            for chat_id, messages in groupby(due, lambda message: message.person.chat_id)
        ]

    @override
    async def drop_expired(self, now: datetime) -> None:
        await _answered(self._store.write(inbox.drop_expired, now))

    @override
    async def purge(self, now: datetime) -> int:
        return sum((await _answered(self._store.write(retention.purge, now))).values())

    # -- inside a transaction --------------------------------------------------------------

    def _commit(self, connection: Connection, turn: FinishedTurn) -> Sequence[OutgoingMessage]:
        person = self._person(turn.chat_id)
        outgoing = list(turn.outgoing)
        later = self._later_updates(connection, person, turn)
        if turn.erase:
            # Read before the ledger is gone with everything else: the ids live on in the outbox,
            # which tries until they are deleted or too old to be.
            ids = self._all_ids(connection, person, turn.now) | set(turn.also_delete)
            if ids:
                outgoing.append(OutgoingMessage(DeleteMessages(tuple(sorted(ids))), turn.now))
        if turn.contact_done:  # the key that shares a number goes with the message that brought it
            gone = self._store.ledger.soon_gone(connection, person, turn.now - DELETABLE_LIMIT)
            outgoing += [OutgoingMessage(DeleteMessages(gone), turn.now)] if gone else []
        durable = [message for message in outgoing if not _is_momentary(message)]
        try:
            numbers = self._store.turns.commit(
                connection,
                TurnResult(
                    person=person,
                    now=turn.now,
                    version=turn.version,
                    state=turn.state,
                    expires_at=turn.expires_at,
                    update_id=turn.update_id,
                    outgoing=[self._new(message, turn.now) for message in durable],
                    incoming=_entries(turn.incoming),
                    counts=turn.counts,
                    drop_outgoing=turn.drop_outgoing,
                    erase=turn.erase,
                ),
            )
        except VersionConflictError:
            raise LostRaceError from None
        except UpdateNotWaitingError:
            raise NotWaitingError from None
        self._restore(connection, person, later)
        if turn.relast:
            age = None if turn.lasts_seconds is None else timedelta(seconds=turn.lasts_seconds)
            self._store.ledger.keep_for(connection, person, age)
        if turn.drop_outgoing:
            self._store.timers.cancel_for(connection, person)
        return self._numbered(outgoing, numbers, turn.now)

    def _later_updates(
        self, connection: Connection, person: Person, turn: FinishedTurn
    ) -> list[WaitingUpdate]:
        """What the person sent after the word that leaves: a new conversation, to be answered."""
        if not turn.erase or turn.update_id is None:
            return []
        waiting = self._store.inbox.waiting_for(connection, person)
        return [one for one in waiting if one.update_id > turn.update_id and one.payload]

    def _restore(
        self, connection: Connection, person: Person, later: Sequence[WaitingUpdate]
    ) -> None:
        for one in later:
            emptied = delete(inbox_updates).where(inbox_updates.c.update_id == one.update_id)
            connection.execute(emptied)
            new = NewUpdate(one.update_id, person, one.payload or b"", one.received_at, one.sent_at)
            self._store.inbox.accept(connection, [new])

    def _all_ids(self, connection: Connection, person: Person, now: datetime) -> set[int]:
        since = now - DELETABLE_LIMIT
        ids = {entry.message_id for entry in self._store.ledger.of(connection, person, since)}
        for waiting in self._store.outbox.waiting_for(connection, person, now):
            # An earlier erasure may still be at it.
            message = _read_back(waiting)
            if message is not None and isinstance(message.action, DeleteMessages):
                ids |= set(message.action.message_ids)
        return ids

    def _skip(
        self,
        connection: Connection,
        chat_id: int,
        updates: Sequence[SkippedUpdate],
        outgoing: Sequence[OutgoingMessage],
        now: datetime,
    ) -> Sequence[OutgoingMessage]:
        person = self._person(chat_id)
        for skipped in updates:
            self._store.inbox.drop(connection, skipped.update_id)
            self._store.ledger.enter(connection, person, _entries(skipped.incoming))
        durable = [self._new(each, now) for each in outgoing if not _is_momentary(each)]
        numbers = self._store.outbox.add(connection, person, durable, now)
        return self._numbered(outgoing, numbers, now)

    def _record_sent(self, connection: Connection, sent: Sequence[Sent]) -> None:
        self._store.outbox.mark_sent(connection, [one.id for one in sent if one.id is not None])
        self._store.ledger.enter_many(
            connection,
            [
                (
                    self._person(one.chat_id),
                    LedgerEntry(message_id, Direction.OUT, one.sent_at, one.delete_at),
                )
                for one in sent
                for message_id in one.message_ids
            ],
        )

    def _drop_person(self, connection: Connection, person: Person) -> None:
        self._store.outbox.drop_for(connection, person)
        self._store.timers.cancel_for(connection, person)

    def _take(
        self, connection: Connection, person: Person, now: datetime
    ) -> Sequence[OutgoingMessage]:
        taken = []
        for waiting in self._store.outbox.waiting_for(connection, person, now):
            message = _read_back(waiting)
            if message is None:
                self._store.outbox.fail(connection, waiting.id)
            elif not self.is_shared:
                taken.append(message)
            elif self._is_free(waiting, now) and self._claim(
                connection, waiting.id, waiting.not_before, now
            ):
                taken.append(replace(message, not_before=None, ours_until=now + LEASE))
        return taken

    def _is_free(self, waiting: WaitingMessage, now: datetime) -> bool:
        """Whether nobody is at it any more."""
        is_orphaned = self._alone_since is not None and waiting.created_at < self._alone_since
        return is_orphaned or waiting.not_before <= now

    def _claim(
        self, connection: Connection, message_id: int, seen: datetime, now: datetime
    ) -> bool:
        """Take a message, unless another process took it since its lease was `seen`."""
        rows = outgoing_messages.c
        claim = (
            update(outgoing_messages)
            .where(rows.id == message_id, rows.not_before == seen)
            .values(not_before=now + LEASE)
        )
        return connection.execute(claim).rowcount == 1

    def _new(self, message: OutgoingMessage, now: datetime) -> NewMessage:
        is_deletion = isinstance(message.action, DeleteMessages)
        envelope = _ENVELOPE.pack(_UNLISTED if message.unlisted else 0, message.lasts_seconds or 0)
        return NewMessage(
            payload=envelope + encode_action(message.action),
            not_before=now + LEASE if self.is_shared else None,
            expires_at=now + DELETABLE_LIMIT if is_deletion else None,
        )

    def _numbered(
        self, outgoing: Sequence[OutgoingMessage], numbers: Sequence[int], now: datetime
    ) -> list[OutgoingMessage]:
        left = iter(numbers)
        ours_until = now + LEASE if self.is_shared else None
        return [
            message
            if _is_momentary(message)
            else replace(message, id=next(left), ours_until=ours_until)
            for message in outgoing
        ]

    def _person(self, chat_id: int) -> Person:
        return self._store.keyring.person(chat_id)


@asynccontextmanager
async def open_conversation_store(
    url: str, keyring: Keyring, clock: Clock
) -> AsyncIterator[SqlConversationStore]:
    """Open the store of a database that is at its newest migration, and close it at the end."""
    store = open_store(url, keyring)
    try:
        if database_address(url).get_backend_name() == "sqlite":
            yield SqlConversationStore(store, is_shared=False)
            return
        async with present(url) as is_alone:
            alone_since = clock.now() if is_alone else None
            yield SqlConversationStore(store, is_shared=True, alone_since=alone_since)
    finally:
        await store.close()


async def _answered[T](asked: Awaitable[T]) -> T:
    """Wait for the database; what it says of its errors stays here, values may be in there."""
    try:
        return await asked
    except (SQLAlchemyError, StorageUnavailableError, OSError) as error:
        raise StoreUnavailableError(type(error).__name__) from None


def _is_momentary(message: OutgoingMessage) -> bool:
    """Whether it is worth nothing after a crash: by then the client gave up waiting."""
    return isinstance(message.action, AnswerPress)


def _entries(message: PersonsMessage | None) -> list[LedgerEntry]:
    if message is None:
        return []
    return [LedgerEntry(message.message_id, Direction.IN, message.sent_at, message.delete_at)]


def _read_back(waiting: WaitingMessage) -> OutgoingMessage | None:
    if waiting.payload is None:
        return None
    flags, lasts_seconds = _ENVELOPE.unpack_from(waiting.payload)
    return OutgoingMessage(
        decode_action(waiting.payload[_ENVELOPE.size :]),
        waiting.created_at,
        id=waiting.id,
        not_before=waiting.not_before,
        attempts=waiting.attempts,
        unlisted=bool(flags & _UNLISTED),
        lasts_seconds=lasts_seconds or None,
        recovered=True,
    )
