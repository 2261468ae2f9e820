"""Telegram's limits are kept before Telegram has to say so."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.limiter import OVERALL_BURST, PER_CHAT_BURST, SendingLimiter


class FakeTime:
    """Time that passes only where somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


async def moments(chats):
    """When each of these messages, one after the other, was let through."""
    time = FakeTime()
    limiter = SendingLimiter(time=time, sleep=time.sleep)
    passed = []
    for chat in chats:
        await limiter.message(chat)
        passed.append(time.now)
    return passed


async def test_a_small_burst_passes_at_once_and_then_one_a_second():
    assert await moments([71] * 6) == [0, 0, 0, 1, 2, 3]


async def test_many_chats_at_once_share_what_telegram_allows_overall():
    passed = await moments(range(1, 101))
    for first in passed:
        assert sum(first <= one < first + 1 for one in passed) <= 30
    assert passed[:OVERALL_BURST] == [0] * OVERALL_BURST


@given(st.lists(st.integers(min_value=1, max_value=60), max_size=200))
def test_no_second_ever_holds_more_than_thirty_messages(chats):
    passed = asyncio.run(moments(chats))
    for first in passed:
        assert sum(first <= one < first + 1 for one in passed) <= 30


@given(st.lists(st.just(71), max_size=30))
def test_no_chat_gets_more_than_its_burst_and_one_a_second(chats):
    passed = asyncio.run(moments(chats))
    for first in passed:
        in_ten = sum(first <= one < first + 9.5 for one in passed)
        assert in_ten <= PER_CHAT_BURST + 10


async def test_a_hot_chat_does_not_delay_others():
    time = FakeTime()
    held = asyncio.Event()

    async def sleep(_seconds):
        await held.wait()

    limiter = SendingLimiter(time=time, sleep=sleep)
    hot = [asyncio.create_task(limiter.message(71)) for _ in range(10)]
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        await limiter.message(72)
    for task in hot:
        task.cancel()
    await asyncio.gather(*hot, return_exceptions=True)


async def test_a_chat_told_to_wait_waits_alone_and_not_for_ever():
    time = FakeTime()
    limiter = SendingLimiter(time=time, sleep=time.sleep)
    limiter.hold(71, 5)
    assert limiter.held_seconds(71) == 5
    assert limiter.held_seconds(72) == 0
    time.now = 5.1
    assert limiter.held_seconds(71) == 0


async def test_a_shorter_wait_does_not_end_a_longer_one():
    limiter = SendingLimiter(time=FakeTime())
    limiter.hold(71, 30)
    limiter.hold(71, 1)
    assert limiter.held_seconds(71) == 30


async def test_switched_off_nobody_waits():
    async def sleep(_seconds):
        raise AssertionError("nobody should wait")

    limiter = SendingLimiter(enabled=False, sleep=sleep)
    for _ in range(1000):
        await limiter.message(71)


async def test_chats_that_wrote_long_ago_are_forgotten():
    time = FakeTime()
    limiter = SendingLimiter(time=time, sleep=time.sleep)
    for chat in range(10_000):
        limiter._reserve_chat(chat)  # noqa: SLF001  # without the overall limit's waiting
    time.now += 60
    limiter._reserve_chat(-1)  # noqa: SLF001  # as above
    assert len(limiter._chats) == 1  # noqa: SLF001  # memory is what this is about
