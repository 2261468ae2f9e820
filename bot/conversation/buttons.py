"""What a button carries: short, versioned, and meaningful years later."""

from dataclasses import dataclass

MAX_BYTES = 64
_VERSION = "1"
_SEPARATOR = ":"
_PARTS = 4
_LANGUAGE_LETTERS = {"fr": "f", "bm": "b"}
_LANGUAGES = {letter: language for language, letter in _LANGUAGE_LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Press:
    """A choice of a step of a flow: `find_help`, `need`, `medical`.

    The language travels with the button, so that an old screen goes on in its own language although
    nothing is remembered of the person.
    """

    flow: str
    step: str
    choice: str
    language: str = "fr"


class ButtonDataTooLongError(ValueError):
    """A button would carry more than the 64 bytes that Telegram takes."""

    def __init__(self, data: str) -> None:
        super().__init__(f"button data of {len(data.encode())} bytes: {data}")


def encode_press(press: Press) -> str:
    """Return the button data of `press`.

    Raises:
        ButtonDataTooLongError: it would not fit; ids must be shorter.
        KeyError: the language is none of ours.
    """
    head = _VERSION + _LANGUAGE_LETTERS[press.language]
    data = _SEPARATOR.join((head, press.flow, press.step, press.choice))
    if len(data.encode()) > MAX_BYTES:
        raise ButtonDataTooLongError(data)
    return data


def decode_press(data: str) -> Press | None:
    """Return the press that `data` stands for, or `None` when it is not ours."""
    parts = data.split(_SEPARATOR)
    if len(parts) != _PARTS or not all(parts) or parts[0][:1] != _VERSION:
        return None
    language = _LANGUAGES.get(parts[0][1:])
    return Press(parts[1], parts[2], parts[3], language) if language else None
