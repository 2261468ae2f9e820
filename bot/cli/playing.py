"""A conversation in the terminal, with the real driver and the demonstration's directory."""

import asyncio
import sys

from bot import bootstrap
from bot.conversation.buttons import Press, encode_press
from bot.conversation.events import ButtonPressed, Event, Incoming, TextArrived
from bot.conversation.outgoing import Button, SendFile, SendPin, ShowScreen, Turn
from bot.conversation.person import encode_person
from bot.conversation.ports import Clock, Driver
from bot.conversation.rendering import FOOT_FLOW, NO_STEP
from bot.settings import Settings

TERMINAL_CHAT = 0


async def play_flow(flow: str, language: str) -> None:
    """Play from the first step of `flow` until the input ends or the person leaves."""
    async with bootstrap.demonstration(Settings.read()) as parts:
        if flow not in parts.library.flows:
            print(f"There is no flow called {flow}.", file=sys.stderr)
            sys.exit(2)
        state: bytes | None = encode_person(bootstrap.person_at(parts.library, flow, language))
        event: Event = ButtonPressed(encode_press(Press(FOOT_FLOW, NO_STEP, language, language)))
        while True:
            turn = await _one_turn(parts.driver, parts.clock, event, state)
            state = turn.state
            buttons = _print_turn(turn)
            if turn.erase:
                return
            line = await asyncio.to_thread(_read_line)
            if line is None:
                return
            chosen = line.strip()
            is_number = chosen.isdigit() and 0 < int(chosen) <= len(buttons)
            event = ButtonPressed(buttons[int(chosen) - 1].data) if is_number else TextArrived(line)


async def _one_turn(driver: Driver, clock: Clock, event: Event, state: bytes | None) -> Turn:
    now = clock.now()
    return await driver.respond(Incoming(TERMINAL_CHAT, event, now, sent_at=now), state, now)


def _print_turn(turn: Turn) -> list[Button]:
    """Print what was sent, with the buttons numbered, and return them in that order."""
    buttons: list[Button] = []
    for action in turn.actions:
        if isinstance(action, ShowScreen):
            print(f"\n{action.text}")
            for row in action.rows:
                numbers = range(len(buttons) + 1, len(buttons) + len(row) + 1)
                print("  ".join(f"[{n}] {b.label}" for n, b in zip(numbers, row, strict=True)))
                buttons += row
        if isinstance(action, SendPin):
            print(f"📍 {action.title} ({action.latitude}, {action.longitude})")
        if isinstance(action, SendFile):
            print(f"📄 {action.name}")
    return buttons


def _read_line() -> str | None:
    try:
        return input("> ")
    except EOFError:
        return None
