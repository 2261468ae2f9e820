"""Long polling confirms an update only once it is stored."""

import asyncio

import pytest

from bot.conversation.store_port import StoreUnavailableError
from bot.telegram.polling import Poller
from tests.bot_api.server import until
from tests.fakes.pipeline import CountingTally


class Inbox:
    def __init__(self):
        self.taken = []
        self.is_broken = False

    async def accept(self, updates):
        if self.is_broken:
            raise StoreUnavailableError("OperationalError")
        self.taken += updates


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def poller(client, inbox):
    return Poller(client, inbox, CountingTally())


@pytest.fixture
async def polling(poller):
    task = asyncio.create_task(poller.run())
    yield poller
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.usefixtures("polling")
async def test_updates_come_in_order_and_are_confirmed(inbox, awa, api):
    numbers = [awa.says(f"m{n}") for n in range(5)]
    await until(lambda: [raw.update_id for raw in inbox.taken] == numbers)
    await until(lambda: api.updates.confirmed == numbers[-1])


async def test_what_is_not_stored_is_not_confirmed(poller, inbox, awa, api):
    inbox.is_broken = True
    awa.says("bonjour")
    for _ in range(2):
        with pytest.raises(StoreUnavailableError):
            await poller.poll_once()
    assert api.updates.confirmed == 0
    inbox.is_broken = False
    await poller.poll_once()
    assert len(inbox.taken) == 1


@pytest.mark.usefixtures("polling")
async def test_an_update_nobody_understands_does_not_block_the_next(inbox, awa, api):
    api.updates.push({"message": {"chat": {"id": "x"}}})
    api.updates.push({"something_new": {}})
    awa.says("bonjour")
    await until(lambda: len(inbox.taken) == 1)


@pytest.mark.usefixtures("polling")
@pytest.mark.parametrize("kind", ["500", "429", "garbage"])
async def test_polling_goes_on_after_a_fault(inbox, awa, api, kind):
    api.fail(kind, method="getUpdates", seconds=0.1)
    api.fail(kind, method="getUpdates", seconds=0.1)
    awa.says("bonjour")
    await until(lambda: len(inbox.taken) == 1)


async def test_another_poller_is_waited_out(client, inbox, api, caplog):
    api.updates.point_at("http://127.0.0.1:9/", "")
    tally = CountingTally()
    task = asyncio.create_task(Poller(client, inbox, tally).run())
    await until(lambda: tally.counts.get(("polling", "conflict")))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [record.message for record in caplog.records] == ["another_poller_has_this_token"]


async def test_an_answer_of_an_odd_shape_ends_no_poller(inbox):
    asked = []

    class OddApi:
        async def call(self, _method, fields, **_how):
            asked.append(fields["offset"])
            return ["nothing at all", {"message": {}}, {"update_id": 5}]

    poller = Poller(OddApi(), inbox, CountingTally())
    await poller.poll_once()
    await poller.poll_once()
    assert asked == [0, 6]
    assert inbox.taken == []
