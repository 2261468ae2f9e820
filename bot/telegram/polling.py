"""Updates by long polling, where no webhook can be reached."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from telegram.error import Conflict, TelegramError

from bot.conversation.ports import RawUpdate, UpdateInbox
from bot.conversation.store_port import StoreUnavailableError, Tally
from bot.observability import without_text
from bot.telegram.bot_api import BotApi
from bot.telegram.reading import ALLOWED_UPDATES, MalformedUpdateError, raw_update
from bot.telegram.transport import TooManyCallsError

POLL_SECONDS = 50
_BATCH = 100
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 20.0
_CONFLICT_PAUSE_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Poller:
    """Fetches updates and hands them to the inbox; confirms them only once they are stored.

    Args:
        api: the Bot API.
        inbox: takes what comes.
        tally: counts what goes wrong.
    """

    def __init__(self, api: BotApi, inbox: UpdateInbox, tally: Tally) -> None:
        self._api = api
        self._inbox = inbox
        self._tally = tally
        self._offset = 0
        self._pause = _FIRST_PAUSE_SECONDS

    async def run(self) -> None:
        """Poll until cancelled. Telegram away, or another poller: wait and go on."""
        while True:
            try:
                await self.poll_once()
                self._pause = _FIRST_PAUSE_SECONDS
            except Conflict:
                self._tally.count("polling", "conflict")
                _log.warning("another_poller_has_this_token")
                await asyncio.sleep(_CONFLICT_PAUSE_SECONDS)
            except TooManyCallsError as error:
                await asyncio.sleep(error.seconds)
            except (TelegramError, StoreUnavailableError) as error:
                self._tally.count("polling", type(error).__name__)
                await self._rest()
            except Exception as error:  # noqa: BLE001  # whatever it was, people wait for answers
                _log.error("polling_failed", extra=without_text(error))
                await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)

    async def poll_once(self) -> None:
        """Fetch what there is and store it."""
        fields = {
            "offset": self._offset,
            "timeout": POLL_SECONDS,
            "limit": _BATCH,
            "allowed_updates": ALLOWED_UPDATES,
        }
        updates = await self._api.call("getUpdates", fields, read_seconds=POLL_SECONDS + 15)
        if not updates:
            return
        await self._inbox.accept(self._read(updates))
        numbers = [one.get("update_id") for one in updates if isinstance(one, dict)]
        known = [number for number in numbers if isinstance(number, int)]
        self._offset = max([self._offset - 1, *known]) + 1

    def _read(self, updates: Sequence[Any]) -> list[RawUpdate]:
        read: list[RawUpdate] = []
        for update in updates:
            try:
                raw = raw_update(update)
            except MalformedUpdateError:
                self._tally.count("updates", "malformed")
            else:
                read += [] if raw is None else [raw]
        return read
