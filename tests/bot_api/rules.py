"""What the real Bot API refuses, and in which words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_TEXT = 4096
LONGEST_DATA = 64
DELETABLE_SECONDS = 48 * 3600
ANSWERABLE_SECONDS = 15
OVERALL_PER_SECOND = 30
MOST_DELETED = 100


class ApiRefusal(Exception):  # noqa: N818  # a refusal is an answer here, not an error of ours
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, retry_after: float | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


def bad_request(words: str) -> ApiRefusal:
    return ApiRefusal(400, f"Bad Request: {words}")


@dataclass(frozen=True)
class UploadedFile:
    """What came in a part of a multipart body."""

    name: str
    content: bytes


@dataclass
class StoredMessage:
    """A message as the server holds it."""

    message_id: int
    chat_id: int
    date: float
    text: str | None
    from_bot: bool
    markup: dict[str, Any] | None = None
    fixed_by_keyboard: bool = False
    silent: bool = False
    protected: bool = False
    preview_off: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self._rows() for button in row]

    @property
    def data(self) -> dict[str, str]:
        """Each button's data by its label."""
        return {
            button["text"]: button.get("callback_data", "")
            for row in self._rows()
            for button in row
        }

    def _rows(self) -> list[list[dict[str, Any]]]:
        return (self.markup or {}).get("inline_keyboard", [])

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "message_id": self.message_id,
            "date": int(self.date),
            "chat": {"id": self.chat_id, "type": "private", "first_name": "Personne"},
            **self.extra,
        }
        if self.text is not None:
            shown["text"] = self.text
        if self.markup and "inline_keyboard" in self.markup:
            shown["reply_markup"] = self.markup
        return shown


def decoded(fields: Mapping[str, Any], name: str) -> Any:
    """Return a parameter that may have come as JSON text (forms) or as a value (JSON bodies)."""
    value = fields.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def number(fields: Mapping[str, Any], name: str) -> int:
    value = decoded(fields, name)
    if not isinstance(value, int):
        raise bad_request(f"{name} is invalid")
    return value


def checked_text(fields: Mapping[str, Any]) -> str:
    text = str(fields.get("text", ""))
    if not text.strip():
        raise bad_request("message text is empty")
    if len(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return text


def checked_markup(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    markup = decoded(fields, "reply_markup")
    if not isinstance(markup, dict):
        return None
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            _check_button(button)
    return markup


def _check_button(button: Mapping[str, Any]) -> None:
    if not button.get("text"):
        raise bad_request("BUTTON_TEXT_INVALID")
    if "callback_data" in button:
        if not 1 <= len(button["callback_data"].encode()) <= LONGEST_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
        return
    url = button.get("url", "")
    if not re.fullmatch(r"(https?|tg)://[^/\s]*[.?][^\s]*", url):
        raise bad_request("BUTTON_URL_INVALID")
