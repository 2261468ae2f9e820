"""A flood gets one sentence."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.flood import MOST_IN_WINDOW, WINDOW, FloodGate, Verdict
from tests.fakes.pipeline import NOON


def test_a_person_who_writes_quickly_is_answered():
    gate = FloodGate()
    moments = [NOON + timedelta(seconds=0.5 * n) for n in range(30)]
    assert {gate.judge(71, moment) for moment in moments} == {Verdict.ANSWER}


def test_a_flood_is_told_once():
    gate = FloodGate()
    verdicts = [gate.judge(71, NOON) for _ in range(50)]
    assert verdicts[:MOST_IN_WINDOW] == [Verdict.ANSWER] * MOST_IN_WINDOW
    assert verdicts[MOST_IN_WINDOW] is Verdict.TELL
    assert set(verdicts[MOST_IN_WINDOW + 1 :]) == {Verdict.SWALLOW}


def test_one_persons_flood_is_not_anothers():
    gate = FloodGate()
    for _ in range(50):
        gate.judge(71, NOON)
    assert gate.judge(72, NOON) is Verdict.ANSWER


def test_a_flood_ends_and_the_next_one_is_told_again():
    gate = FloodGate()
    for _ in range(50):
        gate.judge(71, NOON)
    later = NOON + timedelta(seconds=10)
    verdicts = [gate.judge(71, later) for _ in range(50)]
    assert verdicts.count(Verdict.TELL) == 1


def test_switched_off_everything_is_answered():
    gate = FloodGate(enabled=False)
    assert {gate.judge(71, NOON) for _ in range(500)} == {Verdict.ANSWER}


@given(st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=200))
def test_no_window_holds_more_answers_than_allowed(pauses):
    gate, now, answered = FloodGate(), NOON, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if gate.judge(71, now) is Verdict.ANSWER:
            answered.append(now)
    for first in answered:
        assert sum(first <= one <= first + WINDOW for one in answered) <= MOST_IN_WINDOW + 1
