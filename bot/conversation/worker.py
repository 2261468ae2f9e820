"""From the inbox to the answer: one person's events in order, different people at once."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, override

from bot.conversation.events import GroupTouched, Incoming
from bot.conversation.finishing import finished, own_message, press_answer
from bot.conversation.flood import FloodGate, Verdict
from bot.conversation.outgoing import Action, LeaveChat, Turn
from bot.conversation.ports import RawUpdate, UpdateInbox
from bot.conversation.sender import Sender
from bot.conversation.store_port import (
    Loaded,
    LostRaceError,
    NotWaitingError,
    OutgoingMessage,
    SkippedUpdate,
    StoreUnavailableError,
)
from bot.conversation.storeless_leave import StorelessLeave
from bot.conversation.surroundings import Surroundings
from bot.observability import without_text

AT_ONCE = 64
"""How many people are answered at the same time."""

ANSWER_SECONDS = 20.0
"""An answer that takes longer counts as failed."""

LEAVING_PATIENCE_SECONDS = 1.5
"""How long a word that leaves waits for the database before it is followed without."""

_PAUSE_SECONDS = 0.5
_RETRY_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

# What is not answered, or only with an apology, goes from the chat after a day.
_SKIPPED = Turn(None, messages_last_seconds=24 * 60 * 60)

_log = logging.getLogger(__name__)


class _InterruptedError(Exception):
    """The driver was stopped: somebody leaves, and that goes first."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    update_id: int
    incoming: Incoming


@dataclass(slots=True)
class _Lane:
    """One person's events that are still to be worked.

    Attributes:
        queue: in the order they came.
        skipped: those that get no answer of their own.
        tell: whether to say that it was too many.
        is_recovering: the store may hold more than the queue.
        is_answering: the driver is at work, and may be interrupted by leaving.
        was_interrupted: it was.
    """

    queue: deque[_Waiting] = field(default_factory=deque)
    skipped: list[_Waiting] = field(default_factory=list)
    tell: bool = False
    is_recovering: bool = False
    is_answering: bool = False
    was_interrupted: bool = False
    task: asyncio.Task[None] | None = None


