"""A store on both databases, and the pipeline around it with fakes."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from bot.adapters.store import SqlConversationStore
from bot.conversation.sender import Sender
from bot.conversation.store_port import ConversationStore
from bot.conversation.sweeper import Sweeper
from bot.conversation.worker import Worker
from storage.keys import Keyring
from storage.store import Store, open_store
from tests.fakes.pipeline import (
    CountingTally,
    EchoDriver,
    RecordingMessenger,
    SteppingClock,
    surroundings,
)


@pytest.fixture
async def database(migrated_url: str, keyring: Keyring) -> AsyncIterator[Store]:
    opened = open_store(migrated_url, keyring)
    yield opened
    await opened.close()


@pytest.fixture
def store(database: Store) -> SqlConversationStore:
    return SqlConversationStore(database, is_shared=False)


class Pipeline:
    """Worker, sender and sweeper over a store, with a driver that echoes."""

    def __init__(
        self,
        store: ConversationStore,
        clock: SteppingClock | None = None,
        halt_seconds: float = 2.0,
    ) -> None:
        self.driver = EchoDriver()
        self.messenger = RecordingMessenger()
        self.clock = clock or SteppingClock()
        self.tally = CountingTally()
        self.around = surroundings(
            store,
            driver=self.driver,
            messenger=self.messenger,
            clock=self.clock,
            tally=self.tally,
        )
        self.sender = Sender(self.around, halt_seconds=halt_seconds)
        self.worker = Worker(self.around, self.sender)
        self.sweeper = Sweeper(self.around, self.worker, self.sender)

    async def settle(self) -> None:
        """Wait until everything that can be done now is done."""
        await self.until(self._is_idle)

    def _is_idle(self) -> bool:
        sending = self.sender._lanes.values()  # noqa: SLF001  # only a test wants to know
        return not self.worker._lanes and all(lane.is_holding for lane in sending)  # noqa: SLF001  # as above

    async def until(self, what: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not what():  # noqa: ASYNC110  # anything may be waited for
                await asyncio.sleep(0.005)

    async def crash(self) -> None:
        """End like a killed process: nothing is finished, nothing is said to the store."""
        tasks = [
            lane.task
            for lanes in (self.worker._lanes, self.sender._lanes)  # noqa: SLF001  # a crash asks nobody
            for lane in lanes.values()
            if lane.task is not None
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def pipeline(store: SqlConversationStore) -> AsyncIterator[Pipeline]:
    made = Pipeline(store)
    yield made
    await made.crash()
