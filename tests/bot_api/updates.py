"""Updates waiting for the bot: fetched by long polling, or pushed to a webhook."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import aiohttp

from tests.bot_api.rules import ApiRefusal, decoded


class UpdateQueue:
    """Holds updates until the bot confirms them.

    Long polling confirms by a higher offset; a webhook by a 2xx answer. As with Telegram, a
    webhook gets the updates of one queue (a chat's messages, a person's presses) one after the
    other, and those of different queues in parallel.
    """

    def __init__(self) -> None:
        self.pending: list[dict[str, Any]] = []
        self.webhook_url = ""
        self.secret = ""
        self.refused_by_webhook: list[int] = []
        self.next_id = 500_000
        self.confirmed = 0
        self._poll: object | None = None
        self._changed = asyncio.Event()
        self._pushing: dict[object, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def push(self, update: Mapping[str, Any]) -> int:
        """Let an update happen; return its number. `update_id` in it is kept (a repetition)."""
        whole = dict(update)
        if "update_id" not in whole:
            self.next_id += 1
            whole["update_id"] = self.next_id
        self.pending.append(whole)
        self._wake()
        return int(whole["update_id"])

    def point_at(self, url: str, secret: str) -> None:
        self.webhook_url, self.secret = url, secret
        self._wake()

    async def get(self, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
        if self.webhook_url:
            raise ApiRefusal(409, "Conflict: can't use getUpdates method while webhook is active")
        mine = self._poll = object()
        self._wake()  # a second poll ends the first
        offset = int(decoded(fields, "offset") or 0)
        if offset:
            self.confirmed = max(self.confirmed, offset - 1)
            self.pending = [one for one in self.pending if one["update_id"] >= offset]
        limit = int(decoded(fields, "limit") or 100)
        timeout = float(decoded(fields, "timeout") or 0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not self.pending and self._poll is mine:
                    self._changed.clear()
                    await self._changed.wait()
        if self._poll is not mine:
            raise ApiRefusal(409, "Conflict: terminated by other getUpdates request")
        return self.pending[:limit]

    async def close(self) -> None:
        tasks = list(self._pushing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._poll = None
        self._changed.set()
        if self._session is not None:
            await self._session.close()

    def _wake(self) -> None:
        self._changed.set()
        if not self.webhook_url:
            return
        for update in self.pending:
            lane = _lane(update)
            task = self._pushing.get(lane)
            if task is None or task.done():
                self._pushing[lane] = asyncio.ensure_future(self._push_lane(lane))

    async def _push_lane(self, lane: object) -> None:
        wait = 0.0
        while self.webhook_url:
            update = next((one for one in self.pending if _lane(one) == lane), None)
            if update is None:
                return
            if await self._post(update):
                self.pending = [one for one in self.pending if one is not update]
                wait = 0.0
                continue
            self.refused_by_webhook.append(update["update_id"])
            await asyncio.sleep(wait)
            wait = min(max(wait * 2, 0.1), 1.0)

    async def _post(self, update: Mapping[str, Any]) -> bool:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with self._session.post(self.webhook_url, json=update, headers=headers) as answer:
                return answer.ok
        except (aiohttp.ClientError, OSError):
            return False


def _lane(update: Mapping[str, Any]) -> object:
    if "callback_query" in update:
        return "presses", update["callback_query"]["from"]["id"]
    body = next((v for k, v in update.items() if k != "update_id" and isinstance(v, dict)), {})
    return "messages", body.get("chat", {}).get("id")
