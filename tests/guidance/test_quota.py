"""The quota law in whole numbers, over every size to 150."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.quota import (
    Case,
    Group,
    Sex,
    arrange,
    check,
    fewest_for_order,
    first_break,
    minimum_of_each,
    order_exists,
    share,
)

SIZES = range(3, 151)
KNOWN_MINIMA = {
    3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 3, 11: 4, 12: 4, 13: 4, 14: 5, 15: 5, 20: 6,
    23: 7, 25: 8, 28: 9, 32: 10, 35: 11, 147: 45,
}  # fmt: skip


def letters(text: str) -> tuple[Sex, ...]:
    return tuple(Sex(each) for each in text)


@pytest.mark.parametrize(("size", "minimum"), KNOWN_MINIMA.items())
def test_the_minimum_is_that_of_the_facts(size, minimum):
    assert minimum_of_each(size) == minimum


@pytest.mark.parametrize("size", SIZES)
def test_the_minimum_is_the_smallest_number_that_is_30_per_cent(size):
    minimum = minimum_of_each(size)
    assert 100 * minimum >= 30 * size > 100 * (minimum - 1)


@pytest.mark.parametrize("size", SIZES)
def test_every_division_of_every_size_is_judged_by_its_smaller_part(size):
    for women in range(size + 1):
        group = Group(size - women, women)
        fewer = min(women, size - women)
        found = check(Case.NATIONAL_LIST, group)
        assert found.respected is (10 * fewer >= 3 * size)
        # Article 2 says it from the other side: no more than 70 % of one sex.
        assert found.respected is (10 * max(women, size - women) <= 7 * size)
        assert fewer + found.missing >= found.minimum or found.missing == 0
        assert (found.lacking is None) is (found.missing == 0)


@pytest.mark.parametrize("size", range(1, 13))
def test_whether_an_order_exists_is_what_trying_all_of_them_finds(size):
    for women in range(size + 1):
        rows = itertools.combinations(range(size), women)
        tried = any(
            first_break([Sex.WOMAN if n in places else Sex.MAN for n in range(size)]) is None
            for places in rows
        )
        assert order_exists(size - women, women) is tried


@pytest.mark.parametrize("size", SIZES)
def test_the_fewest_for_an_order_suffice_and_one_less_does_not(size):
    fewest = fewest_for_order(size)
    assert order_exists(size - fewest, fewest)
    assert not order_exists(size - fewest + 1, fewest - 1)


def test_at_the_minimum_112_of_148_sizes_have_no_order_and_30_is_the_first():
    without = [n for n in SIZES if not order_exists(n - minimum_of_each(n), minimum_of_each(n))]
    assert (len(without), len(SIZES), without[0]) == (112, 148, 30)
    assert minimum_of_each(30) == 9


@given(st.integers(0, 60), st.integers(0, 60), st.data())
def test_an_arranged_row_holds_everybody_and_never_three_in_a_row(men, women, data):
    wished = data.draw(st.lists(st.sampled_from(list(Sex)), max_size=men + women))
    row = arrange(men, women, wished)
    if row is None:
        assert not order_exists(men, women)
    else:
        assert (row.count(Sex.MAN), row.count(Sex.WOMAN)) == (men, women)
        assert first_break(row) is None


@given(st.integers(0, 40), st.integers(0, 40))
def test_an_order_that_holds_is_left_as_it_is(men, women):
    row = arrange(men, women)
    if row:
        assert arrange(men, women, row) == row


def test_thirty_names_with_nine_women_have_no_order_and_one_more_suffices():
    found = check(Case.LOCAL_LIST, Group(21, 9))
    assert found.missing == 0
    assert (found.order_exists, found.missing_for_order, found.respected) == (False, 1, False)
    assert found.lacking is Sex.WOMAN
    assert found.proposed is not None
    assert found.proposed.count(Sex.WOMAN) == 10


def test_a_local_list_names_the_first_place_that_breaks_the_order_and_mends_it():
    found = check(Case.LOCAL_LIST, Group(3, 2, letters("HHHFF")))
    assert (found.respected, found.first_break, found.missing) == (False, 3, 0)
    assert found.proposed == letters("HHFFH")


def test_a_local_list_in_a_good_order_is_respected_and_not_reordered():
    found = check(Case.LOCAL_LIST, Group(3, 2, letters("HHFHF")))
    assert found.respected is True
    assert found.proposed is None


def test_a_local_list_without_order_is_respected_when_it_has_one_and_gets_it():
    found = check(Case.LOCAL_LIST, Group(16, 7))
    assert found.respected is True
    assert found.proposed is not None
    assert first_break(found.proposed) is None


def test_a_list_that_lacks_women_is_proposed_with_enough_of_them():
    found = check(Case.LOCAL_LIST, Group(9, 1))
    assert (found.missing, found.lacking) == (2, Sex.WOMAN)
    assert found.proposed is not None
    assert found.proposed.count(Sex.WOMAN) == 3


def test_men_are_counted_like_women():
    found = check(Case.APPOINTMENTS, Group(1, 9))
    assert (found.respected, found.lacking, found.missing) == (False, Sex.MAN, 2)


def test_the_government_of_2017_lacked_three_and_that_of_2018_respected_the_law():
    first = check(Case.APPOINTMENTS, Group(35 - 8, 8))
    second = check(Case.APPOINTMENTS, Group(32 - 11, 11))
    assert (first.respected, first.minimum, first.missing) == (False, 11, 3)
    assert (second.respected, second.minimum) == (True, 10)


def test_the_result_of_an_election_is_a_share_and_no_judgement():
    found = check(Case.RESULT, Group(105, 42))
    assert found.respected is None
    assert share(42, 147).text == "28,57"
    assert share(3, 10).text == "30"
    assert share(1, 3).text == "33,33"
    assert share(2, 3).text == "66,67"


@pytest.mark.parametrize("case", [Case.NATIONAL_LIST, Case.LOCAL_LIST])
def test_two_seats_are_disputed_and_judged_by_nobody(case):
    found = check(case, Group(2, 0))
    assert (found.respected, found.disputed) == (None, True)
    assert check(case, Group(1, 0)).disputed is False


def test_two_appointments_need_one_of_each_and_one_alone_is_not_judged():
    assert check(Case.APPOINTMENTS, Group(2, 0)).respected is False
    assert check(Case.APPOINTMENTS, Group(1, 1)).respected is True
    assert check(Case.APPOINTMENTS, Group(1, 0)).respected is None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", [Case.APPOINTMENTS, Case.LOCAL_LIST])
def test_following_the_advice_makes_every_group_respect_the_law(case, size):
    for women in range(size + 1):
        found = check(case, Group(size - women, women))
        if found.respected is False:
            more = max(found.missing, found.missing_for_order)
            lacking = found.lacking
            assert lacking is not None
            mended = Group(size - women - more, women + more)
            if lacking is Sex.MAN:
                mended = Group(size - women + more, women - more)
            assert check(case, mended).respected is True
