"""What a turn asks of the world. The engine never sends anything itself."""

from dataclasses import dataclass

from flows.engine.events import Attachment, Pin
from flows.engine.messages import Message, Option
from flows.engine.session import Session


@dataclass(frozen=True, slots=True)
class Say:
    """Say this."""

    message: Message


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer these choices under what was said, and wait.

    Attributes:
        flow: with `step`, where the choices belong; both come back with the answer.
        path: the flow's path, `survivor` or `open`.
    """

    flow: str
    step: str
    options: tuple[Option, ...]
    foot: tuple[str, ...]
    columns: int
    path: str
    sensitive: bool


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find something out and come back with `LookedUp`; `text` is what was typed, if anything."""

    name: str
    slots: tuple[tuple[str, str], ...]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ShowPin:
    """Show a point on a map."""

    pin: Pin


@dataclass(frozen=True, slots=True)
class ShowFile:
    """Show a picture, or hand over a document."""

    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Erase:
    """Leave at once and erase everything."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The flow can't go on: `reason` is for the log (no text of a person in it)."""

    reason: str


Effect = Say | Offer | LookUp | ShowPin | ShowFile | Erase | Fail


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event caused: the session as it is now, and the effects in order."""

    session: Session
    effects: tuple[Effect, ...]
