"""What a page may send, and what happens to all the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.events import (
    ButtonPressed,
    CommandGiven,
    ContactShared,
    LocationShared,
    MediaArrived,
    TextArrived,
    VoiceArrived,
)
from bot.web_chat.reading import LONGEST_BODY, UnreadableRequestError, read_request
from tests.fakes.web_chat import ScriptedDriver
from tests.web_chat.client import CANARY, START, TOKEN, answer, page, send


@pytest.mark.parametrize(
    ("sent", "event"),
    [
        ({"kind": "text", "text": "I ni ce"}, TextArrived("I ni ce")),
        ({"kind": "text", "text": ""}, TextArrived("")),
        ({"kind": "text", "text": "/start jif"}, CommandGiven("start", "jif")),
        ({"kind": "text", "text": "/ ou"}, TextArrived("/ ou")),
        ({"kind": "text", "text": "\u202e\u200b🌿"}, TextArrived("\u202e\u200b🌿")),
        ({"kind": "text", "text": "🌿" * 4096}, TextArrived("🌿" * 4096)),
        ({"kind": "press", "data": "1f:menu:main:quit"}, ButtonPressed("1f:menu:main:quit")),
        ({"kind": "press", "data": "???"}, ButtonPressed("???")),
        ({"kind": "command", "name": "menu"}, CommandGiven("menu")),
        ({"kind": "location", "latitude": 14.5, "longitude": -4}, LocationShared(14.5, -4.0)),
        ({"kind": "voice"}, VoiceArrived()),
        ({"kind": "media", "media": "photo"}, MediaArrived("photo")),
        ({"kind": "contact"}, ContactShared()),
    ],
)
async def test_everything_a_person_can_do_reaches_the_driver_as_its_event(sent, event):
    driver = ScriptedDriver()
    async with page(driver) as client:
        await answer(client, sent)
    assert driver.asked[0][0].event == event


BAD_EVENTS = [
    None,
    [],
    {},
    {"kind": "dance"},
    {"kind": "text"},
    {"kind": "text", "text": 7},
    {"kind": "text", "text": CANARY * 300},
    {"kind": "press", "data": CANARY * 5},
    {"kind": "press", "data": "ɛ" * 33},
    {"kind": "command", "name": "Start Me"},
    {"kind": "command", "name": "start", "payload": CANARY * 5},
    {"kind": "command", "name": "start", "payload": 3},
    {"kind": "location", "latitude": 91, "longitude": 0},
    {"kind": "location", "latitude": 0, "longitude": 181},
    {"kind": "location", "latitude": True, "longitude": 0},
    {"kind": "location", "latitude": "14", "longitude": "4"},
    {"kind": "media", "media": "../../etc"},
]


@pytest.mark.parametrize("event", BAD_EVENTS)
async def test_an_unreadable_event_gets_a_sentence_without_what_was_sent(event, caplog):
    driver = ScriptedDriver()
    async with page(driver) as client:
        response = await send(client, event)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    assert CANARY not in response.text + caplog.text
    assert driver.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 60_000,
        b"9" * 5_000,
        b'{"token": NaN}',
        json.dumps({"token": "short", "event": START}).encode(),
        json.dumps({"token": TOKEN + "/", "event": START}).encode(),
        json.dumps({"token": TOKEN}).encode(),
        b" " * (LONGEST_BODY + 1),
        b'{"token": "' + CANARY.encode(),
    ],
)
async def test_a_malformed_request_gets_a_sentence_without_what_was_sent(body):
    async with page(ScriptedDriver()) as client:
        response = await client.post("/api/event", content=body)
    assert response.status_code == 400
    assert CANARY not in response.text
    assert response.json()["error"].endswith(".")


def test_the_error_of_a_malformed_request_holds_nothing_of_it():
    with pytest.raises(UnreadableRequestError) as raised:
        read_request(b'{"token": "' + CANARY.encode())
    assert raised.value.__cause__ is None
    assert CANARY not in str(raised.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("kind", "text", "data", "name", "token", "event", "latitude"))
                | st.text(max_size=5),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_either_read_or_refused_with_a_sentence(value):
    for body in (value, {"token": TOKEN, "event": value}):
        try:
            read = read_request(json.dumps(body).encode()).token
        except UnreadableRequestError as error:
            read = error.sentence
        assert read == TOKEN or read.endswith(".")


async def test_half_characters_reach_nobody():
    driver = ScriptedDriver()
    body = b'{"token": "%s", "event": {"kind": "text", "text": "a\\ud800b"}}' % TOKEN.encode()
    async with page(driver) as client:
        assert (await client.post("/api/event", content=body)).status_code == 200
    assert driver.asked[0][0].event == TextArrived("a?b")
