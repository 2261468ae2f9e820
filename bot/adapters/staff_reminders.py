"""Reminds linked staff of what is to be called: one neutral message a working day, in its hours.

It says how many entries are late or soon will be, and how to open the queue; no name, no place.
Whoever has no role to call, or no linked phone, hears nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from sqlalchemy import Connection

from bot.adapters import staff_texts as texts
from bot.conversation.composing import Composer
from bot.conversation.ports import Clock
from bot.conversation.store_port import ConversationStore, OutgoingMessage, StoreUnavailableError
from bot.observability import without_text
from referral_directory.hours import BAMAKO
from referral_directory.verification_queue import ToCall, to_call
from storage.actors import Role
from storage.errors import StorageUnavailableError
from storage.store import Store

TICK_SECONDS = 300.0
FROM, UNTIL = time(8), time(16)
"""When staff are at work; a message outside it would find them at home."""

_SATURDAY = 5
_log = logging.getLogger(__name__)


class Sends(Protocol):
    """What brings messages of the outbox on their way."""

    def send(self, chat_id: int, messages: Sequence[OutgoingMessage]) -> None:
        """Send these after what waits already; returns at once."""


@dataclass(frozen=True, slots=True)
class StaffReminders:
    """Looks now and then whether somebody is to be reminded; may run in several processes.

    Attributes:
        store: the links and the directory.
        outbox: keeps the messages until they are sent.
        composer: puts the message into French.
        clock: tells the time.
        sleep: waits.
    """

    store: Store
    outbox: ConversationStore
    composer: Composer
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, sender: Sends) -> None:
        """Remind until cancelled; a round that fails is repeated with the next tick."""
        while True:
            try:
                await self.round(sender)
            except (StorageUnavailableError, StoreUnavailableError):
                _log.warning("reminders_wait_for_the_store")
            except Exception as error:  # noqa: BLE001  # the next round may go well
                _log.error("reminders_round_failed", extra=without_text(error))
            await self.sleep(TICK_SECONDS)

    async def round(self, sender: Sends) -> None:
        """Remind whom it is time to remind."""
        now = self.clock.now()
        if not is_working_hour(now):
            return
        # Looking costs the writer nothing where there is nothing to say.
        if not await self.store.read(to_call, now):
            return
        figures, chats = await self.store.write(self._take, now)
        for chat_id in chats:
            said = self.composer.plain(texts.reminder(figures.late, figures.soon), "fr")
            waiting = await self.outbox.add(chat_id, [OutgoingMessage(said, now)], now)
            sender.send(chat_id, waiting)
        if chats:
            _log.info("staff_reminded", extra={"count": len(chats)})

    def _take(self, connection: Connection, now: datetime) -> tuple[ToCall, list[int]]:
        figures = to_call(connection, now)
        if not figures:
            return figures, []
        day = now.astimezone(BAMAKO).date()
        links = self.store.staff_links
        return figures, links.take_to_remind(connection, Role.EDITOR, day, now)


def is_working_hour(now: datetime) -> bool:
    """Tell whether staff are at work, in Bamako."""
    there = now.astimezone(BAMAKO)
    return there.weekday() < _SATURDAY and FROM <= there.time() < UNTIL
