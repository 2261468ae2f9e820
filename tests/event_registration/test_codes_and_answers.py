"""Codes, phone numbers and typed answers."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_registration.cleaning import clean, read_number, recognise
from event_registration.codes import ALPHABET, new_code, read_code
from event_registration.errors import InvalidAnswerError, WrongCodeError
from event_registration.phones import read_phone, show_phone

CODES = st.builds(
    lambda gathering, body: str(new_code(gathering, _take(body))),
    st.sampled_from(["JIF27", "JPO28", "JIF27KY", "A1"]),
    st.text(ALPHABET, min_size=4, max_size=4),
)


def _take(body: str) -> Callable[[str], str]:
    signs = iter(body)
    return lambda _alphabet: next(signs)


def test_the_alphabet_has_no_signs_that_are_taken_for_another() -> None:
    assert not set("01OI") & set(ALPHABET)
    assert len(set(ALPHABET)) == 32


@given(CODES)
def test_a_code_is_read_in_any_case_and_with_any_dashes(code: str) -> None:
    assert str(read_code(code)) == code
    assert str(read_code(f"  {code.lower().replace('-', ' ')} ")) == code
    assert str(read_code(code.replace("-", ""))) == code
    assert str(read_code(code.replace("-", "–"))) == code


@given(CODES, st.data())
def test_one_mistyped_sign_is_noticed(code: str, data: st.DataObject) -> None:
    signs = code.replace("-", "")
    place = data.draw(st.integers(len(signs) - 5, len(signs) - 1))
    other = data.draw(st.sampled_from([each for each in ALPHABET if each != signs[place]]))
    with pytest.raises(WrongCodeError) as raised:
        read_code(signs[:place] + other + signs[place + 1 :])
    assert raised.value.reason == "check"


@given(CODES, st.data())
def test_two_exchanged_neighbours_are_noticed(code: str, data: st.DataObject) -> None:
    signs = list(code.replace("-", ""))
    place = data.draw(st.integers(len(signs) - 5, len(signs) - 2))
    if signs[place] == signs[place + 1]:
        return
    signs[place], signs[place + 1] = signs[place + 1], signs[place]
    with pytest.raises(WrongCodeError):
        read_code("".join(signs))


@pytest.mark.parametrize("typed", ["", "bonjour", "JIF27", "JIF27-K4WP", "K4WP-7", "0" * 400])
def test_what_is_no_code_is_called_so(typed: str) -> None:
    with pytest.raises(WrongCodeError):
        read_code(typed)


def test_codes_by_chance_are_spread_over_the_alphabet() -> None:
    bodies = Counter(sign for _ in range(2_000) for sign in new_code("JIF27").body)
    assert set(bodies) == set(ALPHABET)
    assert max(bodies.values()) < 3 * min(bodies.values())


@pytest.mark.parametrize(
    "typed",
    [
        "76123456",
        "76 12 34 56",
        "76.12.34.56",
        "+223 76 12 34 56",
        "00223 76123456",
        "(76)12-34-56",
    ],
)
def test_a_number_of_mali_is_read_however_it_is_typed(typed: str) -> None:
    assert read_phone(typed) == "+22376123456"


def test_a_number_of_a_neighbour_keeps_its_country() -> None:
    assert read_phone("+221 77 123 45 67") == "+221771234567"
    assert show_phone("+22376123456") == "+223 76 12 34 56"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("6123456", "too_short"),
        ("761234567", "too_large"),
        ("12345678", "unknown"),
        ("bonjour", "unknown"),
        ("", "unknown"),
        ("7" * 400, "too_large"),
        ("+999 12345678", "unknown"),
    ],
)
def test_a_number_from_nowhere_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        read_phone(typed)
    assert (raised.value.field, raised.value.reason) == ("phone", reason)


@given(st.text(max_size=60))
def test_any_text_is_a_phone_number_or_refused(typed: str) -> None:
    try:
        number = read_phone(typed)
    except InvalidAnswerError:
        return
    assert read_phone(number) == number


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("...", "empty"),
        ("Femmes 🌸 de Kayes", "signs"),
        ("Femmes\x00", "signs"),
        ("a" * 121, "too_long"),
        ("a" * 5_000, "too_long"),
    ],
)
def test_a_name_that_is_none_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        clean("organization", typed)
    assert raised.value.reason == reason


def test_a_name_keeps_its_letters_and_loses_needless_spaces() -> None:
    assert clean("organization", "  Musow\n Jɛkulu\u200b  « Ɲɛtaa » ") == "Musow Jɛkulu « Ɲɛtaa »"
    assert clean("acronym", " ", optional=True) == ""


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    try:
        cleaned = clean("organization", typed)
    except InvalidAnswerError:
        return
    assert clean("organization", cleaned) == cleaned


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "not_a_number"),
        ("deux", "not_a_number"),
        ("-1", "not_a_number"),
        ("2.5", "not_a_number"),
        ("٣", "not_a_number"),
        ("300", "too_large"),
        ("9" * 5_000, "too_large"),
        ("0", "too_small"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        read_number("women", typed, least=1, most=5)
    assert raised.value.reason == reason


def test_two_spellings_of_one_organisation_are_recognised() -> None:
    first = recognise("Association des Femmes de Ségou", "A.F.S", "0661/DNI du 02-10-2002")
    second = recognise("ASSOCIATION FEMMES  SEGOU", "afs", "0661 dni du 02/10/2002")
    assert first == second
    assert recognise("Femmes de Ségou", "", "") != recognise("Femmes de Sikasso", "", "")
