"""Phone numbers of Mali: checked, and written the way people there read them."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import shortnumberinfo

COUNTRY = "ML"
_CALLING_CODE = 223
_NATIONAL_LENGTH = 8
_REMEMBERED = 2**15  # numbers of the directory: asking the numbering plan is slow
_NOT_DIGITS = re.compile(r"[^\d+]")


class UnusableNumberError(ValueError):
    """A number that no one in Mali could dial.

    Attributes:
        number: The number as it came. It comes from a file of the directory, never from a chat.
    """

    def __init__(self, number: str) -> None:
        super().__init__("not a number that can be dialled in Mali")
        self.number = number


def normalise_number(number: str) -> str:
    """Return the national digits of a full number, or a short code as it is.

    Raises:
        UnusableNumberError: When it is neither eight national digits nor a short code.
    """
    digits = _NOT_DIGITS.sub("", number)
    for prefix in (f"+{_CALLING_CODE}", f"00{_CALLING_CODE}"):
        digits = digits.removeprefix(prefix)
    if not digits.isdigit() or len(digits) not in {2, 3, 4, 5, _NATIONAL_LENGTH}:
        raise UnusableNumberError(number)
    return digits


def is_short_code(digits: str) -> bool:
    """Tell whether these are the digits of a short code, such as 18."""
    return len(digits) < _NATIONAL_LENGTH


@lru_cache(maxsize=_REMEMBERED)
def is_dialable(number: str) -> bool:
    """Tell whether the numbering plan knows the number: a full one, or a short code in use."""
    try:
        digits = normalise_number(number)
        parsed = phonenumbers.parse(digits, COUNTRY)
    except (UnusableNumberError, phonenumbers.NumberParseException):
        return False
    if len(digits) == _NATIONAL_LENGTH:
        return phonenumbers.is_valid_number(parsed)
    return shortnumberinfo.is_valid_short_number_for_region(parsed, COUNTRY)


def format_number(number: str) -> str:
    """Return `+223 XX XX XX XX` for a full number, a short code as it is dialled."""
    if len(number) != _NATIONAL_LENGTH:
        return number
    pairs = " ".join(number[start : start + 2] for start in range(0, _NATIONAL_LENGTH, 2))
    return f"+{_CALLING_CODE} {pairs}"
