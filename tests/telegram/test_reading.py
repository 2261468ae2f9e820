"""Every update becomes an event, or nothing, and never an exception with text in it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.events import (
    BotBlocked,
    ButtonPressed,
    CommandGiven,
    ContactShared,
    GroupTouched,
    LocationShared,
    MediaArrived,
    TextArrived,
    VoiceArrived,
)
from bot.telegram.reading import MalformedUpdateError, raw_update, raw_updates, read

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SENT = datetime(2026, 11, 23, 11, 59, tzinfo=UTC)
PRIVATE = {"id": 71, "type": "private"}


def understood(update):
    raw = raw_update({"update_id": 9, **update})
    return None if raw is None else read(raw, NOW)


def message(**fields):
    body = {"message_id": 5, "date": int(SENT.timestamp()), "chat": PRIVATE, **fields}
    return understood({"message": body})


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"text": "mon mari me frappe"}, TextArrived("mon mari me frappe")),
        ({"text": ""}, TextArrived("")),
        ({"text": "/start"}, CommandGiven("start")),
        ({"text": "/start jif"}, CommandGiven("start", "jif")),
        ({"text": "/START@standin_bot  a_x1 "}, CommandGiven("start", "a_x1")),
        ({"text": "/stop\nvite"}, CommandGiven("stop", "vite")),
        ({"text": "/"}, TextArrived("/")),
        ({"text": "/é"}, TextArrived("/é")),
        ({"text": "/// non"}, TextArrived("/// non")),
        ({"location": {"latitude": 14.5, "longitude": -4}}, LocationShared(14.5, -4.0)),
        ({"location": {"latitude": "x"}}, MediaArrived("location")),
        (
            {"venue": {"location": {"latitude": 1.0, "longitude": 2.0}, "title": "t"}},
            LocationShared(1.0, 2.0),
        ),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, ContactShared("1")),
        ({"voice": {"file_id": "f"}, "caption": "écoute"}, VoiceArrived()),
        ({"video_note": {}}, VoiceArrived()),
        ({"audio": {}}, VoiceArrived()),
        ({"photo": [{}], "caption": "regarde"}, MediaArrived("photo")),
        (
            {"document": {"file_size": 20_000_000, "file_name": "preuve.pdf"}},
            MediaArrived("document"),
        ),
        ({"sticker": {}}, MediaArrived("sticker")),
        ({"something_of_2030": {}}, MediaArrived("unknown")),
    ],
)
def test_each_kind_of_message_is_recognised(fields, event):
    incoming = message(**fields)
    assert incoming.event == event
    assert (incoming.chat_id, incoming.message_id, incoming.sent_at) == (71, 5, SENT)


@pytest.mark.parametrize("kind", ["pinned_message", "message_auto_delete_timer_changed"])
def test_a_service_message_needs_no_answer(kind):
    assert message(**{kind: {}}) is None


def test_a_press_names_its_screen_and_its_query():
    screen = {"message_id": 8, "date": 1, "chat": PRIVATE}
    query = {"id": "q", "from": {"id": 71}, "data": "1f:a:b:c", "message": screen}
    incoming = understood({"callback_query": query})
    assert incoming.event == ButtonPressed("1f:a:b:c")
    assert (incoming.chat_id, incoming.message_id, incoming.press_id) == (71, 8, "q")
    assert incoming.sent_at is None


def test_a_press_under_a_message_too_old_to_be_shown_still_counts():
    incoming = understood({"callback_query": {"id": "q", "from": {"id": 71}, "data": "x"}})
    assert (incoming.chat_id, incoming.message_id) == (71, None)


def test_a_press_without_data_is_still_a_press():
    query = {"id": "q", "from": {"id": 71}, "game_short_name": "x"}
    assert understood({"callback_query": query}).event == ButtonPressed("")


def test_a_correction_is_marked_as_one():
    body = {"message_id": 5, "date": 1, "edit_date": int(SENT.timestamp()), "chat": PRIVATE}
    incoming = understood({"edited_message": {**body, "text": "quitter"}})
    assert incoming.edited
    assert incoming.sent_at == SENT
    assert understood({"edited_message": {**body, "location": {}}}) is None


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_whatever_happens_in_a_group_is_only_that(kind):
    chat = {"id": -100, "type": kind}
    body = {"message_id": 5, "date": 1, "chat": chat, "text": "/stop"}
    assert understood({"message": body}).event == GroupTouched(is_addressed=True)
    assert understood({"channel_post": body}).event == GroupTouched()
    added = {"chat": chat, "new_chat_member": {"status": "member"}}
    assert understood({"my_chat_member": added}).event == GroupTouched()
    left = {"chat": chat, "new_chat_member": {"status": "left"}}
    assert understood({"my_chat_member": left}) is None


def test_blocking_and_coming_back():
    gone = {"chat": PRIVATE, "new_chat_member": {"status": "kicked"}}
    assert understood({"my_chat_member": gone}).event == BotBlocked()
    back = {"chat": PRIVATE, "new_chat_member": {"status": "member"}}
    assert understood({"my_chat_member": back}) is None


def test_half_characters_and_overlong_texts_are_made_harmless():
    assert message(text="a\ud800b").event == TextArrived("a?b")
    assert len(message(text="é" * 9000).event.text) == 4096


def test_an_unknown_kind_of_update_is_nothing():
    assert raw_updates(b'{"update_id": 1, "poll_answer": {}}') == []


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"update_id": "1"}',
        b'{"update_id": true, "message": {}}',
        b'{"update_id": 1, "message": 3}',
        b'{"update_id": 1, "message": {"chat": {"id": "71"}}}',
        b"\xff\xfe",
        b'{"update_id": 1, "callback_query": {}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_update_is_said_to_be_malformed_without_its_content(payload):
    with pytest.raises(MalformedUpdateError) as caught:
        raw_updates(payload)
    assert str(caught.value) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "chat",
                    "id",
                    "type",
                    "text",
                    "location",
                    "venue",
                    "message",
                    "from",
                    "date",
                    "data",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"])


@given(kind=KINDS, body=JSON)
def test_no_update_of_any_shape_brings_an_unexpected_error(kind, body):
    payload = json.dumps({"update_id": 1, kind: body}).encode()
    try:
        updates = raw_updates(payload)
    except MalformedUpdateError:
        return
    for raw in updates:
        read(raw, NOW)


@given(body=JSON)
def test_no_message_of_a_private_chat_brings_an_error(body):
    fields = body if isinstance(body, dict) else {"text": body}
    payload = json.dumps({"update_id": 1, "message": {**fields, "chat": PRIVATE}}).encode()
    (raw,) = raw_updates(payload)
    read(raw, NOW)
