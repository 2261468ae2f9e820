"""The conversation driver: guard, understand, advance, look up, and say what to send.

It keeps nothing and sends nothing: state comes in as bytes and goes out as bytes with the actions.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conversation import phrases
from bot.conversation.buttons import Press, decode_press
from bot.conversation.composing import Composer
from bot.conversation.deciding import OUT_OF_SCOPE, Ask, Decision, GiveUp, Go, Thresholds, decide
from bot.conversation.destinations import Destination
from bot.conversation.entrances import entrance, searched_words
from bot.conversation.events import (
    BotBlocked,
    ButtonPressed,
    CommandGiven,
    ContactShared,
    GroupTouched,
    Incoming,
    LocationShared,
    TextArrived,
    VoiceArrived,
)
from bot.conversation.guard import Guard
from bot.conversation.outgoing import Action, AnswerPress, LeaveChat, Turn
from bot.conversation.person import Person, decode_person, encode_person
from bot.conversation.ports import Interpretation, LookUps, Understanding
from bot.conversation.rendering import FOOT_FLOW
from flows.engine.advance import advance
from flows.engine.definition import FlowLibrary, Screen
from flows.engine.effects import Effect, Erase, Fail, LookUp
from flows.engine.events import Began, Chose, Event, LookedUp, Repeated, WentBack, Wrote
from flows.engine.messages import Message, Option

LATE_AFTER = timedelta(minutes=5)
OWN_MESSAGE_SECONDS = 45  # « within a minute » of the answer
MISSES_BEFORE_LINES = 2
MAX_LOOK_UPS = 8
FIND_HELP = "find_help"
GUESSES = "not_understood"
_LEAVE_COMMANDS = frozenset({"effacer", "stop"})
_COMMAND_FLOWS = {"menu": "menu", "aide": FIND_HELP, "langue": "welcome"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of an event: the person as they are now, effects, and words around them."""

    person: Person
    effects: tuple[Effect, ...] = ()
    before: tuple[Message, ...] = ()
    delete_own: bool = False
    offered_language: str | None = None
    delete_now: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers events; fulfils the `Driver` port.

    Attributes:
        library: the flows.
        destinations: intent -> where it leads.
        thresholds: how sure is sure enough.
        guard: the words that leave.
        understanding: what a text asks for.
        look_ups: what flows want to know.
        composer: turns effects into screens.
    """

    library: FlowLibrary
    destinations: Mapping[str, Destination]
    thresholds: Thresholds
    guard: Guard
    understanding: Understanding
    look_ups: LookUps
    composer: Composer

    async def respond(self, incoming: Incoming, state: bytes | None, now: datetime) -> Turn:
        """Return what the event causes; see `bot.conversation.ports.Driver`."""
        event = incoming.event
        if isinstance(event, GroupTouched):
            return Turn(None, (LeaveChat(),))
        if isinstance(event, BotBlocked):
            return Turn(None, stop=True)
        person = decode_person(state)
        if isinstance(event, ButtonPressed):
            press = decode_press(event.data)
            if press is not None:
                person = replace(person, language=press.language)
        if self.leaves(incoming):
            return self._leave(incoming, person, now)
        if now - (incoming.sent_at or incoming.received_at) > LATE_AFTER:
            return self._late(incoming, person)
        answer = await self._answer(incoming, person, now)
        if any(isinstance(effect, Erase) for effect in answer.effects):
            return self._leave(incoming, answer.person, now)
        return self._turn(incoming, answer)

    def leaves(self, incoming: Incoming) -> bool:
        """Return whether the event leaves and erases; needs neither model nor database."""
        match incoming.event:
            case TextArrived(text):
                return self.guard.leaves(text)
            case CommandGiven(name, _):
                return name in _LEAVE_COMMANDS
            case ButtonPressed(data):
                press = decode_press(data)
                return press is not None and (press.flow, press.choice) == (FOOT_FLOW, "quit")
            case _:
                return False

    def must_hear(self, incoming: Incoming) -> bool:
        """Return whether the event is answered even in a flood of others: leaving, or danger."""
        event = incoming.event
        if isinstance(event, TextArrived) and self.understanding.crisis(event.text) is not None:
            return True
        return self.leaves(incoming)

    def _leave(self, incoming: Incoming, person: Person, now: datetime) -> Turn:
        neutral = phrases.NEUTRAL[now.second % len(phrases.NEUTRAL)]
        actions: list[Action] = [self.composer.plain(neutral, person.speaks)]
        actions += _press_answer(incoming)
        return Turn(None, tuple(actions), erase=True)

    def _late(self, incoming: Incoming, person: Person) -> Turn:
        """Answer an old update with nothing that tells: the phone may be in other hands by now."""
        fresh = Person(language=person.language, late_told=True)
        actions: list[Action] = [*_press_answer(incoming)]
        if not person.late_told:
            turn = advance(self.library, fresh.session, Began("menu"))
            fresh = replace(fresh, session=turn.session)
            actions += self.composer.compose(
                turn.effects, fresh.speaks, before=(phrases.LATE,), new_message=True
            ).actions
        return Turn(encode_person(fresh), tuple(actions))

    def _turn(self, incoming: Incoming, answer: _Answer) -> Turn:
        person = answer.person
        edit = incoming.message_id if isinstance(incoming.event, ButtonPressed) else None
        composed = self.composer.compose(
            answer.effects,
            person.speaks,
            before=answer.before,
            edit=edit,
            new_message=edit is None,
            notice=not person.notice_given,
            after=(phrases.MESSAGE_GOES,) if answer.delete_own else (),
            offered_language=answer.offered_language,
        )
        person = replace(person, notice_given=person.notice_given or composed.notice_given)
        return Turn(
            encode_person(person),
            (*_press_answer(incoming), *composed.actions),
            delete_own_after_seconds=OWN_MESSAGE_SECONDS if answer.delete_own else None,
            delete_own_now=answer.delete_now,
        )

    async def _answer(self, incoming: Incoming, person: Person, now: datetime) -> _Answer:
        person = replace(person, late_told=False)
        match incoming.event:
            case TextArrived(text):
                return await self._hear(person, text, now)
            case ButtonPressed(data):
                return await self._pressed(person, decode_press(data), now)
            case CommandGiven(name, payload):
                return await self._command(person, name, payload, now)
            case LocationShared(latitude, longitude):
                return await self._located(person, latitude, longitude, now)
            case other:
                kind = "voice" if isinstance(other, VoiceArrived) else "media"
                answer = await self._run(person, Began(kind), now)
                # A contact is somebody's number: it goes from the chat at once.
                return replace(answer, delete_now=isinstance(other, ContactShared))

    # -- buttons and commands --------------------------------------------------------------

    async def _pressed(self, person: Person, press: Press | None, now: datetime) -> _Answer:
        person = replace(person, misses=0)
        if press is None:
            return await self._old_button(person, now)
        if press.flow == FOOT_FLOW:
            return await self._foot(person, press.choice, now)
        if press.flow == GUESSES and press.choice in self.destinations:
            return await self._go(person, press.choice, (), now)
        if (press.flow, press.step) == ("welcome", "language"):
            person = replace(person, language=press.choice if press.choice == "bm" else "fr")
        answer = await self._run(person, Chose(press.flow, press.step, press.choice), now)
        if any(isinstance(effect, Fail) for effect in answer.effects):
            return await self._old_button(person, now)
        return answer

    async def _old_button(self, person: Person, now: datetime) -> _Answer:
        answer = await self._run(person, Began("menu"), now)
        return replace(answer, before=(phrases.OLD_BUTTON,))

    async def _foot(self, person: Person, choice: str, now: datetime) -> _Answer:
        match choice:
            case "emergency":
                return await self._run(person, Began("emergency"), now)
            case "back":
                return await self._run(person, WentBack(), now)
            case "fr" | "bm":
                return await self._run(replace(person, language=choice), Repeated(), now)
            case _:
                return await self._run(person, Began("menu"), now)

    async def _command(self, person: Person, name: str, payload: str, now: datetime) -> _Answer:
        if name == "start":
            return await self._start(person, payload, now)
        return await self._run(person, Began(_COMMAND_FLOWS.get(name, "menu")), now)

    async def _start(self, person: Person, payload: str, now: datetime) -> _Answer:
        flow, slots = entrance(payload) or ("menu", ())
        if person.language is not None:
            return await self._run(person, Began(flow, slots), now)
        return await self._run(person, Began("welcome", (("after", flow), *slots)), now)

    async def _located(
        self, person: Person, latitude: float, longitude: float, now: datetime
    ) -> _Answer:
        """Map an unasked pin to its cercle in memory; the pin itself goes from the chat at once."""
        place = await self.look_ups.locate(latitude, longitude)
        if place is None:
            answer = await self._run(person, Repeated(), now)
            return replace(answer, before=(phrases.NOT_A_PLACE,), delete_now=True)
        known = dict(person.session.slots) if self._is_in(person, FIND_HELP) else {}
        slots = {**known, "place": place, "place_said": "yes"}
        slots.pop("service", None)
        answer = await self._run(person, Began(FIND_HELP, tuple(slots.items())), now)
        return replace(answer, before=(phrases.PIN_DELETED,), delete_now=True)

    # -- free text -------------------------------------------------------------------------

    async def _hear(self, person: Person, text: str, now: datetime) -> _Answer:
        language = self.guard.language(text)
        if language is not None:
            return await self._run(replace(person, language=language), Repeated(), now)
        crisis = self.understanding.crisis(text)
        if crisis is not None:
            return await self._crisis(person, crisis, text, now)
        wanted = searched_words(text)
        if wanted is not None:
            return await self._search(person, wanted, now)
        if self._takes_text(person):
            answer = await self._typed_answer(person, text, now)
            if answer is not None:
                return answer
        said = await self._interpret(text)
        if said is None:
            return await self._run(person, Began("something_else"), now)
        return await self._understood(self._with_language(person, said), said, now)

    async def _search(self, person: Person, wanted: str, now: datetime) -> _Answer:
        """Search as if the search screen stood here; it keeps nothing of what was typed."""
        asked = await self._run(person, Began("search"), now)
        answer = await self._typed_answer(asked.person, wanted, now)
        return answer if answer is not None else await self._reject(asked.person, now)

    async def _interpret(self, text: str) -> Interpretation | None:
        """Return what `text` asks for, or `None` when understanding itself is broken."""
        try:
            return await self.understanding.interpret(text)
        except Exception as error:  # noqa: BLE001  # whatever broke, a person is answered
            # Only the kind: an error's words or traceback could quote what was written.
            _log.warning("understanding_failed: %s", type(error).__name__)
            return None

    async def _crisis(self, person: Person, crisis: str, text: str, now: datetime) -> _Answer:
        """Answer a crisis that the lexicon saw; the model is asked for the language alone."""
        said = await self._interpret(text) if person.language is None else None
        if said is not None:
            person = self._with_language(person, said)
        return await self._go(person, crisis, (), now)

    async def _typed_answer(self, person: Person, text: str, now: datetime) -> _Answer | None:
        """Take `text` as the answer to the screen, or return `None` when it isn't one."""
        turn = advance(self.library, person.session, Wrote(text))
        asked = turn.effects[-1]
        if not isinstance(asked, LookUp):
            return None
        found = await self.look_ups.look_up(asked, now)
        if not found.slots and not found.options:
            return None
        return await self._run(replace(person, session=turn.session, misses=0), found, now)

    async def _understood(self, person: Person, said: Interpretation, now: datetime) -> _Answer:
        decision = decide(said, self.destinations, self.thresholds)
        offered = _other_language(person, said)
        answer = await self._carry_out(person, decision, said, now)
        return replace(answer, offered_language=offered)

    async def _carry_out(
        self, person: Person, decision: Decision, said: Interpretation, now: datetime
    ) -> _Answer:
        takes_text = self._takes_text(person)
        match decision:
            case Go(intent) if intent != OUT_OF_SCOPE:
                return await self._go(person, intent, said.slots, now)
            case Ask(intents) if not takes_text and person.misses + 1 < MISSES_BEFORE_LINES:
                slots = tuple((f"guess_{number}", each) for number, each in enumerate(intents))
                missed = replace(person, misses=person.misses + 1)
                return await self._run(missed, Began(GUESSES, slots), now)
            case Go() | Ask() | GiveUp():
                return await self._missed(person, takes_text=takes_text, now=now)

    async def _missed(self, person: Person, *, takes_text: bool, now: datetime) -> _Answer:
        missed = replace(person, misses=person.misses + 1)
        if missed.misses >= MISSES_BEFORE_LINES:
            return await self._run(replace(missed, misses=0), Began("something_else"), now)
        if takes_text:
            return await self._reject(missed, now)
        answer = await self._run(missed, Began("menu"), now)
        return replace(answer, before=(phrases.NOT_UNDERSTOOD,))

    async def _reject(self, person: Person, now: datetime) -> _Answer:
        """Say that a typed answer wasn't taken, and show the screen again."""
        current = person.session.current
        answer = await self._run(person, Repeated(), now)
        if current is None:
            return answer
        screen = self.library.flows[current.flow].steps[current.step]
        said = screen.rejections[0].text if isinstance(screen, Screen) else phrases.NOT_UNDERSTOOD
        return replace(answer, before=(said,))

    async def _go(
        self, person: Person, intent: str, slots: tuple[tuple[str, str], ...], now: datetime
    ) -> _Answer:
        destination = self.destinations[intent]
        known = set(self.library.flows[destination.flow].slots)
        given = {**dict(destination.slots), **{key: each for key, each in slots if key in known}}
        person = replace(person, misses=0)
        answer = await self._run(person, Began(destination.flow, tuple(given.items())), now)
        return replace(answer, delete_own=destination.is_sensitive)

    # -- the engine ------------------------------------------------------------------------

    async def _run(self, person: Person, event: Event, now: datetime) -> _Answer:
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
            event = await self._look_up(asked, now)
        for effect in effects:
            if isinstance(effect, Fail):
                _log.warning("flow_failed: %s", effect.reason)
        return _Answer(person, tuple(effects))

    async def _look_up(self, asked: LookUp, now: datetime) -> LookedUp:
        if asked.name == "guesses":
            return LookedUp(asked.name, options=self._guess_options(dict(asked.slots)))
        return await self.look_ups.look_up(asked, now)

    def _guess_options(self, slots: Mapping[str, str]) -> tuple[Option, ...]:
        guesses = [slots[name] for name in sorted(slots) if name.startswith("guess_")]
        return tuple(
            Option(intent, self.destinations[intent].label, self.destinations[intent].icon)
            for intent in guesses
            if intent in self.destinations
        )

    # -- small questions -------------------------------------------------------------------

    def _takes_text(self, person: Person) -> bool:
        current = person.session.current
        if current is None or current.flow not in self.library.flows:
            return False
        step = self.library.flows[current.flow].steps.get(current.step)
        return isinstance(step, Screen) and step.text_input is not None

    def _is_in(self, person: Person, flow: str) -> bool:
        return person.session.current is not None and person.session.current.flow == flow

    def _with_language(self, person: Person, said: Interpretation) -> Person:
        if person.language is not None or said.language == "unknown":
            return person
        return replace(person, language="fr" if said.language == "fr" else "bm")


def _other_language(person: Person, said: Interpretation) -> str | None:
    """Return the language to offer: the one somebody writes in, where it is not the one in use."""
    if said.language in phrases.LANGUAGE_NAMES and said.language != person.speaks:
        return said.language
    return None


def _press_answer(incoming: Incoming) -> tuple[AnswerPress, ...]:
    return (AnswerPress(incoming.press_id),) if incoming.press_id is not None else ()
