"""People who press or write again as soon as they are answered."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.lab import BrokenRunError
from benchmarks.report import share
from benchmarks.sink import Sink

_NUMBERS = itertools.count(1_000_000)
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Step:
    """Something a person does.

    Attributes:
        update: as Telegram tells it; `update_id` is filled in.
        calls: the methods that the bot answers with.
    """

    update: dict[str, Any]
    calls: frozenset[str]


type Script = Callable[[int, int], Step]
"""What a chat does the n-th time."""


@dataclass(slots=True)
class _Asked:
    at: float
    missing: set[str]


@dataclass(frozen=True, slots=True)
class Phase:
    """What came of one stretch of time.

    Attributes:
        seconds: how long it was.
        waits: how long each answer took, in seconds.
    """

    seconds: float
    waits: Sequence[float]

    @property
    def per_second(self) -> float:
        """Answered updates in a second."""
        return len(self.waits) / self.seconds

    def wait(self, percent: int) -> float:
        """Return the time that `percent` of the answers stay under, in seconds."""
        return share(self.waits, percent)


@dataclass
class Crowd:
    """Chats with a bot behind a sink.

    Attributes:
        script: what they do.
        sink: where the bot calls.
        answered: how many steps were answered.
    """

    script: Script
    sink: Sink = field(init=False)
    answered: int = 0
    _asked: dict[int, _Asked] = field(default_factory=dict)
    _times: dict[int, int] = field(default_factory=dict)
    _answers: list[tuple[int, float]] = field(default_factory=list)
    _goes_on: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sink = Sink(self.heard)

    def act(self, chat_id: int) -> None:
        """Let a chat do its next step."""
        number = self._times.get(chat_id, 0)
        self._times[chat_id] = number + 1
        step = self.script(chat_id, number)
        self._asked[chat_id] = _Asked(time.perf_counter(), set(step.calls))
        self.sink.deliver({"update_id": next(_NUMBERS), **step.update})

    def heard(self, method: str, fields: dict[str, Any]) -> None:
        """Take note of what the bot did."""
        named = fields.get("chat_id") or fields.get("callback_query_id", "0").partition("-")[0]
        chat_id = int(named)
        asked = self._asked.get(chat_id)
        if asked is None:
            return
        asked.missing.discard(method)
        if asked.missing:
            return
        del self._asked[chat_id]
        self.answered += 1
        self._answers.append((chat_id, time.perf_counter() - asked.at))
        if chat_id in self._goes_on:
            self.act(chat_id)

    async def press(self, chats: Iterable[int], seconds: float, *, warm: float = 1.0) -> Phase:
        """Let all these chats act again and again for so long, after `warm` seconds of the same.

        Raises:
            BrokenRunError: somebody got no answer.
        """
        self._goes_on = set(chats)
        for chat_id in self._goes_on:
            self.act(chat_id)
        await asyncio.sleep(warm)
        self._answers.clear()
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        took, answers = time.perf_counter() - began, self.taken()
        self._goes_on = set()
        await self.settle()
        return Phase(took, [wait for _, wait in answers])

    def taken(self) -> list[tuple[int, float]]:
        """Return chats and waits of the answers since the last time."""
        answers, self._answers = self._answers, []
        return answers

    async def settle(self, besides: int | None = None) -> None:
        """Wait until everybody has their answer; `besides` is let off.

        Raises:
            BrokenRunError: somebody got none.
        """
        until = time.perf_counter() + _PATIENCE_SECONDS
        while left := self._asked.keys() - {besides}:
            if time.perf_counter() > until:
                raise BrokenRunError(f"{len(left)} chats got no answer")
            await asyncio.sleep(0.02)


def _person(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "Awa", "language_code": "fr"}


def _chat(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "type": "private", "first_name": "Awa"}


def pressed(chat_id: int, number: int, data: str) -> Step:
    """Return the press of a button, answered by an edited screen."""
    shown = {
        "message_id": 7,
        "date": int(time.time()),
        "chat": _chat(chat_id),
        "from": {"id": 123456, "is_bot": True, "first_name": "Jigi"},
        "text": "x",
    }
    query = {
        "id": f"{chat_id}-{number}",
        "from": _person(chat_id),
        "chat_instance": "1",
        "data": data,
        "message": shown,
    }
    return Step({"callback_query": query}, frozenset({"editMessageText", "answerCallbackQuery"}))


def said(chat_id: int, number: int, text: str) -> Step:
    """Return a text message, answered by a new message."""
    message = {
        "message_id": 100 + number,
        "date": int(time.time()),
        "chat": _chat(chat_id),
        "from": _person(chat_id),
        "text": text,
    }
    return Step({"message": message}, frozenset({"sendMessage"}))
