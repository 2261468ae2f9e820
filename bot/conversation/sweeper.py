"""What happens without anybody writing: self-deletion, expiry, retention, taking up what lies."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.conversation.outgoing import DeleteMessages
from bot.conversation.ports import Deferred
from bot.conversation.sender import Sender
from bot.conversation.store_port import StoreUnavailableError
from bot.conversation.surroundings import Surroundings
from bot.conversation.worker import Worker
from bot.observability import without_text

TICK_SECONDS = 2.0
EXPIRY_EVERY = timedelta(minutes=1)
PURGE_EVERY = timedelta(hours=1)
RECOVER_EVERY = timedelta(seconds=20)
_AT_ONCE = 500

_log = logging.getLogger(__name__)


class Sweeper:
    """Does what is due. Everything it does may be done twice, by two processes or after a crash.

    Args:
        around: what it stands on.
        worker: takes up updates that another process left.
        sender: takes up messages that another process left.
    """

    def __init__(self, around: Surroundings, worker: Worker, sender: Sender) -> None:
        self._around = around
        self._worker = worker
        self._sender = sender
        self._next: dict[str, datetime] = {}

    async def run(self) -> None:
        """Sweep until cancelled; a sweep that fails is repeated with the next tick."""
        while True:
            await self.sweep()
            await asyncio.sleep(TICK_SECONDS)

    async def sweep(self) -> None:
        """Do what is due now."""
        await self._safely("deletions", self._delete_due)
        await self._now_and_then("expiry", EXPIRY_EVERY, self._drop_expired)
        await self._now_and_then("purge", PURGE_EVERY, self._purge)
        if self._around.store.is_shared:
            # Another process may have died; alone, everything of ours is in our own hands.
            await self._now_and_then("recovery", RECOVER_EVERY, self._recover)

    async def _delete_due(self) -> None:
        due = await self._around.store.due_deletions(self._around.clock.now(), _AT_ONCE)
        for chat_id, message_ids in due:
            action = DeleteMessages(tuple(message_ids))
            delivery = await self._around.messenger.deliver(chat_id, action)
            if not isinstance(delivery, Deferred):
                # Gone, or never to be deleted by us: both times there is nothing left to do.
                await self._around.store.forget(chat_id, message_ids)

    async def _drop_expired(self) -> None:
        await self._around.store.drop_expired(self._around.clock.now())

    async def _purge(self) -> None:
        rows = await self._around.store.purge(self._around.clock.now())
        _log.info("purged", extra={"rows": rows})

    async def _recover(self) -> None:
        await self._worker.recover()
        await self._sender.recover()

    async def _now_and_then(
        self, name: str, every: timedelta, work: Callable[[], Awaitable[None]]
    ) -> None:
        now = self._around.clock.now()
        if now < self._next.get(name, now):
            return
        if await self._safely(name, work):
            self._next[name] = now + every

    async def _safely(self, name: str, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            await work()
        except StoreUnavailableError:
            self._around.tally.count("sweeps", "store_unavailable")
        except Exception as error:  # noqa: BLE001  # one kind of work must not stop the others
            _log.error("sweep_failed", extra={"kind": name, **without_text(error)})
        else:
            return True
        return False
