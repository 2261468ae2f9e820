"""What people type for the quota checker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.quota import Group, Sex
from guidance.quota_reading import GroupUnreadableError, Problem, read_group


@pytest.mark.parametrize(
    ("text", "men", "women"),
    [
        ("7 hommes 3 femmes", 7, 3),
        ("3 femmes et 7 hommes", 7, 3),
        ("hommes : 7, femmes : 3", 7, 3),
        ("7H 3F", 7, 3),
        ("7h3f", 7, 3),
        ("12 membres dont 4 femmes", 8, 4),
        ("12 membres, 4 femmes, 8 hommes", 8, 4),
        ("35 ministres dont 8 femmes", 27, 8),
        ("23 candidats avec 16 hommes", 16, 7),
        ("cɛ 7 ni muso 3", 7, 3),
        ("mɔgɔ 12, muso 4", 8, 4),
        ("0 homme 5 femmes", 0, 5),
        ("1 Homme, 2 FEMMES", 1, 2),
        ("12 dont 4 femmes", 8, 4),
        ("nous sommes 12 dont 4 femmes", 8, 4),
        ("8 femmes sur 35", 27, 8),
        ("il y a 8 femmes sur 35 ministres", 27, 8),
        ("12 personnes en tout, dont 4 femmes", 8, 4),
    ],
)
def test_numbers_are_read(text, men, women):
    assert read_group(text) == Group(men, women)


@pytest.mark.parametrize("text", ["H H F H F", "hhfhf", "H,H,F,H,F", "H-H-F-H-F"])
def test_an_order_is_read(text):
    group = read_group(text)
    assert group.order == (Sex.MAN, Sex.MAN, Sex.WOMAN, Sex.MAN, Sex.WOMAN)
    assert (group.men, group.women) == (3, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0 hommes 0 femmes", Problem.NOBODY),
        ("10000 hommes 1 femme", Problem.TOO_MANY),
        ("10000 membres dont 3 femmes", Problem.TOO_MANY),
        ("99999999999999999999 hommes 3 femmes", Problem.TOO_MANY),
        ("H" * 151, Problem.TOO_MANY),
        ("H X F", Problem.LETTERS),
        ("A B C", Problem.LETTERS),
        ("-3 hommes 4 femmes", Problem.WORDS),
        ("3,5 femmes 2 hommes", Problem.WORDS),
        ("sept hommes trois femmes", Problem.WORDS),
        ("7 hommes 3 femmes 2 chats", Problem.WORDS),
        ("7 hommes 3 hommes", Problem.WORDS),
        ("3 femmes", Problem.ONE_SEX),
        ("12 membres", Problem.ONE_SEX),
        ("sur 35", Problem.ONE_SEX),
        ("7 femmes sur 4", Problem.SUM),
        ("3 femmes 4", Problem.WORDS),
        ("4 membres dont 7 femmes", Problem.SUM),
        ("12 membres, 4 femmes, 4 hommes", Problem.SUM),
        ("bonjour", Problem.NOT_MEANT),
        ("", Problem.NOT_MEANT),
        ("12", Problem.NOT_MEANT),
        ("je veux voir un docteur", Problem.NOT_MEANT),
    ],
)
def test_what_is_wrong_is_said(text, problem):
    with pytest.raises(GroupUnreadableError) as caught:
        read_group(text)
    assert caught.value.problem is problem


@given(st.text(max_size=60))
def test_any_text_is_a_group_or_a_problem(text):
    try:
        group = read_group(text)
    except GroupUnreadableError as error:
        assert error.problem in Problem  # noqa: PT017  # both ends are checked
    else:
        assert 0 < group.size <= 500


@given(st.integers(0, 250), st.integers(1, 250))
def test_what_is_written_is_what_is_read(men, women):
    assert read_group(f"{men} hommes {women} femmes") == Group(men, women)
    assert read_group(f"{men + women} membres dont {women} femmes") == Group(men, women)
