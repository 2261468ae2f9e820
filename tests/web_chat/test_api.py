"""What comes back from the address that takes a page's events, and what is kept."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from bot.conversation.buttons import Press, encode_press
from bot.conversation.events import (
    ButtonPressed,
    TextArrived,
)
from bot.conversation.outgoing import Button, DeleteMessages, SendPin, ShowScreen, Turn
from bot.web_chat.app import MOST_WAITING
from bot.web_chat.headers import SECURITY_HEADERS
from tests.fakes.web_chat import FakeClock, ScriptedDriver, say, small_conversation
from tests.web_chat.client import CANARY, OTHER, START, TOKEN, answer, page, send

# -- what comes out ------------------------------------------------------------------------


def _press_to_edit(incoming, _state) -> Turn:
    is_press = isinstance(incoming.event, ButtonPressed)
    return Turn(b"s", (ShowScreen("écran", edit=incoming.message_id if is_press else None),))


async def test_a_press_edits_the_message_that_holds_the_button():
    driver = ScriptedDriver(_press_to_edit)
    async with page(driver) as client:
        first = await answer(client, START)
        screen = first["messages"][0]["id"]
        second = await answer(client, {"kind": "press", "data": "x", "message_id": screen})
        third = await answer(client, {"kind": "press", "data": "x", "message_id": screen + 100})
    assert first["messages"][0]["edits"] is None
    assert second["messages"][0]["edits"] == second["messages"][0]["id"] == screen
    assert driver.asked[1][0].message_id == screen
    assert driver.asked[2][0].message_id is None
    assert third["messages"][0]["edits"] is None
    assert third["messages"][0]["id"] > screen


async def test_message_ids_are_counted_for_both_sides():
    driver = ScriptedDriver()
    async with page(driver) as client:
        first = await answer(client, {"kind": "text", "text": "un"})
        second = await answer(client, {"kind": "text", "text": "deux"})
    ids = [first["own_id"], first["messages"][0]["id"]]
    ids += [second["own_id"], second["messages"][0]["id"]]
    assert ids == [1, 2, 3, 4]
    assert [incoming.message_id for incoming, _ in driver.asked] == [1, 3]


async def test_buttons_come_row_by_row_with_a_tone_that_says_how_they_look():
    need = encode_press(Press("find_help", "need", "medical", "bm"))
    rows = (
        (Button("🩺 Furakɛli", need), Button("Autre", "old")),
        (
            Button("🆘 Urgence", encode_press(Press("foot", "-", "emergency", "bm"))),
            Button("☰ Menu", encode_press(Press("foot", "-", "menu", "bm"))),
            Button("✖️ Quitter", encode_press(Press("foot", "-", "quit", "bm"))),
        ),
    )
    driver = ScriptedDriver(lambda *_: Turn(b"s", (ShowScreen("?", rows),)))
    async with page(driver) as client:
        screen = (await answer(client, START))["messages"][0]
    assert screen["rows"][0][0] == {"label": "🩺 Furakɛli", "data": need, "tone": "plain"}
    assert [button["tone"] for row in screen["rows"] for button in row] == [
        "plain",
        "plain",
        "emergency",
        "foot",
        "quit",
    ]
    assert screen["language"] == "bm"


async def test_pins_and_deletions_come_with_their_ids():
    pin = SendPin(14.48, -4.18, "Centre", "Mopti")
    driver = ScriptedDriver(lambda *_: Turn(b"s", (ShowScreen("a"), pin, DeleteMessages((1,)))))
    async with page(driver) as client:
        came = await answer(client, {"kind": "text", "text": "un"})
    assert came["deletes"] == [came["own_id"]] == [1]
    assert came["pins"] == [
        {"id": 3, "latitude": 14.48, "longitude": -4.18, "title": "Centre", "address": "Mopti"}
    ]


async def test_a_deleted_message_is_not_edited_any_more():
    driver = ScriptedDriver(_press_to_edit)
    async with page(driver) as client:
        screen = (await answer(client, START))["messages"][0]["id"]
        driver.respond_by = lambda *_: Turn(b"s", (DeleteMessages((screen,)),))
        await answer(client, {"kind": "voice"})
        driver.respond_by = _press_to_edit
        await answer(client, {"kind": "press", "data": "x", "message_id": screen})
    assert driver.asked[-1][0].message_id is None


async def test_the_fate_of_the_own_message_is_told():
    driver = ScriptedDriver(lambda *_: say("ok", delete_own_after_seconds=45))
    async with page(driver) as client:
        later = await answer(client, {"kind": "text", "text": "x"})
        driver.respond_by = lambda *_: say("ok", delete_own_now=True)
        now = await answer(client, {"kind": "location", "latitude": 14, "longitude": -4})
    assert (later["delete_own_after_seconds"], later["delete_own_now"]) == (45, False)
    assert (now["delete_own_after_seconds"], now["delete_own_now"]) == (None, True)


async def test_a_failing_driver_gives_a_sentence_and_no_word_of_the_person(caplog):
    def fail(*_):
        raise ValueError(CANARY)

    driver = ScriptedDriver(fail)
    async with page(driver) as client:
        response = await send(client, {"kind": "text", "text": CANARY})
        driver.respond_by = lambda *_: say("wieder")
        assert (await send(client, START)).status_code == 200
    assert response.status_code == 500
    assert response.json()["error"].endswith(".")
    assert CANARY not in response.text + caplog.text
    assert "ValueError" in caplog.text


# -- what is kept --------------------------------------------------------------------------


async def test_each_page_has_its_own_conversation():
    driver = ScriptedDriver(lambda incoming, _: say("ok", str(incoming.chat_id).encode()))
    async with page(driver) as client:
        for token in (TOKEN, OTHER, TOKEN, OTHER):
            await answer(client, START, token)
    chats = [incoming.chat_id for incoming, _ in driver.asked]
    states = [state for _, state in driver.asked]
    assert chats[0] == chats[2] != chats[1] == chats[3]
    assert states == [None, None, str(chats[0]).encode(), str(chats[1]).encode()]


async def test_a_conversation_is_forgotten_after_its_lifetime():
    clock = FakeClock()
    driver = ScriptedDriver(lambda *_: say("ok", lifetime_seconds=60))
    async with page(driver, clock) as client:
        first = await answer(client, START)
        clock.forward(seconds=59)
        second = await answer(client, START)
        clock.forward(seconds=60)
        third = await answer(client, START)
    assert [state for _, state in driver.asked] == [None, b"state", None]
    assert [first["fresh"], second["fresh"], third["fresh"]] == [True, False, True]
    assert first["lifetime_seconds"] == 60


async def test_leaving_forgets_everything():
    driver = ScriptedDriver(lambda *_: say("ok"))
    async with page(driver) as client:
        await answer(client, START)
        driver.respond_by = lambda *_: say("Bonne journée.", None, erase=True)
        left = await answer(client, {"kind": "command", "name": "stop"})
        driver.respond_by = lambda *_: say("ok")
        again = await answer(client, START)
    assert left["erase"] is True
    assert left["messages"][0]["text"] == "Bonne journée."
    assert driver.asked[-1][1] is None
    assert again["fresh"] is True
    assert driver.asked[-1][0].chat_id != driver.asked[0][0].chat_id


async def test_the_least_recently_used_conversation_makes_place():
    driver = ScriptedDriver()
    third = "c" * 43
    async with page(driver, most_rooms=2) as client:
        for token in (TOKEN, OTHER, TOKEN, third, TOKEN, OTHER):
            await answer(client, START, token)
    states = [state for _, state in driver.asked]
    assert states == [None, None, b"state", None, b"state", None]


async def test_a_repeated_event_is_answered_as_the_first_time_and_worked_once():
    driver = ScriptedDriver()
    async with page(driver) as client:
        first = await answer(client, {"kind": "text", "text": "un"}, number=1)
        again = await answer(client, {"kind": "text", "text": "un"}, number=1)
        other = await answer(client, {"kind": "text", "text": "un"}, number=2)
    assert first == again != other
    assert len(driver.asked) == 2


# -- one at a time -------------------------------------------------------------------------


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it never came to that")


async def test_events_of_one_page_are_answered_one_after_the_other_in_their_order():
    driver = ScriptedDriver()
    driver.gate = asyncio.Event()
    async with page(driver) as client, asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(answer(client, {"kind": "text", "text": str(number)}))
            await _until(lambda: len(driver.asked) == 1)
        other = group.create_task(answer(client, START, OTHER))
        await _until(lambda: len(driver.asked) == 2)
        assert not other.done()
        driver.gate.set()
    texts = [each.event.text for each, _ in driver.asked if isinstance(each.event, TextArrived)]
    assert texts == ["0", "1", "2", "3"]


async def test_a_flood_is_told_to_slow_down_but_leaving_is_never_refused():
    driver = ScriptedDriver()
    driver.gate = asyncio.Event()
    async with page(driver) as client, asyncio.TaskGroup() as group:
        sent = [group.create_task(send(client, {"kind": "voice"})) for _ in range(50)]
        await _until(lambda: sum(task.done() for task in sent) == 50 - MOST_WAITING)
        leave = group.create_task(send(client, {"kind": "command", "name": "stop"}))
        driver.gate.set()
    refused = [task.result() for task in sent if task.result().status_code == 429]
    assert len(refused) == 50 - MOST_WAITING
    assert refused[0].json()["error"].endswith(".")
    assert leave.result().status_code == 200


async def test_an_event_that_waited_while_its_page_left_begins_anew():
    driver = ScriptedDriver(lambda *_: say("adieu", None, erase=True))
    driver.gate = asyncio.Event()
    async with page(driver) as client, asyncio.TaskGroup() as group:
        group.create_task(answer(client, {"kind": "command", "name": "stop"}))
        await _until(lambda: len(driver.asked) == 1)
        late = group.create_task(answer(client, {"kind": "voice"}))
        await asyncio.sleep(0)
        driver.gate.set()
    assert late.result()["fresh"] is True
    assert driver.asked[1][0].chat_id != driver.asked[0][0].chat_id


# -- the page and its headers --------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/static/chat.js", "/static/chat.css", "/static/none", "/nowhere"]
)
async def test_every_answer_forbids_keeping_and_loading_from_elsewhere(path):
    async with page(ScriptedDriver()) as client:
        response = await client.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers


async def test_errors_carry_the_same_headers():
    async with page(ScriptedDriver()) as client:
        response = await client.post("/api/event", content=b"{")
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()


async def test_the_page_has_a_neutral_title_and_nothing_inline_or_foreign():
    async with page(ScriptedDriver()) as client:
        text = (await client.get("/")).text
        assert (await client.get("/healthz")).text == "ok"
    assert "<title>Messages</title>" in text
    assert "Démonstration — données non vérifiées" in text
    assert "http" not in text
    assert "style=" not in text
    assert " onclick" not in text


# -- with the real conversation ------------------------------------------------------------


def _button(screen, words: str):
    found = [b for row in screen["rows"] for b in row if words in b["label"]]
    return {"kind": "press", "data": found[0]["data"], "message_id": screen["id"]}


async def test_the_real_conversation_goes_from_start_to_a_card_and_leaves():
    async with page(small_conversation()) as client:
        welcome = (await answer(client, START))["messages"][0]
        menu = (await answer(client, _button(welcome, "Français")))["messages"][0]
        told = await answer(client, {"kind": "text", "text": "Mon mari me frappe"})
        place = told["messages"][0]
        listed = (await answer(client, _button(place, "Mopti")))["messages"][0]
        card = (await answer(client, _button(listed, "Centre d'essai")))["messages"][0]
        shown = await answer(client, _button(card, "carte"))
        left = await answer(client, _button(card, "Quitter"))
    assert menu["edits"] == welcome["id"]
    assert place["edits"] is None
    assert 0 < told["delete_own_after_seconds"] <= 60
    assert listed["edits"] == place["id"]
    assert "+223 00 00 00 00" in card["text"]
    assert shown["pins"][0]["title"] == "Centre d'essai"
    assert left["erase"] is True


async def test_an_unasked_pin_and_a_contact_are_deleted_at_once():
    async with page(small_conversation()) as client:
        await answer(client, START)
        abroad = await answer(client, {"kind": "location", "latitude": -14, "longitude": 4})
        contact = await answer(client, {"kind": "contact"})
    assert abroad["delete_own_now"] is True
    assert contact["delete_own_now"] is True
    assert abroad["messages"][0]["text"]


async def test_nothing_a_person_writes_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    async with page(small_conversation()) as client:
        await answer(client, {"kind": "text", "text": CANARY})
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert all(CANARY not in record.getMessage() for record in ours)
