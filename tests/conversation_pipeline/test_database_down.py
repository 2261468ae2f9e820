"""The worker while the database gives no answer."""

import asyncio

import pytest

from bot.conversation.outgoing import DeleteMessages, ShowScreen
from bot.conversation.ports import Deferred, Delivered
from bot.conversation.store_port import StoreUnavailableError
from tests.conversation_pipeline.conftest import Pipeline
from tests.fakes.pipeline import LINES, NEUTRAL, text_update


class BrokenStore:
    """A database that gives no answer, wrapped around one that does."""

    def __init__(self, store):
        self.store = store
        self.is_shared = False
        self.is_broken = False
        self.broken = set()
        self.gate = None

    async def accept(self, updates, now):
        if self.gate is not None:
            await self.gate.wait()
        if self.is_broken:
            await self._refuse()
        return await self.store.accept(updates, now)

    def __getattr__(self, name):
        if self.is_broken or name in self.broken:
            return self._refuse
        return getattr(self.store, name)

    async def _refuse(self, *_args, **_named):
        raise StoreUnavailableError("OperationalError")


@pytest.fixture
def fragile(store):
    return BrokenStore(store)


async def test_an_update_that_cannot_be_stored_is_not_acknowledged(fragile):
    pipeline = Pipeline(fragile)
    fragile.is_broken = True
    with pytest.raises(StoreUnavailableError):
        await pipeline.worker.accept([text_update(1, 71, "un")])
    assert pipeline.messenger.carried == []


async def test_leaving_works_with_the_database_down(fragile):
    pipeline = Pipeline(fragile)
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    fragile.is_broken = True
    leaving = text_update(2, 71, "quitter")
    for _ in range(2):  # Telegram sends it again
        with pytest.raises(StoreUnavailableError):
            await pipeline.worker.accept([leaving])
    actions = [action for _, action in pipeline.messenger.carried][1:]
    assert actions == [ShowScreen(NEUTRAL), DeleteMessages((1, 2, 101)), LINES.leftover]
    fragile.is_broken = False
    await pipeline.worker.accept([leaving])
    await pipeline.settle()
    assert pipeline.messenger.texts(71)[-1] == NEUTRAL
    assert pipeline.messenger.deleted(71).count(1) == 2


async def test_what_telegram_puts_off_while_the_database_is_down_is_tried_again(fragile):
    pipeline = Pipeline(fragile)
    fragile.is_broken = True
    refused = {"times": 2}

    def ending(_chat, action):
        if isinstance(action, DeleteMessages) and refused["times"]:
            refused["times"] -= 1
            return Deferred(1)
        return Delivered()

    pipeline.messenger.ending = ending
    leaving = text_update(2, 71, "quitter")
    for _ in range(5):
        with pytest.raises(StoreUnavailableError):
            await pipeline.worker.accept([leaving])
    actions = [action for _, action in pipeline.messenger.carried]
    # Said once, told once; deleted at the third try and not again.
    assert actions.count(ShowScreen(NEUTRAL)) == actions.count(LINES.leftover) == 1
    assert refused["times"] == 0
    assert [one for one in actions if isinstance(one, DeleteMessages)][-1] == DeleteMessages((2,))


async def test_leaving_does_not_wait_for_a_slow_database(fragile):
    pipeline = Pipeline(fragile)
    fragile.gate = asyncio.Event()
    accepting = asyncio.create_task(pipeline.worker.accept([text_update(1, 71, "quitter")]))
    await pipeline.until(lambda: pipeline.messenger.texts(71)[:1] == [NEUTRAL])
    assert pipeline.messenger.deleted(71) == [1]
    fragile.gate.set()
    await accepting
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == [NEUTRAL, LINES.leftover.text, NEUTRAL]


@pytest.mark.parametrize("fails_at", ["load", "commit"])
async def test_leaving_goes_on_when_the_database_fails_after_the_inbox(fragile, fails_at):
    pipeline = Pipeline(fragile)
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    fragile.broken = {fails_at}
    await pipeline.worker.accept([text_update(2, 71, "quitter")])
    await pipeline.until(lambda: pipeline.messenger.deleted(71) == [1, 2, 101])
    assert pipeline.messenger.texts(71)[1:2] == [NEUTRAL]
    fragile.broken = set()
    await pipeline.settle()
    assert pipeline.messenger.texts(71)[-1] == NEUTRAL


async def test_a_database_that_comes_back_lets_the_work_go_on(fragile):
    pipeline = Pipeline(fragile)
    pipeline.messenger.gate = asyncio.Event()
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.until(lambda: pipeline.messenger.was_tried_before)
    fragile.is_broken = True
    pipeline.messenger.gate.set()
    await asyncio.sleep(0.05)
    fragile.is_broken = False
    await pipeline.worker.accept([text_update(2, 71, "deux")])
    await pipeline.until(lambda: pipeline.messenger.texts(71) == ["1: un", "2: deux"])
