"""What a turn sends survives the outbox unchanged."""

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.outgoing import (
    AnswerPress,
    AskContact,
    Button,
    DeleteMessages,
    LeaveChat,
    SendFile,
    SendPin,
    ShowScreen,
    decode_action,
    encode_action,
)

ROWS = st.lists(
    st.lists(st.builds(Button, st.text(), st.text()), max_size=3).map(tuple), max_size=4
)
ACTIONS = st.one_of(
    st.builds(
        ShowScreen,
        text=st.text(),
        rows=ROWS.map(tuple),
        edit=st.none() | st.integers(),
        voice=st.none() | st.text(),
        protect=st.booleans(),
    ),
    st.builds(SendPin, st.floats(-90, 90), st.floats(-180, 180), st.text(), st.text()),
    st.builds(SendFile, st.text(), st.text(), st.booleans()),
    st.builds(AskContact, st.text(), st.text(), st.integers()),
    st.builds(AnswerPress, st.text()),
    st.builds(DeleteMessages, st.lists(st.integers()).map(tuple)),
    st.just(LeaveChat()),
)


@given(ACTIONS)
def test_every_action_comes_back_as_it_was(action):
    assert decode_action(encode_action(action)) == action
