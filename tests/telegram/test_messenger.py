"""Each action becomes the right call, and each answer of the Bot API the right ending."""

import asyncio

import pytest

from bot.conversation.outgoing import (
    AnswerPress,
    AskContact,
    Button,
    DeleteMessages,
    LeaveChat,
    SendPin,
    ShowScreen,
)
from bot.conversation.ports import Deferred, Delivered, Refused, Unreachable
from bot.telegram.bot_api import BotApi as Client
from bot.telegram.limiter import SendingLimiter
from bot.telegram.messenger import TelegramMessenger

ROWS = ((Button("Urgence", "1f:foot:x:emergency"),), (Button("Quitter", "1f:foot:x:quit"),))
SCREEN = ShowScreen("Bonjour", ROWS)


async def shown(messenger, screen=SCREEN):
    """Send a screen and return its number."""
    delivered = await messenger.deliver(71, screen)
    return delivered.message_ids[0]


async def test_a_screen_arrives_silent_without_preview_with_its_buttons(messenger, awa):
    await shown(messenger)
    screen = awa.screen
    assert screen.text == "Bonjour"
    assert screen.labels == ["Urgence", "Quitter"]
    assert screen.silent
    assert screen.preview_off
    assert not screen.protected


async def test_a_protected_screen_says_so(messenger, awa):
    await shown(messenger, ShowScreen("Bonjour", protect=True))
    assert awa.screen.protected


