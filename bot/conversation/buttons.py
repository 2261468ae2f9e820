"""What a button carries: short, versioned, and meaningful years later."""

from dataclasses import dataclass

MAX_BYTES = 64
_VERSION = "1"
_SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Press:
    """A choice of a step of a flow: `find_help`, `need`, `medical`."""

    flow: str
    step: str
    choice: str


class ButtonDataTooLongError(ValueError):
    """A button would carry more than the 64 bytes that Telegram takes."""

    def __init__(self, data: str) -> None:
        super().__init__(f"button data of {len(data.encode())} bytes: {data}")


def encode_press(press: Press) -> str:
    """Return the button data of `press`.

    Raises:
        ButtonDataTooLongError: it would not fit; ids must be shorter.
    """
    data = _SEPARATOR.join((_VERSION, press.flow, press.step, press.choice))
    if len(data.encode()) > MAX_BYTES:
        raise ButtonDataTooLongError(data)
    return data


def decode_press(data: str) -> Press | None:
    """Return the press that `data` stands for, or `None` when it is not ours."""
    parts = data.split(_SEPARATOR)
    if len(parts) != 4 or parts[0] != _VERSION or not all(parts):  # noqa: PLR2004  # the four parts above
        return None
    return Press(*parts[1:])
