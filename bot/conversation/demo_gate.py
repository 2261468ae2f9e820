"""Keeps a demonstration on Telegram to those who were given its code."""

import base64
import hmac
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conversation import phrases
from bot.conversation.composing import Composer
from bot.conversation.driver import Conversation
from bot.conversation.events import BotBlocked, CommandGiven, GroupTouched, Incoming
from bot.conversation.outgoing import AnswerPress, Turn
from bot.conversation.person import DEFAULT_LANGUAGE

OPEN_FOR = timedelta(days=1)  # then the code is asked for again


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the gate keeps around the conversation's own state."""

    inner: bytes | None
    inner_until: datetime


@dataclass(frozen=True, slots=True)
class DemoGate:
    """Answers only chats that gave the code with `/start CODE`; fulfils the `Driver` port.

    Attributes:
        driver: the conversation behind the gate.
        composer: for the one sentence that everybody else gets.
        code: what opens it.
    """

    driver: Conversation
    composer: Composer
    code: str

    async def respond(self, incoming: Incoming, state: bytes | None, now: datetime) -> Turn:
        """Return what the event causes; leaving works without the code."""
        kept = _unpack(state)
        event = incoming.event
        if isinstance(event, CommandGiven) and self._opens(event):
            kept = kept or _Kept(None, now)
            incoming = replace(incoming, event=CommandGiven("start"))
        always = isinstance(event, GroupTouched | BotBlocked) or self.driver.leaves(incoming)
        if kept is None and not always:
            return self._closed(incoming)
        inner = kept.inner if kept is not None and now < kept.inner_until else None
        turn = await self.driver.respond(incoming, inner, now)
        if kept is None or turn.erase or turn.stop:
            return turn
        until = now + timedelta(seconds=turn.lifetime_seconds)
        return replace(
            turn,
            state=_pack(_Kept(turn.state, until)),
            lifetime_seconds=int(OPEN_FOR.total_seconds()),
        )

    def _opens(self, event: CommandGiven) -> bool:
        given = event.payload.encode()
        return event.name == "start" and hmac.compare_digest(given, self.code.encode())

    def _closed(self, incoming: Incoming) -> Turn:
        screen = self.composer.plain(phrases.NOT_OPEN, DEFAULT_LANGUAGE)
        answers = (AnswerPress(incoming.press_id),) if incoming.press_id is not None else ()
        return Turn(None, (*answers, screen))


def _pack(kept: _Kept) -> bytes:
    inner = base64.b64encode(kept.inner or b"").decode()
    return json.dumps({"inner": inner, "until": kept.inner_until.isoformat()}).encode()


def _unpack(state: bytes | None) -> _Kept | None:
    if state is None:
        return None
    data = json.loads(state)
    if "until" not in data:  # from before the gate was put up
        return None
    return _Kept(base64.b64decode(data["inner"]) or None, datetime.fromisoformat(data["until"]))