async def test_the_key_that_shares_a_number_comes_alone_and_goes_with_its_message(messenger, awa):
    await shown(messenger)
    key = AskContact("Ou ainsi :", "Envoyer mon numéro", lasts_seconds=290)
    (number,) = (await messenger.deliver(71, key)).message_ids
    assert awa.screen.markup == {
        "keyboard": [[{"text": "Envoyer mon numéro", "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    assert awa.screen.silent
    # Telegram edits no message that brought a keyboard: the screen must be another one.
    edited = await messenger.deliver(71, ShowScreen("Autre", ROWS, edit=number))
    assert isinstance(edited, Delivered)
    assert edited.message_ids
    await messenger.deliver(71, DeleteMessages((number,)))
    assert awa.sees == ["Bonjour", "Autre"]


async def test_an_edit_changes_the_message_and_brings_no_new_one(messenger, awa):
    number = await shown(messenger)
    assert await messenger.deliver(71, ShowScreen("Autre", ROWS, edit=number)) == Delivered()
    assert awa.sees == ["Autre"]
    assert awa.screen.labels == ["Urgence", "Quitter"]


async def test_an_edit_that_changes_nothing_is_delivered(messenger, awa):
    number = await shown(messenger)
    assert await messenger.deliver(71, ShowScreen("Bonjour", ROWS, edit=number)) == Delivered()
    assert awa.sees == ["Bonjour"]


async def test_a_message_that_is_gone_is_sent_anew(messenger, awa):
    delivered = await messenger.deliver(71, ShowScreen("Autre", edit=5))
    assert len(delivered.message_ids) == 1
    assert awa.sees == ["Autre"]


async def test_a_message_fixed_by_a_reply_keyboard_is_sent_anew(messenger, client, awa):
    fields = {"chat_id": 71, "text": "x", "reply_markup": {"remove_keyboard": True}}
    fixed = await client.call("sendMessage", fields)
    await messenger.deliver(71, ShowScreen("Autre", edit=fixed["message_id"]))
    assert awa.sees == ["x", "Autre"]


async def test_a_recording_goes_before_its_text_and_both_are_named(client, limiter, awa):
    messenger = TelegramMessenger(client, limiter, voice={"bonjour": b"OggS"}.get)
    delivered = await messenger.deliver(71, ShowScreen("Bonjour", voice="bonjour"))
    assert len(delivered.message_ids) == 2
    assert awa.sees == [None, "Bonjour"]
    silent = await messenger.deliver(71, ShowScreen("Bonjour", voice="autre"))
    assert len(silent.message_ids) == 1


async def test_a_pin_arrives_silent(messenger, awa):
    delivered = await messenger.deliver(71, SendPin(12.6, -8.0, "Centre", "Bamako"))
    assert len(delivered.message_ids) == 1
    assert awa.screen.extra["venue"]["title"] == "Centre"
    assert awa.screen.silent


async def test_a_press_is_answered_and_one_too_old_is_no_error(messenger, api):
    api.pressed |= {"fresh": api.now(), "old": api.now() - 16}
    assert await messenger.deliver(71, AnswerPress("fresh")) == Delivered()
    assert await messenger.deliver(71, AnswerPress("old")) == Delivered()
    assert api.answered == ["fresh"]


async def test_a_press_never_holds_a_chat(messenger, api):
    for kind in ("429", "500", "500"):
        api.fail(kind, method="answerCallbackQuery", seconds=60)
    assert await messenger.deliver(71, AnswerPress("p")) == Refused("too_many_calls")
    assert await messenger.deliver(71, AnswerPress("p")) == Refused("press_unanswered")


# -- deleting ------------------------------------------------------------------------------


async def test_messages_are_deleted_in_batches_of_a_hundred_at_most(messenger, api):
    numbers = [await shown(messenger) for _ in range(30)]
    wanted = (*numbers, *range(1, 221))
    assert await messenger.deliver(71, DeleteMessages(wanted)) == Delivered()
    sizes = [len(call.fields["message_ids"]) for call in api.called("deleteMessages")]
    assert sizes == [100, 100, 50]
    assert api.visible(71) == []


@pytest.mark.parametrize("old", [{0}, {7}, {0, 1, 2, 3, 4, 5, 6, 7}, {2, 5}])
async def test_one_message_too_old_does_not_save_the_others(messenger, api, old):
    api.strict_rate = False
    numbers = [await shown(messenger) for _ in range(8)]
    for index in old:
        api.chats[71][numbers[index]].date -= 49 * 3600
    assert await messenger.deliver(71, DeleteMessages(tuple(numbers))) == Delivered()
    assert {one.message_id for one in api.visible(71)} == {numbers[index] for index in old}


async def test_deletions_are_put_off_when_telegram_fails(messenger, api):
    number = await shown(messenger)
    api.fail("500", method="deleteMessages", times=3)
    assert isinstance(await messenger.deliver(71, DeleteMessages((number,))), Deferred)
    assert await messenger.deliver(71, DeleteMessages((number,))) == Delivered()
    assert api.visible(71) == []


async def test_a_group_is_left_and_being_out_already_is_no_error(messenger, api):
    assert await messenger.deliver(-100, LeaveChat()) == Delivered()
    api.fail("forbidden", method="leaveChat")
    assert await messenger.deliver(-100, LeaveChat()) == Delivered()


# -- errors --------------------------------------------------------------------------------


async def test_a_chat_that_must_wait_is_told_how_long_and_asked_nothing_meanwhile(messenger, api):
    api.fail("429", method="sendMessage", seconds=7)
    assert await messenger.deliver(71, SCREEN) == Deferred(7)
    calls = len(api.calls)
    held = await messenger.deliver(71, SCREEN)
    assert isinstance(held, Deferred)
    assert 6 < held.seconds <= 7
    assert len(api.calls) == calls
    assert isinstance(await messenger.deliver(72, SCREEN), Delivered)


@pytest.mark.parametrize("kind", ["500", "garbage"])
async def test_a_server_fault_is_tried_again_at_once_and_then_put_off(messenger, api, awa, kind):
    api.fail(kind, method="sendMessage", times=2)
    assert isinstance(await messenger.deliver(71, SCREEN), Delivered)
    api.fail(kind, method="sendMessage", times=3)
    assert isinstance(await messenger.deliver(71, SCREEN), Deferred)
    assert awa.sees == ["Bonjour"]


async def test_a_cut_connection_brings_a_message_twice_at_most(messenger, api, awa):
    api.fail("reset_after", method="sendMessage", times=5)
    assert await messenger.deliver(71, SCREEN) == Refused("unclear")
    assert awa.sees == ["Bonjour", "Bonjour"]


async def test_what_may_have_arrived_before_is_tried_only_once_more(messenger, api, awa):
    api.fail("reset_after", method="sendMessage", times=5)
    ended = await messenger.deliver(71, SCREEN, may_have_arrived=True)
    assert ended == Refused("unclear")
    assert awa.sees == ["Bonjour"]


async def test_a_wait_after_a_cut_connection_remembers_the_cut(messenger, api):
    api.fail("reset_after", method="sendMessage")
    api.fail("429", method="sendMessage", seconds=7)
    assert await messenger.deliver(71, SCREEN) == Deferred(7, may_have_arrived=True)


async def test_an_edit_over_a_cut_connection_is_repeated_without_harm(messenger, api, awa):
    number = await shown(messenger)
    api.fail("reset_after", method="editMessageText", times=2)
    assert await messenger.deliver(71, ShowScreen("Autre", edit=number)) == Delivered()
    assert awa.sees == ["Autre"]


async def test_a_person_who_blocked_the_bot_is_unreachable(messenger, api):
    api.blocked.add(71)
    assert await messenger.deliver(71, SCREEN) == Unreachable()
    assert await messenger.deliver(71, DeleteMessages((1,))) == Unreachable()
    assert await messenger.deliver(0, SCREEN) == Unreachable()


@pytest.mark.parametrize(
    "screen",
    [
        ShowScreen("x" * 4097),
        ShowScreen("x", ((Button("trop", "x" * 65),),)),
        ShowScreen("x", ((Button("trop", "é" * 33),),)),
        ShowScreen(""),
    ],
)
async def test_what_telegram_refuses_is_refused_with_a_kind_and_no_text(messenger, screen):
    assert await messenger.deliver(71, screen) == Refused("BadRequest")


async def test_an_unreachable_server_puts_off_and_a_closed_transport_too(api):
    async def no_time(_seconds):
        pass

    base_url = api.base_url
    await api.__aexit__()
    async with Client("1:x", base_url) as client:
        messenger = TelegramMessenger(client, SendingLimiter(enabled=False), sleep=no_time)
        ended = await messenger.deliver(71, SCREEN)
        assert isinstance(ended, Deferred)
        assert not ended.may_have_arrived
        assert isinstance(await messenger.deliver(71, DeleteMessages((1,))), Deferred)
    assert isinstance(await messenger.deliver(71, SCREEN), Deferred)


async def test_a_wrong_token_waits_for_somebody_to_mend_it(api):
    async with Client("1:wrong", api.base_url) as client:
        messenger = TelegramMessenger(client, SendingLimiter(enabled=False))
        assert isinstance(await messenger.deliver(71, SCREEN), Deferred)


async def test_thirty_messages_a_second_are_never_exceeded(client, api):
    messenger = TelegramMessenger(client, SendingLimiter())
    endings = await asyncio.gather(*(messenger.deliver(chat, SCREEN) for chat in range(1, 61)))
    assert {type(one) for one in endings} == {Delivered}
    assert not [call for call in api.calls if call.refused]
