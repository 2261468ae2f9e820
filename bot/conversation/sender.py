"""From the outbox to the chat: per person in order, different people at once."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.conversation.outgoing import (
    Action,
    AskContact,
    DeleteMessages,
    SendFile,
    SendPin,
    ShowScreen,
)
from bot.conversation.ports import Deferred, Delivered, Delivery, Refused, Unreachable
from bot.conversation.store_port import (
    OutgoingMessage,
    Sent,
    StoreUnavailableError,
)
from bot.conversation.surroundings import Surroundings
from bot.observability import without_text

LATE_AFTER = timedelta(minutes=5)
"""After this time nothing of substance is shown: the phone may be in other hands."""

HALT_SECONDS = 2.0
"""How long leaving waits for a message that is just on its way."""

_PATIENCE_SECONDS = 3.0  # a held message up to this long keeps deletions behind it in order
_LONGEST_PAUSE_SECONDS = 60.0
_STORE_PAUSE_SECONDS = 1.0
_TURN_SECONDS = 0.25
_LEASE_LEFT = timedelta(seconds=5)  # longer than a call may need
_GROWING_ATTEMPTS = 10

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Lane:
    """One person's messages on their way."""

    queue: deque[OutgoingMessage] = field(default_factory=deque)
    sent: list[Sent] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    generation: int = 0
    is_busy: bool = False
    is_abandoned: bool = False
    is_holding: bool = False
    late_told: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    settled: asyncio.Event = field(default_factory=asyncio.Event)


