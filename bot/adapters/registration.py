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
from bot.adapters.registration_options import RegistrationOptions, of_kind
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
from event_registration.schemas import Gathering, Registration
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp
from flows.engine.messages import Message, Option, message
from referral_directory.gazetteer import Gazetteer
from storage.store import Store

ANSWER = "a_"
"""How the slots begin that hold an answer until the draft has taken it."""

_WITH_OPTIONS = frozenset({"organization", "women", "men", "young", "disabled"})

LOOK_UPS = frozenset(
    {
        "gathering_start", "gathering_dates", "registration_begin",
        "registration_save", "registration_typed",
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

    @property
    def _possible(self) -> RegistrationOptions:
        return RegistrationOptions(self.desk, self.gazetteer, self.chat_id)

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
            "gathering_start": self._start,
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

    async def _start(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        """Offer to go on where answers wait: sessions end long before drafts do."""
        draft = await self.store.read(self.desk.drafts.load, self.chat_id, now)
        options = (texts.GO_ON,) if draft is not None and questions.is_begun(draft.answers) else ()
        return LookedUp(request.name, options=options)

    async def _dates(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        coming = await self.store.read(self.desk.gatherings.coming, now)
        coming = of_kind(coming, slots, Draft(0, {}))
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
            found = self._possible.open(connection, now)
            if not found:
                return "closed"
            if draft is not None and questions.is_begun(draft.answers):
                return "resume"
            return self._anew(connection, found, slots, now)

        ask = await self.store.write(begin)
        return LookedUp(request.name, slots=(("ask", ask), ("editing", None), ("problem", None)))

    async def _save(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        given = {
            name.removeprefix(ANSWER): value
            for name, value in slots.items()
            if name.startswith(ANSWER)
        }

        def save(connection: Connection) -> tuple[str, Message | None]:
            if _stops(given):
                self.desk.drafts.drop(connection, self.chat_id)
                return "stopped", None
            if given.get("resume") == "anew":
                self.desk.drafts.drop(connection, self.chat_id)
            draft = self._draft(connection, now)
            if "change" in given:
                anew = questions.ask_anew(given["change"])
                self.desk.drafts.answer(connection, self.chat_id, anew, now)
                return given["change"], None
            if "wrong" in given:
                return slots.get("ask", questions.SUMMARY), None
            changes, said = self._changes(connection, draft, given, now)
            draft = self.desk.drafts.answer(connection, self.chat_id, changes, now)
            return self._next(connection, draft, now, said)

        ask, said = await self.store.write(save)
        emptied = tuple((ANSWER + name, None) for name in given)
        told = (said,) if said is not None else ()
        return LookedUp(request.name, told, slots=(("ask", ask), ("problem", None), *emptied))

    async def _typed(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        ask = slots.get("ask", "")

        def read(connection: Connection) -> None:
            draft = self._draft(connection, now)
            gathering = self._gathering(connection, draft)
            changes = questions.read_typed(ask, request.text or "", draft.answers, gathering)
            changes = questions.fit(draft.answers, changes, gathering)
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
            gathering = self._gathering(connection, draft)
            return self._possible.of(connection, slots, draft, gathering, now)

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
                application, *self._possible.place(application.region, application.cercle)
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

    def _anew(
        self, connection: Connection, found: list[Gathering], slots: Slots, now: datetime
    ) -> str:
        """Begin a draft; where there is one gathering alone, it is not asked for."""
        wanted = of_kind(found, slots, Draft(0, {}))
        is_sure = len(wanted) == 1 and slots.get("kind") in {None, wanted[0].kind.value}
        answers = {"gathering": wanted[0].code} if is_sure else {}
        draft = self.desk.drafts.begin(connection, self.chat_id, answers, now)
        return self._next(connection, draft, now, None)[0]

    def _next(
        self, connection: Connection, draft: Draft, now: datetime, said: Message | None
    ) -> tuple[str, Message | None]:
        """Return the question that comes next, and what is said before it."""
        found = self._possible.open(connection, now)
        code = draft.answers.get("gathering")
        if "editing" not in draft.answers and code not in {each.code for each in found}:
            if code is not None:
                # It closed while the answers lay here: all others are kept for another one.
                self.desk.drafts.answer(connection, self.chat_id, {"gathering": None}, now)
                said = texts.NOT_OPEN
            return ("gathering" if found else "closed"), said if found else None
        return questions.next_question(draft.answers, self._gathering(connection, draft)), said

    def _gathering(self, connection: Connection, draft: Draft) -> Gathering | None:
        code = draft.answers.get("gathering")
        if not isinstance(code, str):
            return None
        try:
            return self.desk.gatherings.of_code(connection, code)
        except UnknownGatheringError:
            return None

    def _changes(
        self, connection: Connection, draft: Draft, given: Slots, now: datetime
    ) -> tuple[dict[str, Any], Message | None]:
        """Return what tapped answers change; a button of another day changes nothing."""
        changes: dict[str, Any] = {}
        gathering = self._gathering(connection, draft)
        for name, choice in given.items():
            if name == "organization" and choice.isdigit():
                changes |= self._known_organization(connection, int(choice))
            elif name in questions.QUESTIONS:
                answer = (name, choice)
                if not self._possible.is_possible(connection, answer, draft, gathering, now):
                    return {}, texts.OLD_CHOICE
                changes |= questions.read_chosen(name, choice, draft.answers)
        after = Draft(draft.id, {**draft.answers, **changes})
        return questions.fit(draft.answers, changes, self._gathering(connection, after)), None

    def _known_organization(self, connection: Connection, number: int) -> dict[str, Any]:
        try:
            known = self.desk.registrations.get(connection, number, chat_id=self.chat_id)
        except UnknownRegistrationError:
            return {}
        return dict(questions.organization_of(known.application))


def _stops(given: Mapping[str, str]) -> bool:
    return given.get("summary") == "stop" or given.get("consent") == "no"
