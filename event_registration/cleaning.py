"""Typed answers: what is taken, and what two spellings of one organisation have in common."""

import unicodedata
from dataclasses import dataclass

from event_registration.errors import InvalidAnswerError

LONGEST = {
    "organization": 120,
    "acronym": 20,
    "receipt": 60,
    "contact_name": 80,
    "contact_role": 60,
    "delegate": 80,
    "recommendation": 300,
    "reason": 300,
}
"""Characters of each typed answer."""

MOST_RECOMMENDATIONS = 3

# Pictures, private signs and control signs: in a name they are a slip or a joke.
_WELCOME = "°№"  # as in « n° 12 », although Unicode counts them as pictures
_FOREIGN = ("So", "Sk", "Cs", "Co", "Cn", "Cc")
_LITTLE_WORDS = frozenset({"de", "des", "du", "d", "la", "le", "les", "l", "et", "pour", "a", "au"})
_LARGEST_NUMBER = 6  # digits


@dataclass(frozen=True, slots=True)
class Names:
    """What an organisation is recognised by, folded; "" where it has none."""

    name: str
    acronym: str
    receipt: str


def clean(field: str, text: str, *, optional: bool = False) -> str:
    """Return a typed answer with single spaces and without invisible signs.

    Args:
        field: which answer; one of `LONGEST`.
        text: what was typed.
        optional: nothing at all is an answer too.

    Raises:
        InvalidAnswerError: `empty`, `too_long` or `signs`.
    """
    if len(text) > LONGEST[field] * 4:
        raise InvalidAnswerError(field, "too_long", LONGEST[field])
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    plain = "".join(sign for sign in spaced if unicodedata.category(sign) != "Cf")
    if any(unicodedata.category(sign) in _FOREIGN and sign not in _WELCOME for sign in plain):
        raise InvalidAnswerError(field, "signs")
    if not any(sign.isalnum() for sign in plain):
        if optional and not plain:
            return ""
        raise InvalidAnswerError(field, "empty")
    if len(plain) > LONGEST[field]:
        raise InvalidAnswerError(field, "too_long", LONGEST[field])
    return plain


def read_number(field: str, text: str, *, least: int = 0, most: int) -> int:
    """Return a typed number.

    Raises:
        InvalidAnswerError: `not_a_number`, `too_small` or `too_large`.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidAnswerError(field, "not_a_number")
    if len(digits) > _LARGEST_NUMBER or int(digits) > most:
        raise InvalidAnswerError(field, "too_large", most)
    if int(digits) < least:
        raise InvalidAnswerError(field, "too_small", least)
    return int(digits)


def recognise(organization: str, acronym: str, receipt: str) -> Names:
    """Return what two spellings of one organisation have in common."""
    words = [word for word in _fold(organization).split() if word not in _LITTLE_WORDS]
    return Names(" ".join(words), _run_together(acronym), _run_together(receipt))


def _run_together(text: str) -> str:
    return _fold(text).replace(" ", "")


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in kept)
