"""Free text: what is heard before any model, what the model says, and what to do when it can't."""

import logging
from dataclasses import dataclass, replace

from bot.conversation import phrases
from bot.conversation.answering import Answer, Walker
from bot.conversation.deciding import OUT_OF_SCOPE, Ask, Decision, GiveUp, Go, Thresholds, decide
from bot.conversation.entrances import searched_words
from bot.conversation.guard import Guard
from bot.conversation.naming import asks_for_a_name, may_be_a_name, sounds_alarming
from bot.conversation.person import Person
from bot.conversation.ports import Interpretation, Understanding
from bot.conversation.pressing import GUESSES
from bot.conversation.self_said import CHILD, SelfSaid
from flows.engine.advance import advance
from flows.engine.effects import LookUp
from flows.engine.events import Repeated, Wrote

MISSES_BEFORE_LINES = 2
_CARE_FIRST = (("care_first", "yes"), ("fresh", "yes"))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Answers what people write.

    Attributes:
        walker: takes the person through the flows.
        guard: the words that change the language.
        self_said: what a sentence says of its writer, with no model.
        understanding: what a text asks for.
        thresholds: how sure is sure enough.
    """

    walker: Walker
    guard: Guard
    self_said: SelfSaid
    understanding: Understanding
    thresholds: Thresholds

    async def hear(self, person: Person, text: str) -> Answer:
        """Answer a text that does not leave."""
        answer = await self._without_model(person, text)
        if answer is not None:
            return answer
        said = await self._interpret(text)
        if said is None:
            return await self.walker.begin(person, "something_else")
        if self.self_said.needs_care_first(text):
            said = replace(said, slots=(*said.slots, *_CARE_FIRST))
        return await self._understood(_with_language(person, said), said, person.language)

    async def take(self, person: Person, text: str) -> Answer:
        """Take what was shared as if it had been typed for the screen that waits."""
        answer = await self._typed_answer(person, text)
        return answer if answer is not None else await self._reject(person)

    async def _without_model(self, person: Person, text: str) -> Answer | None:
        """Answer what fixed words, rules or the screen itself understand."""
        language = self.guard.language(text)
        if language is not None:
            return await self.walker.run(replace(person, language=language), Repeated())
        flow = self.self_said.flow(text)
        crisis = self.understanding.crisis(text)
        if crisis is not None:
            return await self._alarmed(person, crisis, text, self_said=flow)
        if flow is not None:
            person = await self._in_their_language(person, text)
            answer = await self.walker.begin(replace(person, misses=0), flow)
            return replace(answer, delete_own=True)
        wanted = searched_words(text)
        if wanted is not None:
            return await self._search(person, wanted)
        if self.walker.takes_text(person):
            return await self._typed_on_screen(person, text)
        return None

    async def _typed_on_screen(self, person: Person, text: str) -> Answer | None:
        """Take the answer; beside a name with a word of alarm stands the way to urgent help."""
        is_alarming = asks_for_a_name(self.walker.screen(person)) and sounds_alarming(text)
        answer = await self._typed_answer(person, text)
        return replace(answer, offers_emergency=is_alarming) if answer is not None else None

    async def _search(self, person: Person, wanted: str) -> Answer:
        """Search as if the search screen stood here; it keeps nothing of what was typed."""
        asked = await self.walker.begin(person, "search")
        answer = await self._typed_answer(asked.person, wanted)
        return answer if answer is not None else await self._reject(asked.person)

    async def _interpret(self, text: str) -> Interpretation | None:
        """Return what `text` asks for, or `None` when understanding itself is broken."""
        try:
            return await self.understanding.interpret(text)
        except Exception as error:  # noqa: BLE001  # whatever broke, a person is answered
            # Only the kind: an error's words or traceback could quote what was written.
            _log.warning("understanding_failed: %s", type(error).__name__)
            return None

    async def _alarmed(
        self, person: Person, crisis: str, text: str, *, self_said: str | None
    ) -> Answer:
        """Answer a crisis that the lexicon saw; a name that sounds like one keeps its screen."""
        is_asked = self_said is None and asks_for_a_name(self.walker.screen(person))
        if is_asked and may_be_a_name(text, self.understanding.crisis):
            return replace(await self.take(person, text), offers_emergency=True)
        answer = await self.walker.go(await self._in_their_language(person, text), crisis)
        # A child's answer keeps nothing, whatever the screen (S34).
        return replace(answer, keep_nothing=self_said == CHILD)

    async def _in_their_language(self, person: Person, text: str) -> Person:
        """Ask the model for the language alone, where none is known yet."""
        said = await self._interpret(text) if person.language is None else None
        return person if said is None else _with_language(person, said)

    async def _typed_answer(self, person: Person, text: str) -> Answer | None:
        """Take `text` as the answer to the screen, or return `None` when it isn't one."""
        turn = advance(self.walker.library, person.session, Wrote(text))
        asked = turn.effects[-1]
        if not isinstance(asked, LookUp):
            return None
        found = await self.walker.look_up(asked)
        if not found.slots and not found.options:
            return None
        return await self.walker.run(replace(person, session=turn.session, misses=0), found)

    async def _understood(self, person: Person, said: Interpretation, before: str | None) -> Answer:
        decision = decide(said, self.walker.destinations, self.thresholds)
        offered = _other_language(person, said, is_first=before is None)
        answer = await self._carry_out(person, decision, said)
        return replace(answer, offered_language=offered)

    async def _carry_out(self, person: Person, decision: Decision, said: Interpretation) -> Answer:
        takes_text = self.walker.takes_text(person)
        match decision:
            case Go(intent) if intent != OUT_OF_SCOPE:
                return await self.walker.go(person, intent, said.slots)
            case Ask(intents) if not takes_text and person.misses + 1 < MISSES_BEFORE_LINES:
                slots = tuple((f"guess_{number}", each) for number, each in enumerate(intents))
                missed = replace(person, misses=person.misses + 1)
                return await self.walker.begin(missed, GUESSES, slots)
            case Go() | Ask() | GiveUp():
                return await self._missed(person, takes_text=takes_text)

    async def _missed(self, person: Person, *, takes_text: bool) -> Answer:
        missed = replace(person, misses=person.misses + 1)
        if missed.misses >= MISSES_BEFORE_LINES:
            return await self.walker.begin(replace(missed, misses=0), "something_else")
        if takes_text:
            return await self._reject(missed)
        answer = await self.walker.begin(missed, "menu")
        return replace(answer, before=(phrases.NOT_UNDERSTOOD,))

    async def _reject(self, person: Person) -> Answer:
        """Say that a typed answer wasn't taken, and show the screen again."""
        screen = self.walker.screen(person)
        answer = await self.walker.run(person, Repeated())
        if screen is None:
            return answer
        said = screen.rejections[0].text if screen.rejections else phrases.NOT_UNDERSTOOD
        return replace(answer, before=(said,))


def _with_language(person: Person, said: Interpretation) -> Person:
    if person.language is not None or said.language == "unknown":
        return person
    return replace(person, language="fr" if said.language == "fr" else "bm")


def _other_language(person: Person, said: Interpretation, *, is_first: bool) -> str | None:
    """Return the language to offer: the one somebody writes in, where it is not the one in use.

    Who begins in both at once was answered in one of them: the other is a tap away.
    """
    if is_first and said.language == "mixed":
        return next(each for each in phrases.LANGUAGE_NAMES if each != person.speaks)
    if said.language in phrases.LANGUAGE_NAMES and said.language != person.speaks:
        return said.language
    return None
