"""Buttons stay short and are understood years later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.buttons import ButtonDataTooLongError, Press, decode_press, encode_press

ids = st.from_regex(r"[a-z0-9_-]{1,18}", fullmatch=True)


@given(ids, ids, ids, st.sampled_from(["fr", "bm"]))
def test_a_press_survives_its_button(flow, step, choice, language):
    press = Press(flow, step, choice, language)
    data = encode_press(press)
    assert len(data.encode()) <= 64
    assert decode_press(data) == press


@given(st.text(max_size=80))
def test_any_data_is_a_press_or_nothing(data):
    press = decode_press(data)
    assert press is None or encode_press(press) == data


def test_data_that_telegram_would_refuse_is_refused_here():
    with pytest.raises(ButtonDataTooLongError):
        encode_press(Press("f" * 30, "s" * 30, "c"))


def test_the_longest_ids_of_our_flows_fit():
    from bot import bootstrap  # noqa: PLC0415  # only this test needs the wiring

    for intent in bootstrap.read_destination_table():
        assert encode_press(Press("not_understood", "guesses", intent, "bm"))
