"""What the page sent, as an event of the conversation. Nothing of it is repeated in an error."""

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.conversation.events import (
    ButtonPressed,
    CommandGiven,
    ContactShared,
    Event,
    LocationShared,
    MediaArrived,
    TextArrived,
    VoiceArrived,
)

LONGEST_BODY = 64 * 1024
"""Bytes of a request: 4,096 characters fit, even when each is spelled as a JSON escape."""
_LONGEST_TEXT = 4096
_LONGEST_BUTTON = 64
_LONGEST_PAYLOAD = 64
_LARGEST_NUMBER = 2**53
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MEDIA = re.compile(r"[a-z_]{1,32}")


class UnreadableRequestError(ValueError):
    """A request is not one of the page's.

    Attributes:
        sentence: what to show; it holds nothing of what was sent.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Request:
    """One event of one page.

    Attributes:
        token: whose conversation it is; random, made by the page.
        event: what happened.
        message_id: for a press, the message that holds the button, where the page knows it.
        number: counts the page's events, so that a repeated one is answered as the first time.
    """

    token: str
    event: Event
    message_id: int | None
    number: int | None


def read_request(body: bytes) -> Request:
    """Return what `body` asks for.

    Raises:
        UnreadableRequestError: it is too long, no JSON, or not what the page sends.
    """
    if len(body) > LONGEST_BODY:
        raise UnreadableRequestError("Ce message est trop long.")
    try:
        fields = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # Without `from`: the decoder's words quote what was sent.
        raise UnreadableRequestError("Cette demande n'est pas lisible.") from None
    match fields:
        case {"token": str(token), "event": dict(event)} if _TOKEN.fullmatch(token):
            return Request(
                token,
                _event(event),
                _counted(event.get("message_id")),
                _counted(fields.get("number")),
            )
        case _:
            raise UnreadableRequestError("Cette demande est incomplète.")


def _refuse_constant(_: str) -> None:
    raise ValueError


def _event(fields: dict[str, Any]) -> Event:
    match fields:
        case {"kind": "text", "text": str(text)}:
            return _text(text)
        case {"kind": "press", "data": str(data)} if len(data.encode("utf-8", "replace")) <= (
            _LONGEST_BUTTON
        ):
            return ButtonPressed(_whole(data))
        case {"kind": "command", "name": str(name)} if _COMMAND.fullmatch(name):
            return CommandGiven(name, _payload(fields.get("payload", "")))
        case {"kind": "location", "latitude": latitude, "longitude": longitude}:
            return _location(latitude, longitude)
        case {"kind": "voice" | "contact" as kind}:
            return VoiceArrived() if kind == "voice" else ContactShared()
        case {"kind": "media", "media": str(kind)} if _MEDIA.fullmatch(kind):
            return MediaArrived(kind)
        case _:
            raise UnreadableRequestError("Cet envoi n'est pas reconnu.")


def _text(text: str) -> Event:
    if len(text) > _LONGEST_TEXT:
        raise UnreadableRequestError("Ce message est trop long : 4 096 caractères au plus.")
    text = _whole(text)
    if text.startswith("/"):
        name, _, payload = text[1:].partition(" ")
        if _COMMAND.fullmatch(name.lower()):
            return CommandGiven(name.lower(), _payload(payload.strip()))
    return TextArrived(text)


def _payload(payload: Any) -> str:
    if not isinstance(payload, str) or len(payload) > _LONGEST_PAYLOAD:
        raise UnreadableRequestError("Cette commande est trop longue.")
    return _whole(payload)


def _location(latitude: Any, longitude: Any) -> Event:
    if not _is_degrees(latitude, 90) or not _is_degrees(longitude, 180):
        raise UnreadableRequestError("Ce point n'est pas sur la Terre.")
    return LocationShared(float(latitude), float(longitude))


def _is_degrees(value: Any, limit: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= limit


def _counted(value: Any) -> int | None:
    """Return `value` where it is a number that a page counts with, else nothing."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LARGEST_NUMBER:
        return value
    return None


def _whole(text: str) -> str:
    """Return `text` without the half characters that JSON can spell and nothing can store."""
    return text.encode("utf-8", "replace").decode()
