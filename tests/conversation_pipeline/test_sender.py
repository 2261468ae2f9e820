"""What turns decided reaches the chat: in order, once, or not at all when it is too late."""

import asyncio

import pytest

from bot.conversation.outgoing import AnswerPress, DeleteMessages, SendPin, ShowScreen
from bot.conversation.ports import Deferred, Refused
from bot.conversation.store_port import FinishedTurn, OutgoingMessage
from storage.ledger import Ledger
from tests.conversation_pipeline.conftest import Pipeline
from tests.fakes.pipeline import LINES, text_update


async def decide(pipeline, store, *actions, chat_id=71, **more):
    """Let a turn decide these actions, as the worker does."""
    now = pipeline.clock.now()
    outgoing = [OutgoingMessage(action, now, **more) for action in actions]
    return await store.commit(FinishedTurn(chat_id=chat_id, now=now, outgoing=outgoing))


async def ledger_of(database, keyring, pipeline, chat_id=71):
    since = pipeline.clock.now().replace(year=2020)
    ledger: Ledger = database.ledger
    entries = await database.read(ledger.of, keyring.person(chat_id), since)
    return {entry.message_id: entry for entry in entries}


async def test_actions_go_out_in_the_order_of_the_turn(pipeline, store):
    actions = (
        AnswerPress("p"),
        ShowScreen("un"),
        SendPin(12.6, -8.0, "Centre", "Bamako"),
        DeleteMessages((5,)),
        ShowScreen("deux"),
    )
    pipeline.sender.send(71, await decide(pipeline, store, *actions))
    await pipeline.settle()
    assert [action for _, action in pipeline.messenger.carried] == list(actions)


async def test_what_went_out_stands_in_the_ledger_and_no_longer_in_the_outbox(
    pipeline, store, database, keyring
):
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un"), ShowScreen("deux")))
    await pipeline.settle()
    assert set(await ledger_of(database, keyring, pipeline)) == {101, 102}
    assert await store.chats_with_messages(pipeline.clock.now()) == []


async def test_messages_that_are_to_vanish_get_their_hour_in_the_ledger(
    pipeline, store, database, keyring
):
    sent = await decide(
        pipeline, store, ShowScreen("un"), ShowScreen("deux", edit=7), lasts_seconds=3600
    )
    pipeline.sender.send(71, sent)
    await pipeline.settle()
    entries = await ledger_of(database, keyring, pipeline)
    assert set(entries) == {101, 7}
    for entry in entries.values():
        assert (entry.delete_at - pipeline.clock.now()).total_seconds() == 3600


async def test_a_farewell_is_not_entered_in_the_ledger(pipeline, store, database, keyring):
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("au revoir"), unlisted=True))
    await pipeline.settle()
    assert await ledger_of(database, keyring, pipeline) == {}


async def test_a_chat_that_waits_holds_only_itself(pipeline, store):
    pipeline.messenger.ending = lambda chat, _action: Deferred(60) if chat == 71 else None
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un")))
    pipeline.sender.send(72, await decide(pipeline, store, ShowScreen("un"), chat_id=72))
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == []
    assert pipeline.messenger.texts(72) == ["un"]


async def test_a_message_put_off_goes_out_later_and_before_what_follows(pipeline, store):
    endings = [Deferred(0.02), Deferred(0.02)]
    pipeline.messenger.ending = lambda _chat, _action: endings.pop() if endings else None
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un"), ShowScreen("deux")))
    await pipeline.until(lambda: pipeline.messenger.texts(71) == ["un", "deux"])


async def test_a_message_that_may_have_arrived_is_sent_again_with_that_knowledge(pipeline, store):
    endings = [Deferred(0.02, may_have_arrived=True)]
    pipeline.messenger.ending = lambda _chat, _action: endings.pop() if endings else None
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un")))
    await pipeline.until(lambda: pipeline.messenger.texts(71) == ["un"])
    assert pipeline.messenger.was_tried_before == [False, True]


async def test_after_a_crash_the_next_process_knows_that_it_may_have_been_sent(pipeline, store):
    await decide(pipeline, store, ShowScreen("un"))
    later = Pipeline(store, pipeline.clock)
    await later.sender.recover()
    await later.settle()
    assert later.messenger.texts(71) == ["un"]
    assert later.messenger.was_tried_before == [True]


async def test_a_refused_message_does_not_hold_what_follows(pipeline, store):
    pipeline.messenger.ending = lambda _chat, action: (
        Refused("BadRequest") if action == ShowScreen("un") else None
    )
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un"), ShowScreen("deux")))
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == ["deux"]
    assert await store.chats_with_messages(pipeline.clock.now()) == []


async def test_a_messenger_that_breaks_does_not_stop_the_others(pipeline, store, caplog):
    def ending(_chat, action):
        if action == ShowScreen("un"):
            raise ValueError("un, wörtlich")

    pipeline.messenger.ending = ending
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un"), ShowScreen("deux")))
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == ["deux"]
    assert "wörtlich" not in caplog.text


async def test_what_would_come_too_late_is_replaced_by_one_neutral_line(pipeline, store):
    await decide(pipeline, store, ShowScreen("lieu", edit=7), ShowScreen("numéro"))
    later = Pipeline(store, pipeline.clock)
    later.clock.forward(minutes=6)
    await later.sender.recover()
    await later.settle()
    assert later.messenger.carried == [(71, ShowScreen(LINES.late.text, edit=7))]
    assert await store.chats_with_messages(later.clock.now()) == []


async def test_a_held_farewell_lets_the_deletions_behind_it_pass(pipeline):
    pipeline.messenger.ending = lambda _chat, action: (
        Deferred(30) if isinstance(action, ShowScreen) else None
    )
    await pipeline.worker.accept([text_update(1, 71, "quitter")])
    await pipeline.settle()
    assert pipeline.messenger.deleted(71) == [1]


async def test_a_stop_leaves_held_messages_in_the_outbox(pipeline, store):
    pipeline.messenger.ending = lambda _chat, _action: Deferred(60)
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un")))
    await pipeline.settle()
    async with asyncio.timeout(5):
        await pipeline.sender.drain(30)
    assert await store.chats_with_messages(pipeline.clock.now()) == [71]


@pytest.mark.parametrize("seconds", [1, 40])
async def test_a_message_put_off_waits_in_the_next_process_too(pipeline, store, seconds):
    pipeline.messenger.ending = lambda _chat, _action: Deferred(seconds)
    pipeline.sender.send(71, await decide(pipeline, store, ShowScreen("un")))
    await pipeline.settle()
    await pipeline.crash()
    later = Pipeline(store, pipeline.clock)
    await later.sender.recover()
    await later.settle()
    assert later.messenger.texts(71) == []
    await later.crash()
    later.clock.forward(seconds=seconds + 1)
    await later.sender.recover()
    await later.settle()
    assert later.messenger.texts(71) == ["un"]
    await later.crash()
