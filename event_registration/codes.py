"""Codes such as `JIF27-K4WP-7`: easy to read aloud, hard to guess, safe against a slip."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from event_registration.errors import WrongCodeError

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without 0 and O, 1 and I."""

BODY_LENGTH = 4
LONGEST_GATHERING_CODE = 10

_FIELD = 0b100101  # x^5 + x^2 + 1: makes the 32 signs a field, so that weights never cancel out
_SIZE = len(ALPHABET)
_LOOKALIKES = str.maketrans("OI", "01")  # a gathering's code may hold them, a registration's not


@dataclass(frozen=True, slots=True)
class Code:
    """A registration's code.

    Attributes:
        gathering: the gathering's code, such as `JIF27`.
        body: four signs by chance.
        check: one sign that follows from all others.
    """

    gathering: str
    body: str
    check: str

    @override
    def __str__(self) -> str:
        """Return the code as it is shown: `JIF27-K4WP-7`."""
        return f"{self.gathering}-{self.body}-{self.check}"


def new_code(gathering: str, choose: Callable[[str], str] = secrets.choice) -> Code:
    """Return a code by chance.

    Args:
        gathering: the gathering's code.
        choose: takes one sign of several; tests hand in their own.
    """
    body = "".join(choose(ALPHABET) for _ in range(BODY_LENGTH))
    return Code(gathering, body, _check(gathering, body))


def read_code(text: str) -> Code:
    """Return the code that somebody typed, with or without dashes, in any case.

    Raises:
        WrongCodeError: it is not like a code (`form`), or a sign is wrong (`check`).
    """
    signs = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    gathering, body, check = signs[: -BODY_LENGTH - 1], signs[-BODY_LENGTH - 1 : -1], signs[-1:]
    if not 1 < len(gathering) <= LONGEST_GATHERING_CODE or any(
        sign not in ALPHABET for sign in body + check
    ):
        raise WrongCodeError("form")
    if _check(gathering, body) != check:
        raise WrongCodeError("check")
    return Code(gathering, body, check)


def fold(gathering: str) -> str:
    """Return a gathering's code so that look-alike signs are the same."""
    return gathering.upper().translate(_LOOKALIKES)


def _check(gathering: str, body: str) -> str:
    """Return a sign that changes with any one sign and with any two exchanged neighbours."""
    total, weight = 0, 2
    values = [ord(sign) % _SIZE for sign in fold(gathering)]
    for value in [*values, *map(ALPHABET.index, body)]:
        total ^= _times(value, weight)
        weight = _times(weight, 2)
    return ALPHABET[total]


def _times(left: int, right: int) -> int:
    """Multiply in the field of 32 elements."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & _SIZE:
            left ^= _FIELD
        right >>= 1
    return product
