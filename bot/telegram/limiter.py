"""How fast we send: Telegram's own limits, kept before Telegram has to say so.

A private chat takes one message a second, with a small burst; all chats together take thirty. A
chat that Telegram told to wait waits alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

PER_CHAT_SECONDS = 1.0
PER_CHAT_BURST = 3
OVERALL_PER_SECOND = 25.0
OVERALL_BURST = 5  # with the refill of a second never more than the 30 that Telegram allows
_REMEMBERED_CHATS = 10_000


class SendingLimiter:
    """Makes callers wait until a message may go.

    Each limit is a generic cell rate: one number per chat, no queue and no task.

    Args:
        enabled: `False` lets everything through at once (benchmarks).
        time: seconds of a clock that only goes forward.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        *,
        enabled: bool = True,
        time: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._enabled = enabled
        self._time = time
        self._sleep = sleep
        self._chats: dict[int, float] = {}
        self._held: dict[int, float] = {}
        self._overall = 0.0

    def hold(self, chat_id: int, seconds: float) -> None:
        """Let nothing through to this chat for so long, because Telegram said so."""
        self._held[chat_id] = max(self._held.get(chat_id, 0.0), self._time() + seconds)

    def held_seconds(self, chat_id: int) -> float:
        """Return how long Telegram still wants this chat to wait, 0 when it does not."""
        until = self._held.get(chat_id)
        if until is None:
            return 0.0
        left = until - self._time()
        if left <= 0:
            del self._held[chat_id]
            return 0.0
        return left

    async def message(self, chat_id: int) -> None:
        """Return when a message or an edit may go to this chat."""
        if not self._enabled:
            return
        wait = self._reserve_chat(chat_id)
        if wait > 0:
            await self._sleep(wait)
        # Only now: a chat that waits for itself takes no place of the others.
        wait = self._reserve_overall()
        if wait > 0:
            await self._sleep(wait)

    def _reserve_overall(self) -> float:
        now = self._time()
        due = max(self._overall, now)
        self._overall = due + 1.0 / OVERALL_PER_SECOND
        return due - now - (OVERALL_BURST - 1) / OVERALL_PER_SECOND

    def _reserve_chat(self, chat_id: int) -> float:
        now = self._time()
        due = max(self._chats.get(chat_id, 0.0), now)
        self._chats[chat_id] = due + PER_CHAT_SECONDS
        if len(self._chats) > _REMEMBERED_CHATS:
            self._chats = {chat: until for chat, until in self._chats.items() if until > now}
        return due - now - PER_CHAT_SECONDS * (PER_CHAT_BURST - 1)
