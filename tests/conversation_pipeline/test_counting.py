"""What is counted, and that it is nobody."""

from bot.conversation.ports import Delivered
from tests.fakes.pipeline import text_update


async def test_a_delivery_is_counted_without_persons(pipeline):
    pipeline.messenger.ending = lambda _chat, _action: Delivered()
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    assert pipeline.tally.counts["messages", "delivered"] == 1
    assert all("71" not in name + kind for name, kind in pipeline.tally.counts)
