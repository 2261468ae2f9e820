"""The stand-in refuses what the real Bot API refuses."""

import asyncio

import aiohttp
import pytest

from tests.bot_api.people import Somebody
from tests.bot_api.server import TOKEN, BotApi


@pytest.fixture
async def api():
    async with BotApi() as standin:
        yield standin


@pytest.fixture
async def call(api):
    async with aiohttp.ClientSession() as session:

        async def make(method, **fields):
            url = f"{api.base_url}{TOKEN}/{method}"
            async with session.post(url, json=fields) as answer:
                return await answer.json()

        yield make


def keyboard(**button):
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": " "}, "message text is empty"),
        ({"text": "x", "reply_markup": keyboard(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard(url="tel:+22380001115")}, "BUTTON_URL_INVALID"),
        ({"text": "x", "reply_markup": keyboard(url="http://localhost/")}, "BUTTON_URL_INVALID"),
    ],
)
async def test_what_cannot_be_sent(call, fields, words):
    answer = await call("sendMessage", chat_id=71, **fields)
    assert (answer["error_code"], words in answer["description"]) == (400, True)


async def test_what_just_fits_can_be_sent(call):
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x" * 64}]]}
    answer = await call("sendMessage", chat_id=71, text="é" * 4096, reply_markup=markup)
    assert answer["ok"]


async def test_an_edit_after_a_reply_keyboard(call):
    sent = await call("sendMessage", chat_id=71, text="x", reply_markup={"keyboard": [["oui"]]})
    number = sent["result"]["message_id"]
    answer = await call("editMessageText", chat_id=71, message_id=number, text="y")
    assert "can't be edited" in answer["description"]


async def test_an_edit_that_changes_nothing_and_one_that_removes_the_buttons(call, api):
    markup = keyboard(callback_data="x")
    sent = await call("sendMessage", chat_id=71, text="x", reply_markup=markup)
    same = {"chat_id": 71, "message_id": sent["result"]["message_id"], "text": "x"}
    answer = await call("editMessageText", **same, reply_markup=markup)
    assert "not modified" in answer["description"]
    assert (await call("editMessageText", **same))["ok"]
    assert api.visible(71)[0].labels == []


async def test_deleting_one_message_over_48_hours_fails_the_whole_call(call, api):
    numbers = [
        (await call("sendMessage", chat_id=71, text="x"))["result"]["message_id"] for _ in range(3)
    ]
    api.chats[71][numbers[1]].date -= 48 * 3600 + 1
    answer = await call("deleteMessages", chat_id=71, message_ids=numbers)
    assert "can't be deleted" in answer["description"]
    assert len(api.visible(71)) == 3
    assert (await call("deleteMessages", chat_id=71, message_ids=[numbers[0], 424242]))["ok"]
    too_many = await call("deleteMessages", chat_id=71, message_ids=list(range(101)))
    assert not too_many["ok"]


async def test_a_press_can_be_answered_for_fifteen_seconds(call, api):
    api.pressed["p"] = api.now()
    assert (await call("answerCallbackQuery", callback_query_id="p"))["ok"]
    api.clock_offset = 15
    assert not (await call("answerCallbackQuery", callback_query_id="p"))["ok"]


async def test_the_thirty_first_message_of_a_second_is_refused(call, api):
    api.tick = lambda: 1000.0
    answers = [await call("sendMessage", chat_id=chat, text="x") for chat in range(1, 32)]
    assert [one["ok"] for one in answers] == [True] * 30 + [False]
    assert answers[-1]["parameters"] == {"retry_after": 1}
    api.tick = lambda: 1001.0
    assert (await call("sendMessage", chat_id=1, text="x"))["ok"]


async def test_a_second_poll_ends_the_first_and_a_webhook_forbids_polling(call, api):
    first = asyncio.create_task(call("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(call("getUpdates", timeout=5))
    assert (await first)["error_code"] == 409
    Somebody(api, 71).says("bonjour")
    assert (await second)["result"][0]["message"]["text"] == "bonjour"
    assert (await call("setWebhook", url="http://127.0.0.1:9/"))["ok"]
    assert (await call("getUpdates"))["error_code"] == 409


async def test_a_wrong_token_is_unauthorized(api):
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.base_url}1:x/getMe") as answer,
    ):
        assert answer.status == 401
