"""Quiz and project check: sourced statements, gaps with advice, nothing but letters kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.tool_questions import Gap, gaps, project_questions, quiz, replies_so_far


def test_each_quiz_has_true_and_false_statements():
    for statements in quiz().values():
        assert {each.is_true for each in statements} == {True, False}
        assert len(statements) >= 5


def test_the_project_check_has_ten_questions():
    assert len(project_questions()) == 10


def test_a_no_and_a_partly_are_gaps_and_a_yes_is_none():
    assert gaps("ypnyyyyyyy") == (Gap(1, is_partial=True), Gap(2, is_partial=False))
    assert gaps("yyyyyyyyyy") == ()


@pytest.mark.parametrize("kept", ["x", "y" * 11, "<b>", "yes"])
def test_what_is_no_row_of_answers_is_dropped(kept):
    assert replies_so_far(kept) == ""


@given(st.text("ypn", max_size=10))
def test_a_row_of_answers_is_kept(replies):
    assert replies_so_far(replies) == replies
    assert len(gaps(replies)) == sum(letter != "y" for letter in replies)
