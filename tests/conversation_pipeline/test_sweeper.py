"""What happens without anybody writing."""

from datetime import timedelta

from bot.conversation.outgoing import AskContact, DeleteMessages
from bot.conversation.ports import Deferred
from tests.fakes.pipeline import any_update, text_update


async def test_a_disclosure_is_deleted_within_a_minute_of_its_answer(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "secret")])
    await pipeline.settle()
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(71) == []
    pipeline.clock.forward(seconds=46)
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(71) == [1]


async def test_what_was_deleted_is_not_deleted_again(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "secret")])
    await pipeline.settle()
    pipeline.clock.forward(seconds=46)
    await pipeline.sweeper.sweep()
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(71) == [1]


async def test_the_key_that_shares_a_number_goes_with_the_answer_and_nothing_else_does(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "un"), text_update(2, 71, "inscrire")])
    await pipeline.settle()
    (key,) = [
        number
        for number, (_, action) in enumerate(pipeline.messenger.carried, start=101)
        if isinstance(action, AskContact)
    ]
    await pipeline.worker.accept([text_update(3, 71, "fini")])
    await pipeline.settle()
    assert pipeline.messenger.deleted(71) == [key]
    pipeline.clock.forward(minutes=6)
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(71) == [key]


async def test_the_key_goes_by_itself_when_nobody_answers(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "inscrire")])
    await pipeline.settle()
    pipeline.clock.forward(seconds=289)
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(71) == []
    pipeline.clock.forward(seconds=2)
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(71) == [102]


async def test_a_deletion_that_telegram_puts_off_is_tried_again(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "secret")])
    await pipeline.settle()
    pipeline.messenger.ending = lambda _chat, action: (
        Deferred(5) if isinstance(action, DeleteMessages) else None
    )
    pipeline.clock.forward(seconds=46)
    await pipeline.sweeper.sweep()
    pipeline.messenger.ending = lambda _chat, _action: None
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(71) == [1]


async def test_updates_that_waited_too_long_lose_their_content(pipeline, store):
    await store.accept([text_update(1, 71, "un")], pipeline.clock.now())
    pipeline.clock.forward(minutes=16)
    await pipeline.sweeper.sweep()
    assert await store.chats_with_updates() == []


async def test_the_ledger_forgets_after_48_hours(pipeline, database, keyring):
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    pipeline.clock.forward(hours=49)
    await pipeline.sweeper.sweep()
    since = pipeline.clock.now() - timedelta(days=30)
    assert await database.read(database.ledger.of, keyring.person(71), since) == []


async def test_one_broken_sweep_does_not_stop_the_others(pipeline, store, caplog):
    def ending(_chat, action):
        if action == DeleteMessages((1,)):
            raise ValueError("wörtlich")

    await pipeline.worker.accept([any_update(1, 71, text="secret")])
    await pipeline.settle()
    await store.accept([text_update(2, 72, "un")], pipeline.clock.now())
    pipeline.messenger.ending = ending
    pipeline.clock.forward(minutes=16)
    await pipeline.sweeper.sweep()
    assert await store.chats_with_updates() == []
    assert "wörtlich" not in caplog.text
