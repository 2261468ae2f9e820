"""Registration behind the flows' look-ups: a chat's questions, its draft, its registrations.

A chat is known here by its number alone, which goes sealed and hashed into registration's own
tables. Nothing of the conversation's session comes along but the question that is asked.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.adapters import registration_questions as questions
from bot.adapters import registration_texts as texts
from bot.adapters.registration_cards import RegistrationCards
from event_registration.desk import Desk
from event_registration.drafts import Draft
from event_registration.errors import (
    ClosedWindowError,
    DuplicateOrganizationError,
    InvalidAnswerError,
    NoPlaceLeftError,
    RegistrationError,
    UnknownGatheringError,
    UnknownRegistrationError,
)
from event_registration.gatherings import check_window
from event_registration.schemas import Gathering, Registration
from event_registration.vocabulary import Need
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp
from flows.engine.messages import Bilingual, Message, Option, message
from referral_directory.gazetteer import Gazetteer
from storage.store import Store

ANSWER = "a_"
"""How the slots begin that hold an answer until the draft has taken it."""

_MOST_KNOWN = 3
_WITH_OPTIONS = frozenset({"organization", "women", "men", "young", "disabled"})

LOOK_UPS = frozenset(
    {
        "gathering_dates", "registration_begin", "registration_save", "registration_typed",
        "registration_options", "registration_summary", "registration_fields",
        "registration_submit", "registration_result",
    }
    | RegistrationCards.NAMES
)  # fmt: skip
"""The look-ups that are answered here."""

Slots = Mapping[str, str]
Found = Awaitable[LookedUp]


@dataclass(frozen=True, slots=True)
class RegistrationLookUps:
    """Answers the look-ups of registration for one chat.

    Attributes:
        desk: what can be done with registrations.
        store: runs it in transactions.
        gazetteer: regions and cercles.
        chat_id: whose; 0 is nobody's, for trying flows out.
    """

    desk: Desk
    store: Store
    gazetteer: Gazetteer
    chat_id: int = 0

    def of(self, chat_id: int) -> "RegistrationLookUps":
        """Return the look-ups of a chat."""
        return replace(self, chat_id=chat_id)

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        if request.name in RegistrationCards.NAMES:
            cards = RegistrationCards(self.desk, self.store, self.gazetteer, self.chat_id)
            return await cards.look_up(request, now)
        return await self._known()[request.name](request, dict(request.slots), now)

    def _known(self) -> Mapping[str, Callable[[LookUp, Slots, datetime], Found]]:
        return {
            "gathering_dates": self._dates,
            "registration_begin": self._begin,
            "registration_save": self._save,
            "registration_typed": self._typed,
            "registration_options": self._options,
            "registration_summary": self._summary,
            "registration_fields": self._fields,
            "registration_submit": self._submit,
            "registration_result": self._result,
        }

    async def _dates(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        coming = await self.store.read(self.desk.gatherings.coming, now)
        if not coming:
            said = message("gathering/none", "📅 Aucune date n'est encore publiée ici.")
            return LookedUp(request.name, (said,))
        lines: list[Message] = []
        for each in coming[:3]:
            lines += [*texts.gathering_lines(each), texts.window_line(each, now)]
        return LookedUp(request.name, tuple(lines))

    # -- question by question --------------------------------------------------------------

    async def _begin(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        def begin(connection: Connection) -> str:
            draft = self.desk.drafts.load(connection, self.chat_id, now)
            if draft is not None and "editing" in draft.answers:
                if slots.get("editing"):
                    return questions.SUMMARY
                self.desk.drafts.drop(connection, self.chat_id)
                draft = None
            found = _open(self.desk.gatherings.coming(connection, now), now)
            if not found:
                return "closed"
            if draft is not None and draft.answers.keys() - {"gathering"}:
                return "resume"
            return self._anew(connection, found, now)

        ask = await self.store.write(begin)
        return LookedUp(request.name, slots=(("ask", ask), ("editing", None), ("problem", None)))

    async def _save(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        given = {
            name.removeprefix(ANSWER): value
            for name, value in slots.items()
            if name.startswith(ANSWER)
        }

        def save(connection: Connection) -> str:
            if _stops(given):
                self.desk.drafts.drop(connection, self.chat_id)
                return "stopped"
            if given.get("resume") == "anew":
                self.desk.drafts.drop(connection, self.chat_id)
            draft = self._draft(connection, now)
            if "change" in given:
                anew = questions.ask_anew(given["change"])
                self.desk.drafts.answer(connection, self.chat_id, anew, now)
                return given["change"]
            if "wrong" in given:
                return slots.get("ask", questions.SUMMARY)
            changes = self._changes(connection, draft, given)
            draft = self.desk.drafts.answer(connection, self.chat_id, changes, now)
            return self._next(connection, draft, now)

        ask = await self.store.write(save)
        emptied = tuple((ANSWER + name, None) for name in given)
        return LookedUp(request.name, slots=(("ask", ask), ("problem", None), *emptied))

    async def _typed(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        ask = slots.get("ask", "")

        def read(connection: Connection) -> None:
            draft = self._draft(connection, now)
            changes = questions.read_typed(
                ask, request.text or "", draft.answers, self._gathering(connection, draft)
            )
            self.desk.drafts.answer(connection, self.chat_id, changes, now)

        try:
            await self.store.write(read)
        except InvalidAnswerError as error:
            # Where there are answers to tap, they stand under what is said about the typed one.
            found = await self._options(request, slots, now) if ask in _WITH_OPTIONS else None
            options = found.options if found is not None else ()
            said = (texts.refusal(error),) if options else ()
            return LookedUp(request.name, said, options, (("problem", error.reason),))
        return LookedUp(request.name, slots=((ANSWER + ask, questions.GIVEN), ("problem", None)))

    async def _options(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        def find(connection: Connection) -> list[Option]:
            draft = self._draft(connection, now, save=False)
            return self._options_of(connection, slots.get("ask", ""), draft, now)

        return LookedUp(request.name, options=tuple(await self.store.read(find)))

    async def _fields(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        def find(connection: Connection) -> list[str]:
            draft = self._draft(connection, now, save=False)
            names = questions.asked(draft.answers, self._gathering(connection, draft))
            # A registration stays with its gathering.
            return [each for each in names if each != "gathering" or "editing" not in draft.answers]

        names = await self.store.read(find)
        return LookedUp(
            request.name, options=tuple(Option(name, texts.FIELDS[name]) for name in names)
        )

    async def _summary(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        def find(connection: Connection) -> tuple[Draft, Gathering | None]:
            draft = self._draft(connection, now, save=False)
            return draft, self._gathering(connection, draft)

        draft, gathering = await self.store.read(find)
        lines = texts.gathering_lines(gathering)[:2] if gathering is not None else []
        try:
            application = questions.application_of(draft.answers)
            lines += texts.application_lines(
                application, *self._place(application.region, application.cercle)
            )
        except InvalidAnswerError:
            lines.append(message("registration/missing", "✏️ Il manque encore des réponses."))
        number = draft.answers.get("editing", str(draft.id))
        return LookedUp(request.name, tuple(lines), slots=(("reg", str(number)),))

    # -- sending it ------------------------------------------------------------------------

    async def _submit(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        done: list[tuple[str, str | None]] = [("a_summary", None)]
        try:
            made = await self.store.write(self._register, slots, now)
        except DuplicateOrganizationError as error:
            done.append(("outcome", "own" if error.is_own else "similar"))
        except ClosedWindowError as error:
            late = error.reason == "too_late_to_correct"
            done.append(("outcome", "late" if late else "window"))
        except NoPlaceLeftError:
            done.append(("outcome", "full"))
        except InvalidAnswerError as error:
            done += [("outcome", "wrong"), ("ask", questions.question_of(error))]
        except RegistrationError:
            done.append(("outcome", "gone"))
        else:
            done += [("outcome", "done"), ("reg", str(made.id)), ("anyway", None)]
        return LookedUp(request.name, slots=tuple(done))

    def _register(self, connection: Connection, slots: Slots, now: datetime) -> Registration:
        """Make the draft a registration, in one transaction with its end."""
        registrations = self.desk.registrations
        draft = self.desk.drafts.load(connection, self.chat_id, now)
        if draft is None:
            # The turn is repeated after a crash: the registration is there already.
            number = slots.get("reg", "")
            if not number.isdigit():
                raise UnknownRegistrationError
            return registrations.get(connection, int(number), chat_id=self.chat_id)
        application = questions.application_of(draft.answers)
        editing = draft.answers.get("editing")
        if isinstance(editing, str):
            made = registrations.correct(
                connection, int(editing), application, chat_id=self.chat_id, now=now
            )
        else:
            gathering = self._gathering(connection, draft)
            if gathering is None:
                raise InvalidAnswerError("gathering", "unknown")
            made = registrations.register(
                connection,
                gathering.id,
                application,
                number=draft.id,
                chat_id=self.chat_id,
                now=now,
                although_similar=slots.get("anyway") == "yes",
            )
        self.desk.drafts.drop(connection, self.chat_id)
        return made

    async def _result(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        def find(connection: Connection) -> tuple[Registration, Gathering, int | None]:
            made = self.desk.registrations.get(connection, int(slots["reg"]), chat_id=self.chat_id)
            rank = self.desk.registrations.rank_if_waiting(connection, made)
            return made, self.desk.gatherings.get(connection, made.gathering_id), rank

        made, gathering, rank = await self.store.read(find)
        lines = [
            *texts.state_lines(made, rank),
            texts.code_line(made),
            texts.people_line(made.application),
            *texts.gathering_lines(gathering)[:3],
        ]
        return LookedUp(request.name, tuple(lines))

    # -- inside ----------------------------------------------------------------------------

    def _draft(self, connection: Connection, now: datetime, *, save: bool = True) -> Draft:
        draft = self.desk.drafts.load(connection, self.chat_id, now)
        if draft is None and save:
            return self.desk.drafts.begin(connection, self.chat_id, {}, now)
        return draft or Draft(0, {})

    def _anew(self, connection: Connection, found: list[Gathering], now: datetime) -> str:
        """Begin a draft; where there is one gathering alone, it is not asked for."""
        answers = {"gathering": found[0].code} if len(found) == 1 else {}
        draft = self.desk.drafts.begin(connection, self.chat_id, answers, now)
        return self._next(connection, draft, now)

    def _next(self, connection: Connection, draft: Draft, now: datetime) -> str:
        gathering = self._gathering(connection, draft)
        if gathering is None:
            return (
                "gathering"
                if _open(self.desk.gatherings.coming(connection, now), now)
                else "closed"
            )
        return questions.next_question(draft.answers, gathering)

    def _gathering(self, connection: Connection, draft: Draft) -> Gathering | None:
        code = draft.answers.get("gathering")
        if not isinstance(code, str):
            return None
        try:
            return self.desk.gatherings.of_code(connection, code)
        except UnknownGatheringError:
            return None

    def _changes(
        self, connection: Connection, draft: Draft, given: Mapping[str, str]
    ) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for name, choice in given.items():
            if name == "organization" and choice.isdigit():
                changes |= self._known_organization(connection, int(choice))
            elif name in questions.QUESTIONS:
                changes |= questions.read_chosen(name, choice, draft.answers)
        return changes

    def _known_organization(self, connection: Connection, number: int) -> dict[str, Any]:
        try:
            known = self.desk.registrations.get(connection, number, chat_id=self.chat_id)
        except UnknownRegistrationError:
            return {}
        return dict(questions.organization_of(known.application))

    def _options_of(
        self, connection: Connection, ask: str, draft: Draft, now: datetime
    ) -> list[Option]:
        match ask:
            case "gathering":
                found = _open(self.desk.gatherings.coming(connection, now), now)
                return [texts.gathering_option(each) for each in found]
            case "organization":
                mine = self.desk.registrations.of_chat(connection, self.chat_id)
                known = {each.application.organization: each.id for each in reversed(mine)}
                return [
                    Option(str(number), Bilingual(name), "🏢")
                    for name, number in list(known.items())[-_MOST_KNOWN:]
                ]
            case "region":
                return [_place_option(each) for each in self.gazetteer.regions()]
            case "cercle":
                region = str(draft.answers.get("region", ""))
                return [_place_option(each) for each in self.gazetteer.cercles(region)]
            case "needs":
                chosen = questions.words_of(draft.answers, "needs")
                return [
                    Option(need.value, texts.NEEDS[need], "✅" if need in chosen else "▫️")
                    for need in Need
                ]
            case _:
                gathering = self._gathering(connection, draft)
                most = questions.largest(ask, draft.answers, gathering)
                return [Option(str(each), Bilingual(str(each))) for each in range(most + 1)]

    def _place(self, region: str, cercle: str | None) -> tuple[Bilingual, Bilingual | None]:
        names = [self.gazetteer.place(each) if each else None for each in (region, cercle)]
        first, second = (Bilingual(each.name.fr, each.name.bm) if each else None for each in names)
        return first or Bilingual(region), second


def _open(coming: list[Gathering], now: datetime) -> list[Gathering]:
    """Return the gatherings that take registrations now."""
    found = []
    for each in coming:
        try:
            check_window(each, now)
        except ClosedWindowError:
            continue
        found.append(each)
    return found


def _stops(given: Mapping[str, str]) -> bool:
    return given.get("summary") == "stop" or given.get("consent") == "no"


def _place_option(place: Any) -> Option:
    return Option(place.slug, Bilingual(place.name.fr, place.name.bm))
