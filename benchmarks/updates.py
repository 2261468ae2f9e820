"""Button steps of 200 chats at once, through the whole bot, against a bare echo bot.

A step: the update stored, the session loaded and saved, one message edited, the press answered.
The echo bot stores nothing and sends one message. Bots take turns in rounds.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.crowd import Crowd, Phase, Step, pressed, said
from benchmarks.lab import TOKEN, Lab, Running, jigi_environment
from benchmarks.report import Report, Row, middle, ms

CHATS = 200
ROUNDS = 3
SECONDS = 3.0
ALONE_SECONDS = 1.0
BUTTONS = ("1f:menu:main:find_help", "1f:find_help:need:medical")
SEARCH = (*BUTTONS, "1f:find_help:place:mopti")


def press_buttons(chat_id: int, number: int) -> Step:
    """Go from the menu to the need, and on to the place."""
    return pressed(chat_id, number, BUTTONS[number % len(BUTTONS)])


def press_to_services(chat_id: int, number: int) -> Step:
    """Go the same way, and on to a list of services from the directory."""
    return pressed(chat_id, number, SEARCH[number % len(SEARCH)])


def write(chat_id: int, number: int) -> Step:
    """Write a text."""
    return said(chat_id, number, "bonjour")


@dataclass(frozen=True, slots=True)
class _Contender:
    name: str
    crowd: Crowd
    bot: Running


@dataclass(frozen=True, slots=True)
class _Round:
    """One bot's turn.

    Attributes:
        crowded: all chats at once.
        alone: one chat.
        work: seconds of the bot's processor time for each update of the crowd.
    """

    crowded: Phase
    alone: Phase
    work: float


async def run(lab: Lab) -> Report:
    """Measure `jigi serve` through both doors, and the echo bot."""
    async with (
        _jigi(lab, webhook=True) as webhook,
        _jigi(lab, webhook=False) as polling,
        _echo(lab) as echo,
    ):
        found: dict[str, list[_Round]] = {}
        for _ in range(ROUNDS):
            for one in (echo, webhook, polling):
                found.setdefault(one.name, []).append(await _turn(one))
        webhook.crowd.script = press_to_services
        searching = [await _turn(webhook)]
    baseline = found.pop("echo")
    rows = [row for name, rounds in found.items() for row in _rows(name, rounds, baseline)]
    rows.append(_speed("webhook, every third step a search", searching, baseline, asked=False))
    notes = (
        f"{CHATS} chats, {ROUNDS} rounds in turn, medians; JIGI_OUTGOING_LIMIT=0.",
        "Baseline: python-telegram-bot 22 `run_polling` with its own HTTP client.",
    )
    return Report("Updates: a button step and a bare echo bot", rows, notes)


@asynccontextmanager
async def _jigi(lab: Lab, *, webhook: bool) -> AsyncIterator[_Contender]:
    crowd = Crowd(press_buttons)
    async with crowd.sink as sink, lab.serving(sink.base_url, webhook=webhook) as bot:
        yield _Contender("webhook" if webhook else "polling", crowd, bot)


@asynccontextmanager
async def _echo(lab: Lab) -> AsyncIterator[_Contender]:
    crowd = Crowd(write)
    async with crowd.sink as sink:
        command = [sys.executable, "-m", "benchmarks.echo_bot", sink.base_url, TOKEN]
        async with lab.running(command, jigi_environment({})) as bot:
            await sink.is_known.wait()
            yield _Contender("echo", crowd, bot)


async def _turn(one: _Contender) -> _Round:
    alone = await one.crowd.press([1], ALONE_SECONDS, warm=0.2)
    # The warm-up and the end are work too: count every answer of the time that is measured.
    before, began = one.bot.processor_seconds, one.crowd.answered
    crowded = await one.crowd.press(range(1, CHATS + 1), SECONDS)
    work = (one.bot.processor_seconds - before) / (one.crowd.answered - began)
    return _Round(crowded, alone, work)


def _speed(
    name: str, rounds: Sequence[_Round], baseline: Sequence[_Round], *, asked: bool = True
) -> Row:
    ours = middle(rounds, lambda one: one.crowded.per_second)
    theirs = middle(baseline, lambda one: one.crowded.per_second)
    return Row(
        what=f"{name}: updates a second",
        ours=f"{ours:.0f}/s",
        baseline=f"{theirs:.0f}/s, echo",
        ratio=ours / theirs,
        target="≥ 1" if asked else "",
        met=ours >= theirs if asked else None,
    )


def _rows(name: str, rounds: Sequence[_Round], baseline: Sequence[_Round]) -> list[Row]:
    def times(what: str, ours: float, theirs: float) -> Row:
        return Row(
            what=f"{name}: {what} (times less)",
            ours=ms(ours),
            baseline=f"{ms(theirs)}, echo",
            ratio=theirs / ours,
        )

    def waits(who: str, percent: int) -> Row:
        def figure(one: _Round) -> float:
            return getattr(one, who).wait(percent)  # type: ignore[no-any-return]  # one of two phases

        label = f"p{percent} of {CHATS} chats" if who == "crowded" else f"p{percent} of one chat"
        return times(label, middle(rounds, figure), middle(baseline, figure))

    def work(one: _Round) -> float:
        return one.work

    return [
        _speed(name, rounds, baseline),
        *(waits("crowded", percent) for percent in (50, 95)),
        *(waits("alone", percent) for percent in (50, 95)),
        times("processor time an update", middle(rounds, work), middle(baseline, work)),
    ]
