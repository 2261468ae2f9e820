"""What the conversation needs from outside, named by what it is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.conversation.events import Incoming
from bot.conversation.outgoing import Action, Turn
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp
from flows.engine.messages import Message


class Clock(Protocol):
    """Tells the time, so that tests can tell another."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a sentence asks for.

    Attributes:
        intent: the name of the best intent of `intents.yml`.
        confidence: of that intent, 0 to 1.
        ranking: the best intents with their confidence, best first.
        language: `fr`, `bm`, `mixed` or `unknown`.
        crisis: what the crisis lexicon saw, which needs no model: `emergency`,
            `suicidal_thoughts` or `None`.
        slots: what the sentence already answers: `place` (a slug), with `place_said`.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    language: str = "unknown"
    crisis: str | None = None
    slots: tuple[tuple[str, str], ...] = ()


class Understanding(Protocol):
    """Says what a free text asks for."""

    async def interpret(self, text: str) -> Interpretation:
        """Return what `text` asks for; any text gives an answer."""
        ...

    def crisis(self, text: str) -> str | None:
        """Return what the crisis lexicon alone sees, with no model and no waiting."""
        ...


class LookUps(Protocol):
    """Fulfils the look-ups of flows."""

    def of(self, chat_id: int) -> "LookUps":
        """Return the look-ups for a chat: what it registers is its own. Services know no chat."""
        ...

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; never raises for what a person typed."""
        ...

    async def locate(self, latitude: float, longitude: float) -> str | None:
        """Return the slug of the cercle around a point, or `None` in the sea or abroad.

        The point is used and forgotten.
        """
        ...

    def counted(self, slots: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return what the weekly figures are told of a search, as dimension and value.

        Values are words of ours, from a closed list, whatever stands in the slots.
        """
        ...


class Catalogue(Protocol):
    """Knows the words of a message in a language."""

    def find(self, message: Message, language: str) -> str:
        """Return the text in `language`, French where there is no translation; unfilled."""
        ...

    def is_drafted(self, message: Message, language: str) -> bool:
        """Return whether no person has reviewed the text in `language` yet."""
        ...


class Driver(Protocol):
    """Answers one event. `bot.conversation.driver.Conversation` is the real one."""

    async def respond(self, incoming: Incoming, state: bytes | None, now: datetime) -> Turn:
        """Return what the event causes.

        Args:
            incoming: the event.
            state: the session as it was saved, or `None` when there is none or it expired.
            now: aware UTC.
        """
        ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """It went through; the new messages have these ids."""

    message_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: try again after `seconds`.

    Attributes:
        seconds: how long to wait.
        may_have_arrived: the connection broke on the way: it may be there already, and must not
            be sent more than once again.
    """

    seconds: float
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never go through; `reason` is a kind of error, never a text of a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """This person can't be written to any more (blocked the bot, deleted the account)."""


Delivery = Delivered | Deferred | Refused | Unreachable


class Messenger(Protocol):
    """Carries actions to a chat."""

    async def deliver(
        self, chat_id: int, action: Action, *, may_have_arrived: bool = False
    ) -> Delivery:
        """Carry one action out and say how it ended; raises nothing for the channel's errors.

        Args:
            chat_id: to whom.
            action: what.
            may_have_arrived: an earlier try may have had its effect.
        """
        ...


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """An update as the channel sent it, not yet understood.

    Attributes:
        update_id: the channel's number of it; the same number is the same update.
        chat_id: whose turn it is; updates of one chat are worked in order.
        payload: the channel's own bytes.
        sent_at: when the person acted, aware UTC, where the channel says so.
    """

    update_id: int
    chat_id: int
    payload: bytes
    sent_at: datetime | None


class UpdateInbox(Protocol):
    """Takes updates for good: what it accepted is worked even after a crash."""

    async def accept(self, updates: Sequence[RawUpdate]) -> None:
        """Store the new ones among `updates`; returns once they are safe."""
        ...
