"""Phone numbers as people type them."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from event_registration.errors import InvalidAnswerError

HOME = "ML"
"""A number without a country is of Mali (+223)."""

LONGEST = 40


def read_phone(text: str) -> str:
    """Return the number in the form `+22376123456`, however it was typed.

    Raises:
        InvalidAnswerError: no such number can exist: `too_short`, `too_large` or `unknown`.
    """
    if len(text) > LONGEST:
        raise InvalidAnswerError("phone", "too_large")
    try:
        number = phonenumbers.parse(text, HOME)
    except NumberParseException as error:
        short = error.error_type == NumberParseException.TOO_SHORT_AFTER_IDD
        raise InvalidAnswerError("phone", "too_short" if short else "unknown") from None
    if not phonenumbers.is_valid_number(number):
        raise InvalidAnswerError("phone", _what_is_wrong(number))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def show_phone(number: str) -> str:
    """Return a number of `read_phone` as people read it: `+223 76 12 34 56`."""
    parsed = phonenumbers.parse(number, None)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def _what_is_wrong(number: PhoneNumber) -> str:
    reasons = {
        phonenumbers.ValidationResult.TOO_SHORT: "too_short",
        phonenumbers.ValidationResult.TOO_LONG: "too_large",
    }
    return reasons.get(phonenumbers.is_possible_number_with_reason(number), "unknown")
