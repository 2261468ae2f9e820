"""What a turn sends, as the page draws it."""

from collections.abc import Sequence
from dataclasses import asdict

from bot.conversation.buttons import decode_press
from bot.conversation.outgoing import Button, DeleteMessages, SendFile, SendPin, ShowScreen, Turn
from bot.conversation.rendering import FOOT_FLOW
from bot.web_chat.rooms import Room

Json = dict[str, object]


def show_turn(turn: Turn, room: Room, *, own_id: int | None, is_first: bool) -> Json:
    """Return the answer to an event and enter its messages in `room`.

    Args:
        turn: what the driver answered.
        room: whose messages are counted.
        own_id: the id given to the person's own message, where the event was one.
        is_first: the room is new: whatever the page showed before belongs to one forgotten.
    """
    messages: list[Json] = []
    pins: list[Json] = []
    files: list[Json] = []
    deletes: list[int] = []
    for action in turn.actions:
        match action:
            case ShowScreen():
                messages.append(_screen(action, room))
            case SendPin():
                pins.append(_pin(action, room))
            case SendFile():
                files.append({"id": room.next_id(), **asdict(action)})
            case DeleteMessages(message_ids):
                deletes += message_ids
                room.shown.difference_update(message_ids)
            case _:
                pass  # presses are answered by this very answer; browsers share no number
    return {
        "messages": messages,
        "pins": pins,
        "files": files,
        "deletes": deletes,
        "own_id": own_id,
        "fresh": is_first,
        "erase": turn.erase,
        "delete_own_after_seconds": turn.delete_own_after_seconds,
        "delete_own_now": turn.delete_own_now,
        "lifetime_seconds": turn.lifetime_seconds,
    }


def _screen(screen: ShowScreen, room: Room) -> Json:
    edits = screen.edit if screen.edit in room.shown else None
    message_id = edits or room.next_id()
    room.shown.add(message_id)
    return {
        "id": message_id,
        "text": screen.text,
        "rows": [[_button(button) for button in row] for row in screen.rows],
        "edits": edits,
        "language": _language(screen.rows),
    }


def _pin(pin: SendPin, room: Room) -> Json:
    return {
        "id": room.next_id(),
        "latitude": pin.latitude,
        "longitude": pin.longitude,
        "title": pin.title,
        "address": pin.address,
    }


def _button(button: Button) -> Json:
    """Return a button with its tone, which says how it looks and never what it does."""
    press = decode_press(button.data)
    is_foot = press is not None and press.flow == FOOT_FLOW
    tone = "foot" if is_foot else "plain"
    if press is not None and press.choice in {"emergency", "quit"}:
        tone = press.choice
    return {"label": button.label, "data": button.data, "tone": tone}


def _language(rows: Sequence[Sequence[Button]]) -> str | None:
    """Return the language of a screen: its own buttons carry it, where there are any."""
    for row in rows:
        for button in row:
            press = decode_press(button.data)
            if press is not None and press.flow != FOOT_FLOW:
                return press.language
    return None
