"""What Telegram sent, as an event of the conversation.

Only the fields that an answer needs are read, and each is checked: python-telegram-bot's full
objects cost several times as much and are needed for nothing here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.conversation.events import (
    BotBlocked,
    ButtonPressed,
    CommandGiven,
    ContactShared,
    Event,
    GroupTouched,
    Incoming,
    LocationShared,
    MediaArrived,
    TextArrived,
    VoiceArrived,
)
from bot.conversation.ports import RawUpdate

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post")
"""What we ask Telegram for; a channel post is read only to leave."""

_MEDIA = (
    "photo",
    "sticker",
    "animation",
    "video",
    "document",
    "poll",
    "dice",
    "game",
    "story",
    "paid_media",
    "checklist",
    "giveaway",
    "invoice",
)
_SPOKEN = ("voice", "video_note", "audio")
_SERVICE = (
    "message_auto_delete_timer_changed",
    "pinned_message",
    "chat_background_set",
    "write_access_allowed",
    "proximity_alert_triggered",
    "new_chat_members",
    "left_chat_member",
)
_GONE = ("kicked", "left")
_LONGEST_TEXT = 4096


class MalformedUpdateError(ValueError):
    """An update that is none; the error holds nothing of it."""


@dataclass(frozen=True, slots=True)
class _Fields:
    """The parts of an update that every reading begins with."""

    kind: str
    body: dict[str, Any]
    chat: dict[str, Any]


def raw_updates(payload: bytes) -> list[RawUpdate]:
    """Return the update that a webhook call brought, or nothing where its kind is unknown to us.

    Raises:
        MalformedUpdateError: it is no update.
    """
    try:
        update = json.loads(payload)
    except (ValueError, RecursionError):
        raise MalformedUpdateError from None
    raw = raw_update(update, payload)
    return [] if raw is None else [raw]


def raw_update(update: Any, payload: bytes | None = None) -> RawUpdate | None:
    """Return what the inbox keeps of an update, or `None` where its kind is unknown to us.

    Args:
        update: the decoded update.
        payload: its bytes, where they are at hand.

    Raises:
        MalformedUpdateError: it is no update.
    """
    if not isinstance(update, dict) or not _is_id(update.get("update_id")):
        raise MalformedUpdateError
    fields = _fields(update)
    if fields is None:
        return None
    if payload is None:
        payload = json.dumps(update, separators=(",", ":")).encode()
    return RawUpdate(update["update_id"], fields.chat["id"], payload, _sent_at(fields))


def read(raw: RawUpdate, received_at: datetime) -> Incoming | None:
    """Return the event of an update, or `None` where there is nothing to answer.

    Args:
        raw: from `raw_updates`, perhaps read back from the inbox.
        received_at: when it was accepted, aware UTC.
    """
    try:
        fields = _fields(json.loads(raw.payload.decode("utf-8", "replace")))
    except (ValueError, MalformedUpdateError):
        return None
    if fields is None:
        return None
    message_id, press_id = _ids(fields)
    event = _event(fields)
    if event is None:
        return None
    return Incoming(
        chat_id=raw.chat_id,
        event=event,
        received_at=received_at,
        message_id=message_id,
        press_id=press_id,
        sent_at=raw.sent_at,
        edited=fields.kind == "edited_message",
    )


def _fields(update: Any) -> _Fields | None:
    if not isinstance(update, dict):
        raise MalformedUpdateError
    kind = next((kind for kind in ALLOWED_UPDATES if kind in update), None)
    if kind is None:
        return None
    body = _object(update[kind])
    if kind == "callback_query":
        message = body.get("message")
        chat = message.get("chat") if isinstance(message, dict) else None
        if chat is None:
            # A message too old to be shown: in a private chat the person's id is the chat's.
            chat = {**_object(body.get("from")), "type": "private"}
    else:
        chat = body.get("chat")
    chat = _object(chat)
    if not _is_id(chat.get("id")):
        raise MalformedUpdateError
    return _Fields(kind, body, chat)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedUpdateError
    return value


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _sent_at(fields: _Fields) -> datetime | None:
    if fields.kind == "callback_query":
        return None  # its message's date is the bot's own
    seconds = fields.body.get("edit_date" if fields.kind == "edited_message" else "date")
    if not isinstance(seconds, int):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _ids(fields: _Fields) -> tuple[int | None, str | None]:
    if fields.kind != "callback_query":
        message_id = fields.body.get("message_id")
        return (message_id if _is_id(message_id) else None), None
    message = fields.body.get("message")
    message_id = message.get("message_id") if isinstance(message, dict) else None
    press_id = fields.body.get("id")
    return (
        message_id if _is_id(message_id) and message_id else None,
        press_id if isinstance(press_id, str) else None,
    )


def _event(fields: _Fields) -> Event | None:
    if fields.chat.get("type", "private") != "private":
        return _group_event(fields)
    if fields.kind == "my_chat_member":
        member = fields.body.get("new_chat_member")
        status = member.get("status") if isinstance(member, dict) else None
        return BotBlocked() if status in _GONE else None
    if fields.kind == "callback_query":
        data = fields.body.get("data")
        return ButtonPressed(_clean(data) if isinstance(data, str) else "")
    if fields.kind == "edited_message" and "text" not in fields.body:
        return None  # a live location moves, a caption is corrected: nothing to answer
    return _message_event(fields.body)


def _group_event(fields: _Fields) -> Event | None:
    if fields.kind == "my_chat_member":
        member = fields.body.get("new_chat_member")
        if isinstance(member, dict) and member.get("status") in _GONE:
            return None  # out already, perhaps because we left
    # Without administrators' rights a bot sees only what is meant for it.
    return GroupTouched(is_addressed=fields.kind == "message" and "text" in fields.body)


def _message_event(message: dict[str, Any]) -> Event | None:
    for read_kind in _READINGS:
        event = read_kind(message)
        if event is not None:
            return event
    for kind in _MEDIA:
        if kind in message:
            return MediaArrived(kind)
    if any(kind in message for kind in _SERVICE):
        return None  # a pinned message, a changed timer: nobody wrote to us
    return MediaArrived("unknown")  # kinds that are invented later get an answer too


def _read_text(message: dict[str, Any]) -> Event | None:
    text = message.get("text")
    if not isinstance(text, str):
        return None
    text = _clean(text)
    return _command(text) or TextArrived(text)


def _clean(text: str) -> str:
    """Return at most a message's length, without the half characters that JSON can spell."""
    return text[:_LONGEST_TEXT].encode("utf-8", "replace").decode()


def _command(text: str) -> CommandGiven | None:
    if not text.startswith("/"):
        return None
    first, *rest = text.split(maxsplit=1)
    name = first[1:].split("@", 1)[0]
    if not name or not name.isascii() or not name.replace("_", "").isalnum():
        return None
    return CommandGiven(name.lower(), rest[0].strip() if rest else "")


def _read_location(message: dict[str, Any]) -> Event | None:
    venue = message.get("venue")
    location = message.get("location")
    if location is None and isinstance(venue, dict):
        location = venue.get("location")
    if not isinstance(location, dict):
        return None
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return MediaArrived("location")
    return LocationShared(float(latitude), float(longitude))


def _read_spoken(message: dict[str, Any]) -> Event | None:
    return VoiceArrived() if any(kind in message for kind in _SPOKEN) else None


def _read_contact(message: dict[str, Any]) -> Event | None:
    if "contact" not in message:
        return None
    contact = message["contact"]
    phone = contact.get("phone_number") if isinstance(contact, dict) else None
    return ContactShared(phone if isinstance(phone, str) else "")


_READINGS: tuple[Callable[[dict[str, Any]], Event | None], ...] = (
    _read_text,
    _read_location,
    _read_spoken,
    _read_contact,
)
