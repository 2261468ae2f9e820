"""What may happen to a session."""

from dataclasses import dataclass

from flows.engine.messages import Message, Option


@dataclass(frozen=True, slots=True)
class Began:
    """A flow was asked for, with some answers already given."""

    flow: str
    slots: tuple[tuple[str, str], ...] = ()
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Chose:
    """A button was pressed, now or long ago."""

    flow: str
    step: str
    choice: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """Something was typed for the current screen. The text is not kept."""

    text: str


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A look-up came back.

    Attributes:
        messages: what to say; of an action, before what follows it.
        options: what to offer, before the screen's own choices.
        slots: what it found out; `None` empties a slot.
    """

    name: str
    messages: tuple[Message, ...] = ()
    options: tuple[Option, ...] = ()
    slots: tuple[tuple[str, str | None], ...] = ()
    pin: "Pin | None" = None
    attachment: "Attachment | None" = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A point to show on a map, in decimal degrees. Never of a confidential place."""

    latitude: float
    longitude: float
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was made for this answer: a drawn picture or a printable document.

    Attributes:
        name: what the file is called; tells nothing of the subject.
        is_picture: shown in the chat, where it is one.
    """

    name: str
    content: bytes
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class WentBack:
    """The screen before this one was asked for."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The current screen was asked for once more."""


Event = Began | Chose | Wrote | LookedUp | WentBack | Repeated
