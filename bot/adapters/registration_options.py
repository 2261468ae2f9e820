"""What can be tapped in answer to a question of registration, and what no longer can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.adapters import registration_questions as questions
from bot.adapters import registration_texts as texts
from event_registration.desk import Desk
from event_registration.drafts import Draft
from event_registration.errors import ClosedWindowError
from event_registration.gatherings import check_window
from event_registration.schemas import Gathering
from event_registration.vocabulary import Need
from flows.engine.messages import Bilingual, Option
from referral_directory.gazetteer import Gazetteer
from referral_directory.schemas import Place

_MOST_KNOWN = 3
_NUMBERS = frozenset({"women", "men", "young", "disabled"})

Slots = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RegistrationOptions:
    """What a chat can tap in answer to a question.

    Attributes:
        desk: what can be done with registrations.
        gazetteer: regions and cercles.
        chat_id: whose known organisations are suggested.
    """

    desk: Desk
    gazetteer: Gazetteer
    chat_id: int

    def open(self, connection: Connection, now: datetime) -> list[Gathering]:
        """Return the gatherings that take registrations now."""
        found = []
        for each in self.desk.gatherings.coming(connection, now):
            try:
                check_window(each, now)
            except ClosedWindowError:
                continue
            found.append(each)
        return found

    def of(
        self,
        connection: Connection,
        slots: Slots,
        draft: Draft,
        gathering: Gathering | None,
        now: datetime,
    ) -> list[Option]:
        """Return what can be tapped in answer to the question in `slots`."""
        ask = slots.get("ask", "")
        match ask:
            case "gathering":
                found = of_kind(self.open(connection, now), slots, draft)
                return [
                    texts.gathering_option(each, self._name(each.region) if each.region else None)
                    for each in found
                ]
            case "organization":
                return self._known(connection)
            case "region" | "cercle":
                return [
                    Option(place.slug, Bilingual(place.name.fr, place.name.bm))
                    for place in self._places(ask, draft)
                ]
            case "needs":
                chosen = questions.words_of(draft.answers, "needs")
                return [
                    Option(need.value, texts.NEEDS[need], "✅" if need in chosen else "▫️")
                    for need in Need
                ]
            case _:
                numbers = questions.numbers(ask, draft.answers, gathering)
                return [Option(str(each), Bilingual(str(each))) for each in numbers]

    def is_possible(
        self,
        connection: Connection,
        answer: tuple[str, str],
        draft: Draft,
        gathering: Gathering | None,
        now: datetime,
    ) -> bool:
        """Return whether a question's button may still be pressed: old screens stay in a chat."""
        question, choice = answer
        if choice in {questions.SKIP, questions.GIVEN}:
            return True
        match question:
            case "gathering":
                is_free = "editing" not in draft.answers
                return is_free and choice in {each.code for each in self.open(connection, now)}
            case "region" | "cercle":
                return choice in {place.slug for place in self._places(question, draft)}
            case name if name in _NUMBERS:
                numbers = questions.numbers(question, draft.answers, gathering)
                return choice in {str(each) for each in numbers}
            case _:
                return True

    def place(self, region: str, cercle: str | None) -> tuple[Bilingual, Bilingual | None]:
        """Return the names of a region and of a cercle."""
        return self._name(region), self._name(cercle) if cercle else None

    def _name(self, slug: str) -> Bilingual:
        place = self.gazetteer.place(slug)
        return Bilingual(place.name.fr, place.name.bm) if place else Bilingual(slug)

    def _places(self, question: str, draft: Draft) -> Sequence[Place]:
        if question == "region":
            return self.gazetteer.regions()
        return self.gazetteer.cercles(str(draft.answers.get("region", "")))

    def _known(self, connection: Connection) -> list[Option]:
        mine = self.desk.registrations.of_chat(connection, self.chat_id)
        known = {each.application.organization: each.id for each in reversed(mine)}
        return [
            Option(str(number), Bilingual(name), "🏢")
            for name, number in list(known.items())[-_MOST_KNOWN:]
        ]


def of_kind(found: list[Gathering], slots: Slots, draft: Draft) -> list[Gathering]:
    """Return the gatherings of the kind that one came for, all where there is none of it.

    Who changes an answer that is there may choose among all.
    """
    wanted = [each for each in found if each.kind.value == slots.get("kind")]
    return found if "gathering" in draft.answers or not wanted else wanted