class Sender:
    """Sends what turns decided, and says so to the store.

    Args:
        around: what it stands on.
        halt_seconds: how long `halt` waits for a message that is just on its way.
    """

    def __init__(self, around: Surroundings, *, halt_seconds: float = HALT_SECONDS) -> None:
        self._halt_seconds = halt_seconds
        self._store = around.store
        self._messenger = around.messenger
        self._clock = around.clock
        self._recent = around.recent
        self._late = around.lines.late
        self._tally = around.tally
        self._lanes: dict[int, _Lane] = {}

    def send(self, chat_id: int, messages: Sequence[OutgoingMessage]) -> None:
        """Send these after what waits already; returns at once."""
        if not messages:
            return
        lane = self._lanes.get(chat_id)
        if lane is None:
            lane = self._lanes[chat_id] = _Lane()
        lane.queue.extend(messages)
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(chat_id, lane))

    async def recover(self) -> None:
        """Take up what waits in the outbox and nobody is sending."""
        now = self._clock.now()
        for chat_id in await self._store.chats_with_messages(now):
            if chat_id not in self._lanes:
                self.send(chat_id, await self._store.take_messages(chat_id, now))

    async def halt(self, chat_id: int) -> None:
        """Send nothing more of what waits for this person; what is on its way may arrive."""
        lane = self._lanes.get(chat_id)
        if lane is None:
            return
        lane.generation += 1
        lane.queue.clear()
        lane.wake.set()
        if not lane.is_busy:
            return
        lane.settled.clear()
        try:
            async with asyncio.timeout(self._halt_seconds):
                await lane.settled.wait()
        except TimeoutError:
            # Leaving does not wait for a dead network: what arrives later is deleted later.
            lane.is_abandoned = True

    async def drain(self, seconds: float) -> None:
        """Let running messages end, then stop; what still waits is in the outbox."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task and not lane.is_holding]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        left = [lane.task for lane in self._lanes.values() if lane.task]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _run(self, chat_id: int, lane: _Lane) -> None:
        try:
            if self._store.is_shared:
                await self._patiently(lambda: self._await_turn(chat_id, lane))
            while lane.queue or lane.sent:
                lane.is_busy, lane.is_abandoned = True, False
                if lane.queue:
                    await self._send_next(chat_id, lane)
                else:
                    await self._record(lane)
                lane.is_busy = False
                lane.settled.set()
        except Exception as error:  # noqa: BLE001  # a fault of ours: the outbox still has the rest
            _log.error("sending_broke", extra=without_text(error))
        finally:
            lane.settled.set()
            lane.task = None
            if self._lanes.get(chat_id) is lane:
                del self._lanes[chat_id]

    async def _await_turn(self, chat_id: int, lane: _Lane) -> None:
        """Let another process finish with this person first; take over what a dead one left."""
        while lane.queue:
            first, now = lane.queue[0], self._clock.now()
            if first.id is None or first.recovered:
                return
            if await self._store.is_next(chat_id, first.id, now):
                return
            taken = {one.id: one for one in await self._store.take_messages(chat_id, now)}
            ours = [taken.pop(message.id, message) for message in lane.queue]
            lane.queue = deque([*taken.values(), *ours])
            if taken:
                return
            await asyncio.sleep(_TURN_SECONDS)

    async def _send_next(self, chat_id: int, lane: _Lane) -> None:
        message, generation = lane.queue[0], lane.generation
        now = self._clock.now()
        if message.not_before is not None and message.not_before > now:
            await self._hold(lane, (message.not_before - now).total_seconds())
            if lane.generation == generation:
                lane.queue[0] = replace(message, not_before=None)
            return
        if message.ours_until is not None and message.ours_until - now < _LEASE_LEFT:
            claimed = await self._patiently(lambda: self._store.claim_again(message, now))
            if lane.generation == generation:
                lane.queue.popleft()
                if claimed is not None:
                    lane.queue.appendleft(claimed)
            return
        action = self._timely(lane, message, now)
        if action is None:
            lane.queue.popleft()
            await self._give_up(message)
            return
        delivery = await self._deliver(chat_id, action, may_have_arrived=message.recovered)
        if lane.generation != generation:
            await self._settle_halted(chat_id, lane, message, delivery)
            return
        await self._settle(chat_id, lane, message, delivery)

    def _timely(self, lane: _Lane, message: OutgoingMessage, now: datetime) -> Action | None:
        """Return what is sent now: the message, a neutral line in its place, or nothing."""
        action = message.action
        is_late = now - message.created_at > LATE_AFTER
        if is_late and isinstance(action, AskContact):
            return None
        if (
            not is_late
            or message.unlisted
            or not isinstance(action, ShowScreen | SendPin | SendFile)
        ):
            return action
        if lane.late_told:
            return None
        lane.late_told = True
        return replace(self._late, edit=action.edit if isinstance(action, ShowScreen) else None)

    async def _deliver(self, chat_id: int, action: Action, *, may_have_arrived: bool) -> Delivery:
        try:
            return await self._messenger.deliver(chat_id, action, may_have_arrived=may_have_arrived)
        except Exception as error:  # noqa: BLE001  # one bad message must not stop the others
            _log.error("delivery_broke", extra=without_text(error))
            return Refused("error")

    async def _settle(
        self, chat_id: int, lane: _Lane, message: OutgoingMessage, delivery: Delivery
    ) -> None:
        match delivery:
            case Delivered():
                lane.queue.popleft()
                await self._delivered(chat_id, lane, message, delivery)
            case Deferred():
                await self._deferred(chat_id, lane, message, delivery)
            case Refused(reason):
                lane.queue.popleft()
                self._tally.count("messages", "refused")
                if message.id is not None:
                    _log.warning("message_refused", extra={"reason": reason})
                await self._give_up(message)
            case Unreachable():
                lane.queue.clear()
                self._tally.count("messages", "unreachable")
                await self._patiently(lambda: self._store.drop_person(chat_id))

    async def _delivered(
        self, chat_id: int, lane: _Lane, message: OutgoingMessage, delivery: Delivered
    ) -> None:
        self._tally.count("messages", "delivered")
        if isinstance(message.action, DeleteMessages):
            gone = message.action.message_ids
            await self._patiently(lambda: self._store.forget(chat_id, gone))
        if message.id is None:
            return
        ids = self._listed(message, delivery)
        now = self._clock.now()
        delete_at = None
        if message.lasts_seconds is not None:
            delete_at = now + timedelta(seconds=message.lasts_seconds)
        lane.sent.append(Sent(message.id, chat_id, ids, now, delete_at))
        if ids:
            self._recent.note(chat_id, ids)
        if delivery.message_ids:
            # A new message would come twice if this were lost; everything else may be repeated.
            await self._record(lane)

    def _listed(self, message: OutgoingMessage, delivery: Delivered) -> tuple[int, ...]:
        """Return the message ids that the ledger is told."""
        if message.unlisted:
            return ()
        if delivery.message_ids:
            return delivery.message_ids
        # An edited screen lasts from now on again, or is kept from now on.
        edited = message.action.edit if isinstance(message.action, ShowScreen) else None
        return () if edited is None else (edited,)

    async def _deferred(
        self, chat_id: int, lane: _Lane, message: OutgoingMessage, delivery: Deferred
    ) -> None:
        self._tally.count("messages", "deferred")
        generation = lane.generation
        growing = 1.5 ** min(message.attempts, _GROWING_ATTEMPTS)
        seconds = max(delivery.seconds, min(growing, _LONGEST_PAUSE_SECONDS))
        lane.queue[0] = replace(
            message,
            attempts=message.attempts + 1,
            recovered=message.recovered or delivery.may_have_arrived,
        )
        if message.id is not None:
            until = self._clock.now() + timedelta(seconds=seconds)
            number = message.id
            ours_until = await self._patiently(lambda: self._store.postpone(number, until))
            if lane.generation == generation:
                lane.queue[0] = replace(lane.queue[0], ours_until=ours_until)
        if seconds > _PATIENCE_SECONDS and lane.generation == generation:
            await self._delete_meanwhile(chat_id, lane)
        if lane.generation == generation:
            await self._hold(lane, seconds)

    async def _delete_meanwhile(self, chat_id: int, lane: _Lane) -> None:
        """Carry deletions past a message that has to wait: leaving is worth more than order."""
        generation = lane.generation
        for message in list(lane.queue)[1:]:
            if not isinstance(message.action, DeleteMessages):
                continue
            delivery = await self._deliver(chat_id, message.action, may_have_arrived=False)
            if lane.generation != generation:
                return
            if isinstance(delivery, Delivered):
                lane.queue.remove(message)
                await self._delivered(chat_id, lane, message, delivery)

    async def _settle_halted(
        self, chat_id: int, lane: _Lane, message: OutgoingMessage, delivery: Delivery
    ) -> None:
        """Note what was on its way while the person left."""
        if isinstance(delivery, Delivered) and not lane.is_abandoned:
            await self._delivered(chat_id, lane, message, delivery)
            await self._record(lane)
        elif isinstance(delivery, Delivered) and delivery.message_ids:
            # The ledger was emptied meanwhile: this one has to be deleted by itself.
            action = DeleteMessages(delivery.message_ids)
            now = self._clock.now()
            stray = [OutgoingMessage(action, now)]
            lane.queue.extend(await self._patiently(lambda: self._store.add(chat_id, stray, now)))

    async def _hold(self, lane: _Lane, seconds: float) -> None:
        lane.wake.clear()
        lane.is_holding, lane.is_busy = True, False
        try:
            async with asyncio.timeout(seconds):
                await lane.wake.wait()
        except TimeoutError:
            pass
        finally:
            lane.is_holding, lane.is_busy = False, True

    async def _give_up(self, message: OutgoingMessage) -> None:
        if message.id is not None:
            number = message.id
            await self._patiently(lambda: self._store.give_up(number))

    async def _record(self, lane: _Lane) -> None:
        sent, lane.sent = lane.sent, []
        await self._patiently(lambda: self._store.record_sent(sent))

    async def _patiently[T](self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the store, however long it gives no answer: what went out must not go twice."""
        while True:
            try:
                return await ask()
            except StoreUnavailableError:
                await asyncio.sleep(_STORE_PAUSE_SECONDS)