class Worker(UpdateInbox):
    """Takes updates for good, and answers them.

    Args:
        around: what it stands on.
        sender: gets what turns decide.
    """

    def __init__(self, around: Surroundings, sender: Sender) -> None:
        self._around = around
        self._store = around.store
        self._sender = sender
        self._flood = FloodGate(enabled=around.limit_incoming)
        self._storeless = StorelessLeave(around)
        self._lanes: dict[int, _Lane] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._asides: set[asyncio.Task[None]] = set()
        self._groups: set[int] = set()
        self._is_stopping = False

    @override
    async def accept(self, updates: Sequence[RawUpdate]) -> None:
        now = self._around.clock.now()
        read: list[tuple[RawUpdate, Incoming]] = []
        for raw in updates:
            incoming = self._around.read(raw, now)
            if incoming is None:
                self._around.tally.count("updates", "ignored")
            elif isinstance(incoming.event, GroupTouched):
                self._aside(self._leave_group(raw.chat_id, incoming.event))
            else:
                read.append((raw, incoming))
        if not read:
            return
        try:
            new = await self._store_updates(read, now)
        except StoreUnavailableError:
            self._around.tally.count("updates", "refused")
            await self._leave_without_store(read)
            raise
        for raw, incoming in read:
            if raw.update_id in new:
                self._take(_Waiting(raw.update_id, incoming), now)
        self._around.tally.count("updates", "accepted", len(new))
        self._around.tally.count("updates", "repeated", len(read) - len(new))

    async def recover(self) -> None:
        """Take up what waits in the inbox and nobody is working."""
        for chat_id in await self._store.chats_with_updates():
            if chat_id not in self._lanes:
                self._start(chat_id, _Lane(is_recovering=True))

    async def drain(self, seconds: float) -> None:
        """Let running answers end, then stop; what still waits is in the inbox."""
        self._is_stopping = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task] + list(self._asides)
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _store_updates(
        self, read: Sequence[tuple[RawUpdate, Incoming]], now: datetime
    ) -> frozenset[int]:
        """Store updates; who leaves does not wait for a database that takes its time."""
        storing = self._store.accept([raw for raw, _ in read], now)
        if not any(self._around.leaves(incoming) for _, incoming in read):
            return await storing
        task = asyncio.ensure_future(storing)
        await asyncio.wait([task], timeout=LEAVING_PATIENCE_SECONDS)
        if not task.done():
            await self._leave_without_store(read)
        return await task

    # -- taking events ---------------------------------------------------------------------

    def _take(self, waiting: _Waiting, now: datetime) -> None:
        incoming = waiting.incoming
        lane = self._lanes.get(incoming.chat_id)
        is_new = lane is None
        lane = lane or _Lane()
        self._queue(lane, waiting, now)
        if is_new:
            self._start(incoming.chat_id, lane)

    def _queue(self, lane: _Lane, waiting: _Waiting, now: datetime) -> None:
        incoming = waiting.incoming
        if self._around.leaves(incoming):
            # Leaving waits for nothing that came before it.
            lane.skipped.extend(lane.queue)
            lane.queue.clear()
            lane.queue.append(waiting)
            self._interrupt(lane)
            return
        verdict = self._flood.judge(incoming.chat_id, now)
        is_heard = self._around.must_hear(incoming)
        if is_heard or (verdict is Verdict.ANSWER and not incoming.edited):
            lane.queue.append(waiting)
            return
        lane.skipped.append(waiting)
        lane.tell = lane.tell or (verdict is Verdict.TELL and not incoming.edited)

    def _interrupt(self, lane: _Lane) -> None:
        if lane.is_answering and lane.task is not None:
            lane.was_interrupted = True
            lane.task.cancel()

    def _start(self, chat_id: int, lane: _Lane) -> None:
        self._lanes[chat_id] = lane
        lane.task = asyncio.create_task(self._work(chat_id, lane))

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _leave_group(self, chat_id: int, touched: GroupTouched) -> None:
        if chat_id in self._groups:
            return
        self._groups.add(chat_id)
        try:
            if touched.is_addressed:
                # Told or not, the group is left: it may let nobody write.
                await self._around.messenger.deliver(chat_id, self._around.lines.private)
            await self._around.messenger.deliver(chat_id, LeaveChat())
        finally:
            self._groups.discard(chat_id)

    async def _leave_without_store(self, read: Sequence[tuple[RawUpdate, Incoming]]) -> None:
        for raw, incoming in read:
            try:
                await self._storeless.leave(raw.update_id, incoming)
            except Exception as error:  # noqa: BLE001  # the store's error is what the caller needs
                _log.error("storeless_leave_broke", extra=without_text(error))

    # -- working them ----------------------------------------------------------------------

    async def _work(self, chat_id: int, lane: _Lane) -> None:
        pause = _PAUSE_SECONDS
        try:
            while (lane.queue or lane.skipped or lane.is_recovering) and not self._is_stopping:
                try:
                    await self._step(chat_id, lane)
                    pause = _PAUSE_SECONDS
                except _InterruptedError:
                    continue
                except LostRaceError:
                    self._around.tally.count("turns", "replayed")
                except StoreUnavailableError:
                    self._around.tally.count("turns", "store_unavailable")
                    await self._leave_meanwhile(lane)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        finally:
            if self._lanes.get(chat_id) is lane:
                del self._lanes[chat_id]

    async def _leave_meanwhile(self, lane: _Lane) -> None:
        """Do what can be done for somebody who leaves while the database is away."""
        for waiting in lane.queue:
            raw = RawUpdate(waiting.update_id, waiting.incoming.chat_id, b"", None)
            await self._leave_without_store([(raw, waiting.incoming)])

    async def _step(self, chat_id: int, lane: _Lane) -> None:
        if lane.skipped:
            await self._skip(chat_id, lane)
            return
        async with self._slots:
            now = self._around.clock.now()
            loaded = await self._store.load(chat_id, now)
            incoming = self._next(chat_id, lane, loaded)
            if loaded is None:
                return
            if incoming is None:
                skipped = SkippedUpdate(loaded.update_id, None)
                await self._store.skip(chat_id, (skipped,), (), now)
                self._around.tally.count("updates", "unreadable")
                return
            await self._turn(lane, incoming, loaded)

    def _next(self, chat_id: int, lane: _Lane, loaded: Loaded | None) -> Incoming | None:
        """Return the event of the update that is to be worked now.

        The store knows best which one that is: an older one may wait from before a crash, and
        another process may have worked ours.
        """
        head = lane.queue[0] if lane.queue else None
        if loaded is None:
            lane.is_recovering = False
            lane.queue.clear()
            return None
        if head is not None and loaded.update_id == head.update_id:
            return head.incoming
        for waiting in lane.queue:
            if waiting.update_id == loaded.update_id:
                return waiting.incoming
        if head is not None and head.update_id < loaded.update_id:
            lane.queue.popleft()
        if loaded.payload is None:
            return None
        raw = RawUpdate(loaded.update_id, chat_id, loaded.payload, loaded.sent_at)
        return self._around.read(raw, loaded.received_at)

    async def _turn(self, lane: _Lane, incoming: Incoming, loaded: Loaded) -> None:
        turn = await self._respond(lane, incoming, loaded)
        update_id: int | None = loaded.update_id
        if turn is None:
            if not await self._store.fail(loaded.update_id):
                await asyncio.sleep(_RETRY_SECONDS)
                return
            # The last failure: the update is gone, and the session too, since it may be what the
            # driver stumbles over. The person still gets an answer.
            turn, update_id = self._apology(incoming), None
        chat_id = incoming.chat_id
        if turn.erase or turn.stop:
            await self._sender.halt(chat_id)
        try:
            outgoing = await self._store.commit(
                finished(self._around, incoming, turn, (loaded.version, update_id))
            )
        except NotWaitingError:
            self._around.tally.count("turns", "worked_elsewhere")
            outgoing = ()
        except (LostRaceError, StoreUnavailableError):
            if turn.erase or turn.stop:
                await self._sender.recover()
            raise
        self._forget(lane, loaded.update_id)
        if turn.erase:
            self._around.recent.forget(chat_id)
        self._sender.send(chat_id, outgoing)

    def _forget(self, lane: _Lane, update_id: int) -> None:
        if lane.queue and lane.queue[0].update_id == update_id:
            lane.queue.popleft()
            return
        left = [waiting for waiting in lane.queue if waiting.update_id != update_id]
        lane.queue = deque(left)

    async def _respond(self, lane: _Lane, incoming: Incoming, loaded: Loaded) -> Turn | None:
        """Ask the driver; `None` when it failed.

        Raises:
            _InterruptedError: the person left meanwhile.
        """
        lane.is_answering = True
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._around.driver.respond(
                    incoming, loaded.state, self._around.clock.now()
                )
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not lane.was_interrupted or task is None or task.uncancel() > 0:
                raise
            raise _InterruptedError from None
        except Exception as error:  # noqa: BLE001  # whatever it was, the person gets an answer
            _log.error("answer_failed", extra=without_text(error))
            self._around.tally.count("turns", "failed")
            return None
        finally:
            lane.is_answering = lane.was_interrupted = False

    def _apology(self, incoming: Incoming) -> Turn:
        actions: tuple[Action, ...] = (self._around.lines.failed, *press_answer(incoming))
        return replace(_SKIPPED, actions=actions)

    async def _skip(self, chat_id: int, lane: _Lane) -> None:
        now = self._around.clock.now()
        skipped, lane.skipped = lane.skipped, []
        tell, lane.tell = lane.tell, False
        actions: list[Action] = []
        if tell:
            actions = [self._around.lines.too_many, *press_answer(skipped[-1].incoming)]
        updates = [
            SkippedUpdate(one.update_id, own_message(self._around, one.incoming, _SKIPPED, now))
            for one in skipped
        ]
        outgoing = [OutgoingMessage(action, now) for action in actions]
        try:
            to_send = await self._store.skip(chat_id, updates, outgoing, now)
        except StoreUnavailableError:
            lane.skipped, lane.tell = skipped + lane.skipped, tell or lane.tell
            raise
        self._around.tally.count("updates", "skipped", len(skipped))
        self._sender.send(chat_id, to_send)
