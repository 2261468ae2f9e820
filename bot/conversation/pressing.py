"""Buttons and commands: what each does, whether its screen is of now or of last month."""

from dataclasses import dataclass, replace

from bot.conversation import phrases
from bot.conversation.answering import Answer, Walker
from bot.conversation.buttons import Press
from bot.conversation.entrances import entrance
from bot.conversation.person import LASTS_SECONDS, Person
from bot.conversation.rendering import FOOT_FLOW
from flows.engine.effects import Fail
from flows.engine.events import Began, Chose, Repeated, WentBack

FIND_HELP = "find_help"
GUESSES = "not_understood"
SETTINGS = "settings"
_DISCREET_LINK = "d"
_ERASE_ALL = ("forget", "sure", "yes")
# For whoever is no staff the last one ends at the menu, as a command that nobody knows does.
_COMMAND_FLOWS = {"menu": "menu", "aide": FIND_HELP, "langue": "welcome", "verifier": "verifier"}
LINK_STAFF = "link_staff"
_LINK_COMMAND = "lier"
_LONGEST_CODE = 20


@dataclass(frozen=True, slots=True)
class Presses:
    """Answers presses and commands.

    Attributes:
        walker: takes the person through the flows.
    """

    walker: Walker

    async def pressed(self, person: Person, press: Press | None) -> Answer:
        """Answer a press; `None` is one whose data is not ours."""
        person = replace(person, misses=0)
        if press is None:
            return await self._old_button(person)
        if press.flow == FOOT_FLOW:
            return await self._foot(person, press.choice)
        if press.flow == SETTINGS:
            return await self._set(person, press.choice)
        if press.flow == GUESSES and press.choice in self.walker.destinations:
            return await self.walker.go(person, press.choice)
        if (press.flow, press.step) == ("welcome", "language"):
            person = replace(person, language=press.choice if press.choice == "bm" else "fr")
        answer = await self.walker.run(person, Chose(press.flow, press.step, press.choice))
        if any(isinstance(effect, Fail) for effect in answer.effects):
            return await self._old_button(person)
        return replace(answer, all_asked=(press.flow, press.step, press.choice) == _ERASE_ALL)

    async def command(self, person: Person, name: str, payload: str) -> Answer:
        """Answer a command that does not leave; an unknown one shows the menu."""
        if name == "start":
            return await self._start(person, payload)
        if name == _LINK_COMMAND:
            return await self.walker.begin(person, LINK_STAFF, (("code", payload[:_LONGEST_CODE]),))
        return await self.walker.begin(person, _COMMAND_FLOWS.get(name, "menu"))

    async def _old_button(self, person: Person) -> Answer:
        answer = await self.walker.begin(person, "menu")
        return replace(answer, before=(phrases.OLD_BUTTON,))

    async def _foot(self, person: Person, choice: str) -> Answer:
        walker = self.walker
        match choice:
            case "emergency":
                return await walker.begin(person, "emergency")
            case "back":
                return await walker.run(person, WentBack())
            case "fr" | "bm":
                return await walker.run(replace(person, language=choice), Repeated())
            case "discreet":
                return await self._toggle_words(person, Repeated())
            case "settings":
                return await self._settings(person)
            case _:
                return await walker.begin(person, "menu")

    async def _start(self, person: Person, payload: str) -> Answer:
        if payload == _DISCREET_LINK:
            person = replace(person, discreet=True)
        flow, slots = entrance(payload) or ("menu", ())
        if person.language is not None or flow == LINK_STAFF:
            return await self.walker.begin(person, flow, slots)
        return await self.walker.begin(person, "welcome", (("after", flow), *slots))

    # -- how a person wants to be spoken to ------------------------------------------------

    async def _toggle_words(self, person: Person, event: Began | Repeated) -> Answer:
        changed = replace(person, discreet=not person.discreet)
        answer = await self.walker.run(changed, event)
        said = phrases.DISCREET_ON if changed.discreet else phrases.DISCREET_OFF
        return replace(answer, before=(said,))

    async def _set(self, person: Person, choice: str) -> Answer:
        if choice in LASTS_SECONDS:
            answer = await self._settings(replace(person, lasts=choice))
            return replace(answer, retimed=True)
        if choice == "words":
            return await self._toggle_words(person, _settings_of(person))
        if choice == "protect":
            return await self._settings(replace(person, protect=not person.protect))
        return await self._settings(person)

    async def _settings(self, person: Person) -> Answer:
        return await self.walker.run(person, _settings_of(person))


def _settings_of(person: Person) -> Began:
    slots = (("lasts", person.lasts), ("protect", "yes" if person.protect else "no"))
    return Began(SETTINGS, slots)
