"""What one chat that floods the bot costs the others, with all limits on as in the real world.

Ten calm chats press now and then; in every second stretch another presses thirty times a second,
and Telegram tells the bot to leave that one alone for two seconds (429).
"""

import asyncio
import time
from collections.abc import Sequence

from benchmarks.crowd import Crowd
from benchmarks.lab import Lab
from benchmarks.report import Report, Row, middle, ms, share
from benchmarks.updates import press_buttons

CALM_CHATS = 10
HOT_CHAT = 999
ROUNDS = 3
SECONDS = 4.0
_CALM_PAUSE = 1.1
_HOT_PAUSE = 1 / 30
_HELD_SECONDS = 2.0
_TARGET_RATIO = 2.0


async def run(lab: Lab) -> Report:
    """Measure the calm chats with and without the hot one, in turn."""
    crowd = Crowd(press_buttons)
    calm: list[list[float]] = []
    beside: list[list[float]] = []
    async with (
        crowd.sink as sink,
        lab.serving(sink.base_url, webhook=True, limit=True),
        asyncio.TaskGroup() as group,
    ):
        tasks = [
            group.create_task(_press_calmly(crowd, chat_id)) for chat_id in range(1, CALM_CHATS + 1)
        ]
        await asyncio.sleep(2)
        for _ in range(ROUNDS):
            calm.append(await _stretch(crowd))
            sink.hold_until[HOT_CHAT] = time.monotonic() + _HELD_SECONDS
            flood = group.create_task(_flood(crowd))
            beside.append(await _stretch(crowd))
            flood.cancel()
        for task in tasks:
            task.cancel()
        await crowd.settle(besides=HOT_CHAT)
    rows = [_row(calm, beside, percent) for percent in (50, 95)]
    presses = sum(map(len, calm + beside))
    notes = (f"{presses} presses of calm chats; medians over {ROUNDS} stretches of each kind.",)
    return Report("One hot chat: what the others wait, limits on", rows, notes)


def _row(calm: Sequence[list[float]], beside: Sequence[list[float]], percent: int) -> Row:
    without, with_it = (
        middle(stretches, lambda one: share(one, percent)) for stretches in (calm, beside)
    )
    return Row(
        what=f"other chats, p{percent} beside it (times as long)",
        ours=ms(with_it),
        baseline=f"{ms(without)}, without",
        ratio=with_it / without,
        target=f"≤ {_TARGET_RATIO:g}" if percent == 95 else "",
        met=with_it / without <= _TARGET_RATIO if percent == 95 else None,
    )


async def _stretch(crowd: Crowd) -> list[float]:
    crowd.taken()
    await asyncio.sleep(SECONDS)
    return [wait for chat_id, wait in crowd.taken() if chat_id != HOT_CHAT]


async def _press_calmly(crowd: Crowd, chat_id: int) -> None:
    await asyncio.sleep(chat_id * _CALM_PAUSE / CALM_CHATS)
    while True:
        crowd.act(chat_id)
        await asyncio.sleep(_CALM_PAUSE)


async def _flood(crowd: Crowd) -> None:
    while True:
        crowd.act(HOT_CHAT)
        await asyncio.sleep(_HOT_PAUSE)
