"""What a button carries: short, versioned, and meaningful years later."""

from dataclasses import dataclass
from itertools import product

MAX_BYTES = 64
_VERSION = "1"
_SEPARATOR = ":"
_PARTS = 4
_LANGUAGE_LETTERS = {"fr": "f", "bm": "b"}
_DISCREET_LETTERS = {False: "", True: "d"}
_LASTS_LETTERS = {"day": "", "hour": "h", "keep": "k"}


@dataclass(frozen=True, slots=True)
class Press:
    """A choice of a step of a flow: `find_help`, `need`, `medical`.

    What a person chose for their screens travels with the button, so that an old screen goes on as
    it was although nothing is remembered of anybody.

    Attributes:
        language: `fr` or `bm`.
        discreet: in words that tell an onlooker nothing.
        lasts: when messages delete themselves: after an `hour`, a `day`, or not (`keep`).
    """

    flow: str
    step: str
    choice: str
    language: str = "fr"
    discreet: bool = False
    lasts: str = "day"


_HEADS = {
    (language, discreet, lasts): _VERSION + first + second + third
    for (language, first), (discreet, second), (lasts, third) in product(
        _LANGUAGE_LETTERS.items(), _DISCREET_LETTERS.items(), _LASTS_LETTERS.items()
    )
}
_MEANINGS = {head: meaning for meaning, head in _HEADS.items()}


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
    head = _HEADS[press.language, press.discreet, press.lasts]
    data = _SEPARATOR.join((head, press.flow, press.step, press.choice))
    if len(data.encode()) > MAX_BYTES:
        raise ButtonDataTooLongError(data)
    return data


def decode_press(data: str) -> Press | None:
    """Return the press that `data` stands for, or `None` when it is not ours."""
    parts = data.split(_SEPARATOR)
    if len(parts) != _PARTS or not all(parts):
        return None
    meaning = _MEANINGS.get(parts[0])
    return Press(parts[1], parts[2], parts[3], *meaning) if meaning is not None else None
