"""What a turn sends, as plain data: the edge makes calls of it, the outbox keeps it until then."""

import json
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a screen: `data` comes back when it is pressed (64 bytes at most)."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class ShowScreen:
    """Show a text with buttons under it.

    Attributes:
        text: plain text, at most 4,096 characters.
        rows: the buttons, row by row.
        edit: the message to change into this screen; `None`, or a message that can't be changed any
            more, means a new message.
        voice: key of a voice note to send before the text, where one is recorded.
        protect: ask the client to refuse forwarding and saving.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    edit: int | None = None
    voice: str | None = None
    protect: bool = False


@dataclass(frozen=True, slots=True)
class SendPin:
    """Show a point on a map, in decimal degrees, with a name."""

    latitude: float
    longitude: float
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class SendFile:
    """Send a picture or a document that was made for this chat.

    Attributes:
        content: its bytes in base64.
        is_picture: shown in the chat; otherwise handed over as a file.
    """

    name: str
    content: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class AskContact:
    """Offer to share the phone's own number by one tap, where the channel can.

    Attributes:
        text: what stands above the keyboard.
        label: what stands on its one key.
        lasts_seconds: how long it stays; with the message the key goes.
    """

    text: str
    label: str
    lasts_seconds: int


@dataclass(frozen=True, slots=True)
class AnswerPress:
    """Tell the client that a press was heard, so that the button stops spinning."""

    press_id: str


@dataclass(frozen=True, slots=True)
class DeleteMessages:
    """Delete these messages for both sides, as far as the channel lets us."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeaveChat:
    """Leave a group without a word."""


Action = ShowScreen | SendPin | SendFile | AskContact | AnswerPress | DeleteMessages | LeaveChat

_KINDS: dict[str, type[Action]] = {
    kind.__name__: kind
    for kind in (
        ShowScreen,
        SendPin,
        SendFile,
        AskContact,
        AnswerPress,
        DeleteMessages,
        LeaveChat,
    )
}


def encode_action(action: Action) -> bytes:
    """Return `action` as compact JSON."""
    # `asdict` copies deeply, button by button: too slow for what every turn sends.
    fields = {field.name: getattr(action, field.name) for field in dataclass_fields(action)}
    if isinstance(action, ShowScreen):
        fields["rows"] = [
            [{"label": button.label, "data": button.data} for button in row] for row in action.rows
        ]
    fields["kind"] = type(action).__name__
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def decode_action(encoded: bytes) -> Action:
    """Return the action that `encode_action` wrote.

    Raises:
        KeyError: the kind is not one of ours.
    """
    fields: dict[str, Any] = json.loads(encoded)
    kind = _KINDS[fields.pop("kind")]
    if kind is ShowScreen:
        fields["rows"] = tuple(tuple(Button(**button) for button in row) for row in fields["rows"])
    if kind is DeleteMessages:
        fields["message_ids"] = tuple(fields["message_ids"])
    return kind(**fields)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event caused. The driver returns it; the worker commits it, then sends.

    Attributes:
        state: the session to save, or `None` when there is none (any more).
        lifetime_seconds: how long the saved session lives from now.
        actions: what to send, in this order.
        erase: delete both sides' messages of the last 48 hours after `actions`, then forget the
            ledger, the timers and everything else about this person. The messages in `actions`
            stay.
        delete_own_after_seconds: delete the person's own message after this time.
        delete_own_now: delete the person's own message at once (an unasked pin).
        messages_last_seconds: delete what this turn sends, edits and answers to, this long after it
            came; `None` keeps it.
        earlier_last_too: `messages_last_seconds` holds for the messages before as well.
        stop: nothing can be sent to this person any more: drop what waits.
        counts: what the weekly figures are told: dimension and value, nothing of the person.
        contact_done: what `AskContact` sent before goes from the chat, and its key with it.
    """

    state: bytes | None
    actions: tuple[Action, ...] = ()
    lifetime_seconds: int = 15 * 60
    erase: bool = False
    delete_own_after_seconds: int | None = None
    delete_own_now: bool = False
    messages_last_seconds: int | None = None
    earlier_last_too: bool = False
    stop: bool = False
    counts: tuple[tuple[str, str], ...] = ()
    contact_done: bool = False
