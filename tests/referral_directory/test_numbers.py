"""Numbers are checked, kept as digits and written as people read them."""

import pytest

from referral_directory.numbers import (
    UnusableNumberError,
    format_number,
    is_dialable,
    normalise_number,
)


@pytest.mark.parametrize(
    ("number", "shown"), [("80001115", "+223 80 00 11 15"), ("17", "17"), ("80333", "80333")]
)
def test_full_numbers_are_shown_in_pairs_and_short_codes_as_they_are(
    number: str, shown: str
) -> None:
    assert format_number(number) == shown


@pytest.mark.parametrize(
    "typed", ["80001115", "80 00 11 15", "+223 80.00.11.15", "0022380001115", "80-00-11-15"]
)
def test_all_ways_to_write_a_number_mean_the_same(typed: str) -> None:
    assert normalise_number(typed) == "80001115"


@pytest.mark.parametrize("typed", ["", "abc", "223 74 74", "229 41 71", "1", "+33 1 23 45 67 89"])
def test_what_cannot_be_dialled_in_mali_is_refused(typed: str) -> None:
    with pytest.raises(UnusableNumberError):
        normalise_number(typed)


@pytest.mark.parametrize("number", ["17", "18", "80001115", "80001114", "66730426"])
def test_numbers_of_the_plan_can_be_dialled(number: str) -> None:
    assert is_dialable(number)


@pytest.mark.parametrize("number", ["116", "80333", "10000000", "7 digits", ""])
def test_numbers_outside_the_plan_cannot(number: str) -> None:
    assert not is_dialable(number)
