"""What is done with a person, whatever they did: through the flows, until a screen waits."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation.destinations import Destination
from bot.conversation.person import Person
from bot.conversation.ports import LookUps
from flows.engine.advance import advance
from flows.engine.definition import FlowLibrary, Screen
from flows.engine.effects import Effect, Fail, LookUp
from flows.engine.events import Began, Event, LookedUp
from flows.engine.messages import Message, Option

MAX_LOOK_UPS = 8
_GUESSES = "guesses"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an event: the person as they are now, effects, and words around them.

    Attributes:
        before: said before what the flow says.
        delete_own: the person's own message goes within a minute.
        delete_now: it goes at once.
        offered_language: a language to offer with a button.
        all_asked: they asked for everything about them to be gone.
        retimed: they chose anew how long messages last: earlier ones too.
        keep_nothing: no session is saved.
        offers_emergency: the way to urgent help stands beside what the flow says.
    """

    person: Person
    effects: tuple[Effect, ...] = ()
    before: tuple[Message, ...] = ()
    delete_own: bool = False
    delete_now: bool = False
    offered_language: str | None = None
    all_asked: bool = False
    retimed: bool = False
    keep_nothing: bool = False
    offers_emergency: bool = False


@dataclass(frozen=True, slots=True)
class Walker:
    """Takes persons through flows and look-ups.

    Attributes:
        library: the flows.
        destinations: intent -> where it leads.
        look_ups: what flows want to know.
        now: aware UTC.
    """

    library: FlowLibrary
    destinations: Mapping[str, Destination]
    look_ups: LookUps
    now: datetime

    async def run(self, person: Person, event: Event) -> Answer:
        """Take the person through `event` and every look-up that follows from it."""
        effects: list[Effect] = []
        for _ in range(MAX_LOOK_UPS):
            turn = advance(self.library, person.session, event)
            person = replace(person, session=turn.session)
            effects += turn.effects
            asked = effects[-1]
            if not isinstance(asked, LookUp):
                break
            effects.pop()
            event = await self.look_up(asked)
        for effect in effects:
            if isinstance(effect, Fail):
                _log.warning("flow_failed: %s", effect.reason)
        return Answer(person, tuple(effects))

    async def begin(
        self, person: Person, flow: str, slots: tuple[tuple[str, str], ...] = ()
    ) -> Answer:
        """Begin a flow with some answers already given."""
        return await self.run(person, Began(flow, slots))

    async def go(
        self, person: Person, intent: str, slots: tuple[tuple[str, str], ...] = ()
    ) -> Answer:
        """Go where an intent leads, with what the sentence said already."""
        destination = self.destinations[intent]
        known = set(self.library.flows[destination.flow].slots)
        given = {**dict(destination.slots), **{key: each for key, each in slots if key in known}}
        person = replace(person, misses=0)
        answer = await self.begin(person, destination.flow, tuple(given.items()))
        return replace(answer, delete_own=destination.is_sensitive)

    async def look_up(self, asked: LookUp) -> LookedUp:
        """Return what a flow wants to know; the guesses are in its own slots."""
        if asked.name == _GUESSES:
            return LookedUp(asked.name, options=self._guess_options(dict(asked.slots)))
        return await self.look_ups.look_up(asked, self.now)

    def _guess_options(self, slots: Mapping[str, str]) -> tuple[Option, ...]:
        guesses = [slots[name] for name in sorted(slots) if name.startswith("guess_")]
        return tuple(
            Option(intent, self.destinations[intent].label, self.destinations[intent].icon)
            for intent in guesses
            if intent in self.destinations
        )

    def screen(self, person: Person) -> Screen | None:
        """Return the screen that waits for an answer."""
        current = person.session.current
        if current is None or current.flow not in self.library.flows:
            return None
        step = self.library.flows[current.flow].steps.get(current.step)
        return step if isinstance(step, Screen) else None

    def waits_for_phone(self, person: Person) -> bool:
        """Return whether the screen that waits asks for somebody's number."""
        screen = self.screen(person)
        return screen is not None and screen.contact

    def takes_text(self, person: Person) -> bool:
        """Return whether the screen that waits reads typed answers."""
        screen = self.screen(person)
        return screen is not None and screen.text_input is not None
