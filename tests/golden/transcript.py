"""Conversations as people read them: played through the driver, and compared as a whole.

> what a person does: words, [a button], /a command, (voice), (photo), (contact), @ 14.5 -4.1
~ 16               sixteen minutes pass
< what is said, and the buttons under it, row by row
= left             everything is erased
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.conversation.events import (
    ButtonPressed,
    CommandGiven,
    ContactShared,
    Event,
    Incoming,
    LocationShared,
    MediaArrived,
    TextArrived,
    VoiceArrived,
)
from bot.conversation.outgoing import DeleteMessages, SendFile, SendPin, ShowScreen, Turn
from bot.conversation.ports import Driver

CHAT = 1000
CHANCE = re.compile(r"\bF-[2-9A-Z]{8}\b")  # a training request's code


@dataclass
class Player:
    """Plays a transcript's inputs and writes down what comes of them."""

    driver: Driver
    now: datetime
    state: bytes | None = None
    expires_at: datetime | None = None
    buttons: dict[str, str] = field(default_factory=dict)

    async def play(self, lines: Iterable[str]) -> list[str]:
        """Return the transcript of the inputs among `lines`, with the comments kept."""
        written: list[str] = []
        for line in lines:
            if line.startswith("#"):
                written.append(line)
            elif line.startswith("~ "):
                self.now += timedelta(minutes=int(line[2:]))
                written += ["", line]
            elif line.startswith("> "):
                done = self._by_id(line[2:])
                written += ["", f"> {done}", *await self._answer(done)]
        return written

    async def _answer(self, done: str) -> list[str]:
        event = self._event(done)
        pressed = isinstance(event, ButtonPressed)
        incoming = Incoming(
            CHAT, event, self.now, 7, "press" if pressed else None, None if pressed else self.now
        )
        expired = self.expires_at is not None and self.now >= self.expires_at
        turn = await self.driver.respond(incoming, None if expired else self.state, self.now)
        self.state = turn.state
        self.expires_at = self.now + timedelta(seconds=turn.lifetime_seconds)
        return list(self._written(turn))

    def _by_id(self, done: str) -> str:
        """Return the label for `[=choice]`: a draft may name a button by its id."""
        if not done.startswith("[="):
            return done
        wanted = done.strip("[=]")
        labels = [label for label, data in self.buttons.items() if data.endswith(f":{wanted}")]
        return f"[{labels[-1]}]"

    def _event(self, done: str) -> Event:
        if done.startswith("["):
            wanted = done.strip("[]")
            return ButtonPressed(self.buttons.get(wanted, wanted))
        if done.startswith("/"):
            name, _, payload = done[1:].partition(" ")
            return CommandGiven(name, payload)
        if done.startswith("@ "):
            latitude, longitude = map(float, done[2:].split())
            return LocationShared(latitude, longitude)
        kinds: dict[str, Event] = {
            "(voice)": VoiceArrived(),
            "(photo)": MediaArrived("photo"),
            "(contact)": ContactShared(),
        }
        return kinds.get(done, TextArrived(done))

    def _written(self, turn: Turn) -> Iterable[str]:
        for action in turn.actions:
            match action:
                case ShowScreen(text=text, rows=rows, edit=edit):
                    yield from (
                        f"{'<' if edit is None else '*'} {line}".rstrip()
                        for line in CHANCE.sub("F-········", text).splitlines()
                    )
                    yield from ("  " + " ".join(f"[{b.label}]" for b in row) for row in rows)
                    shown = {b.label: b.data for row in rows for b in row}
                    # The newest screen's buttons come last: a label may stand on several.
                    self.buttons = {
                        label: data for label, data in self.buttons.items() if label not in shown
                    } | shown
                case SendPin(title=title):
                    yield f"< (map) {title}"
                case SendFile(name=name):
                    yield f"< (file) {name}"
                case DeleteMessages():
                    yield "= deleted"
                case _:
                    pass
        if turn.delete_own_now:
            yield "= own message deleted at once"
        if turn.delete_own_after_seconds is not None:
            yield f"= own message deleted after {turn.delete_own_after_seconds} s"
        if turn.erase:
            yield "= left"
