"""The way to the Bot API keeps its connections and says what may have happened."""

import io

import pytest
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken

from bot.telegram.bot_api import BotApi as Client
from bot.telegram.transport import (
    AiohttpRequest,
    NotSentError,
    ServerFaultError,
    TooManyCallsError,
    UnclearError,
)
from tests.bot_api.server import TOKEN

HELLO = {"chat_id": 71, "text": "Bonjour"}


async def test_calls_share_a_connection(client, api):
    for _ in range(5):
        await client.call("sendMessage", HELLO)
    assert len({call.peer for call in api.calls}) == 1


async def test_python_telegram_bots_own_methods_work_over_it(client, awa):
    message = await client.bot.send_message(71, "Bonjour", disable_notification=True)
    assert message.message_id == awa.screen.message_id
    assert (await client.bot.get_me()).username == "standin_bot"


async def test_files_are_uploaded(client, awa):
    await client.bot.send_voice(71, io.BytesIO(b"OggS"), disable_notification=True)
    assert "voice" in awa.screen.extra


async def test_a_call_and_pythons_objects_send_the_same(client, api):
    await client.bot.send_message(71, "Un « mot » 🕊")
    await client.call("sendMessage", {"chat_id": 71, "text": "Un « mot » 🕊"})
    first, second = api.called("sendMessage")
    assert first.fields == second.fields


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", TooManyCallsError),
        ("500", ServerFaultError),
        ("garbage", ServerFaultError),
        ("forbidden", Forbidden),
        ("reset_before", UnclearError),
        ("reset_after", UnclearError),
    ],
)
async def test_each_fault_has_its_error(client, api, kind, error):
    for call in (
        lambda: client.call("sendMessage", HELLO),
        lambda: client.bot.send_message(71, "Bonjour"),
    ):
        api.fail(kind, method="sendMessage", seconds=9)
        with pytest.raises(error) as caught:
            await call()
        assert TOKEN not in repr(caught.value)
        if kind == "429":
            assert caught.value.seconds == 9


async def test_refusals_of_the_server_have_their_errors(client, api):
    with pytest.raises(BadRequest):
        await client.call("sendMessage", {"chat_id": 71, "text": ""})
    with pytest.raises(InvalidToken):
        await client.call("sendNothing", {})
    api.updates.point_at("http://127.0.0.1:9/", "")
    with pytest.raises(Conflict):
        await client.call("getUpdates", {})


async def test_a_server_that_is_not_there_was_not_sent_anything():
    async with Client(TOKEN, "http://127.0.0.1:9/bot") as client:
        with pytest.raises(NotSentError) as caught:
            await client.call("sendMessage", HELLO)
        assert TOKEN not in repr(caught.value)
        assert caught.value.__cause__ is None


async def test_a_server_that_never_answers_leaves_it_unclear(api):
    request = AiohttpRequest(read_seconds=0.05)
    await request.initialize()
    try:
        with pytest.raises(UnclearError):
            await request.send_json(f"{api.base_url}{TOKEN}/getUpdates", b'{"timeout": 5}')
    finally:
        await request.shutdown()


async def test_a_closed_transport_sends_nothing(api):
    async with Client(TOKEN, api.base_url) as client:
        pass
    with pytest.raises(NotSentError):
        await client.call("sendMessage", HELLO)
