"""Resident memory of the real `jigi serve`, with SQLite, the model and the starter directory."""

import asyncio
import random

from benchmarks.crowd import Crowd, Step, pressed, said
from benchmarks.lab import Lab, sentences
from benchmarks.report import Report, Row
from benchmarks.updates import BUTTONS

CHATS = 50
ROUNDS = 10
_MEGABYTE = 1e6
_TARGET = 200


async def run(lab: Lab) -> Report:
    """Measure after the start, and after 500 updates of all kinds."""
    texts = sentences()
    random.Random(1325).shuffle(texts)

    def script(chat_id: int, number: int) -> Step:
        if number % 2:
            return pressed(chat_id, number, BUTTONS[number // 2 % len(BUTTONS)])
        return said(chat_id, number, texts[(chat_id * ROUNDS + number) % len(texts)])

    crowd = Crowd(script)
    async with crowd.sink as sink, lab.serving(sink.base_url) as bot:
        await asyncio.sleep(1)
        fresh = bot.resident / _MEGABYTE
        for _ in range(ROUNDS):
            for chat_id in range(1, CHATS + 1):
                crowd.act(chat_id)
            await crowd.settle()
        used = bot.resident / _MEGABYTE
    _, server = await lab.rasa()
    rasa = server.resident / _MEGABYTE
    rows = [
        Row(
            what=f"resident, {when} (times less)",
            ours=f"{ours:.0f} MB",
            baseline=f"{rasa:.0f} MB, Rasa",
            ratio=rasa / ours,
            target=f"< {_TARGET} MB",
            met=ours < _TARGET,
        )
        for when, ours in (
            ("after the start", fresh),
            (f"after {CHATS * ROUNDS} updates", used),
        )
    ]
    return Report("Memory: `jigi serve` and a Rasa 3.6 server", rows)
