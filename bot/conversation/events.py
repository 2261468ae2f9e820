"""What a person does, as the conversation sees it, whatever the channel."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A person wrote `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A person pressed a button that carries `data` (see `bot.conversation.buttons`)."""

    data: str


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """A person gave a command: `/start jif` is name `start`, payload `jif`."""

    name: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class LocationShared:
    """A person sent a pin, in decimal degrees. It is never stored."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ContactShared:
    """A person sent a contact. Its number is heard by a screen that asks for one, and no other."""

    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class VoiceArrived:
    """A person sent a voice note or a video note. Its sound is never fetched."""


@dataclass(frozen=True, slots=True)
class MediaArrived:
    """A person sent something else: `kind` is the Bot API's field name, such as `photo`."""

    kind: str


@dataclass(frozen=True, slots=True)
class GroupTouched:
    """Something happened in a group or channel: the bot has no business there.

    `is_addressed` tells whether somebody wrote to it, as opposed to it having been added.
    """

    is_addressed: bool = False


@dataclass(frozen=True, slots=True)
class BotBlocked:
    """A person blocked or deleted the bot: nothing can be sent any more."""


Event = (
    TextArrived
    | ButtonPressed
    | CommandGiven
    | LocationShared
    | ContactShared
    | VoiceArrived
    | MediaArrived
    | GroupTouched
    | BotBlocked
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event with what is needed to answer it.

    Attributes:
        chat_id: where to answer; in a private chat the person's id.
        event: what happened.
        message_id: the person's own message, or for a press the message that holds the button.
        press_id: the callback query to answer, for a press.
        sent_at: when the person acted, aware UTC; `None` where the channel does not say (a press).
        received_at: when we accepted it, aware UTC.
        edited: the person changed an earlier message; only what must always be heard is answered.
    """

    chat_id: int
    event: Event
    received_at: datetime
    message_id: int | None = None
    press_id: str | None = None
    sent_at: datetime | None = None
    edited: bool = False
