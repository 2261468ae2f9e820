"""The real conversation in the real pipeline, over a database, with a messenger that remembers."""

import pytest

from bot.adapters.store import SqlConversationStore
from bot.conversation.sender import Sender
from bot.conversation.sweeper import Sweeper
from bot.conversation.worker import Worker
from storage.store import open_store
from tests.conversation_pipeline.conftest import Pipeline
from tests.fakes.pipeline import RecordingMessenger, SteppingClock, surroundings
from tests.golden.conftest import conversation, demo_settings

__all__ = ["conversation", "demo_settings"]


class RealPipeline(Pipeline):
    """Worker, sender and sweeper around the real conversation."""

    def __init__(self, store, conversation, clock, messenger):
        super().__init__(store, clock)
        self.messenger = messenger
        self.around = surroundings(
            store,
            driver=conversation,
            messenger=messenger,
            clock=clock,
            limit_incoming=False,
        )
        self.sender = Sender(self.around)
        self.worker = Worker(self.around, self.sender)
        self.sweeper = Sweeper(self.around, self.worker, self.sender)

    async def take(self, update):
        """Accept an update and wait until it is answered."""
        await self.worker.accept([update])
        await self.settle()


@pytest.fixture
async def database(migrated_sqlite_url, keyring):
    """The tables of one installation."""
    opened = open_store(migrated_sqlite_url, keyring)
    yield opened
    await opened.close()


@pytest.fixture
async def pipeline(database, conversation):
    """The whole way of a message, from the inbox to the chat."""
    clock, messenger = SteppingClock(), RecordingMessenger()
    made = RealPipeline(
        SqlConversationStore(database, is_shared=False), conversation, clock, messenger
    )
    yield made
    await made.crash()
