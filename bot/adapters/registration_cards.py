"""One's registrations behind the flows' look-ups: see, accept, name, cancel, delete, tickets."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection

from bot.adapters import registration_questions as questions
from bot.adapters import registration_texts as texts
from bot.adapters.registration_tickets import calendar_of, picture_of, pin_of
from event_registration.cleaning import clean
from event_registration.codes import read_code
from event_registration.desk import Desk
from event_registration.errors import (
    DuplicateOrganizationError,
    InvalidAnswerError,
    RegistrationError,
    TooManyAttemptsError,
    UnknownRegistrationError,
    WrongCodeError,
)
from event_registration.schemas import Delegate, Gathering, Registration
from event_registration.states import LIVE
from event_registration.vocabulary import RegistrationState as State
from event_registration.vocabulary import ReminderTime
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp
from flows.engine.messages import Message, Option, message
from referral_directory.gazetteer import Gazetteer
from storage.store import Store

_MOST_LISTED = 5

Slots = Mapping[str, str]
Found = Awaitable[LookedUp]


@dataclass(frozen=True, slots=True)
class RegistrationCards:
    """Answers the look-ups about registrations that are there; see `RegistrationLookUps`."""

    desk: Desk
    store: Store
    gazetteer: Gazetteer
    chat_id: int

    NAMES: ClassVar[frozenset[str]] = frozenset(
        {
            "my_registrations", "registration_code", "registration_claim", "registration_card",
            "registration_offer", "registration_accept", "registration_rejoin",
            "registration_cancel", "registration_forget", "registration_reminder",
            "registration_reopen", "registration_ticket", "registration_calendar",
            "registration_pin", "registration_names", "registration_name",
            "registration_name_it", "registration_names_ended",
        }
    )  # fmt: skip

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        return await self._known()[request.name](request, dict(request.slots), now)

    def _known(self) -> Mapping[str, Callable[[LookUp, Slots, datetime], Found]]:
        return {
            "my_registrations": self._mine,
            "registration_code": self._code,
            "registration_claim": self._claim,
            "registration_card": self._card,
            "registration_offer": self._offer,
            "registration_accept": self._accept,
            "registration_rejoin": self._rejoin,
            "registration_cancel": self._cancel,
            "registration_forget": self._forget,
            "registration_reminder": self._reminder,
            "registration_reopen": self._reopen,
            "registration_ticket": self._ticket,
            "registration_calendar": self._ticket,
            "registration_pin": self._ticket,
            "registration_names": self._names,
            "registration_name": self._name,
            "registration_name_it": self._name_it,
            "registration_names_ended": self._names_ended,
        }

    # -- finding ---------------------------------------------------------------------------

    async def _mine(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        def find(connection: Connection) -> list[Option]:
            mine = self.desk.registrations.of_chat(connection, self.chat_id)
            found = [
                (each, self.desk.gatherings.get(connection, each.gathering_id)) for each in mine
            ]
            live = [pair for pair in found if pair[1].ends_at > now]
            return [texts.registration_option(*pair) for pair in live[:_MOST_LISTED]]

        options = await self.store.read(find)
        none = message(
            "registration/none", "Aucune inscription n'a été faite depuis cette discussion."
        )
        return LookedUp(request.name, () if options else (none,), tuple(options))

    async def _code(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        try:
            code = read_code(request.text or "")
        except WrongCodeError as error:
            return LookedUp(request.name, slots=(("problem", error.reason),))
        changes = {"code": str(code)}
        await self.store.write(self.desk.drafts.answer, self.chat_id, changes, now)
        return LookedUp(request.name, slots=(("a_code", questions.GIVEN), ("problem", None)))

    async def _claim(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        draft = await self.store.read(self.desk.drafts.load, self.chat_id, now)
        code = str(draft.answers.get("code", "")) if draft is not None else ""
        claim = await self.store.write(
            self.desk.claims.claim, code, request.text or "", chat_id=self.chat_id, now=now
        )
        if claim.registration is None:
            return LookedUp(request.name, slots=(("problem", _word(claim.problem)),))
        await self.store.write(self.desk.drafts.answer, self.chat_id, {"code": None}, now)
        given = ("a_code_phone", questions.GIVEN)
        number = str(claim.registration.id)
        return LookedUp(request.name, slots=(given, ("reg", number), ("problem", None)))

    # -- one registration ------------------------------------------------------------------

    def _find(
        self, connection: Connection, slots: Slots
    ) -> tuple[Registration, Gathering, int | None]:
        number = slots.get("reg", "")
        if not number.isdigit():
            raise UnknownRegistrationError
        registrations = self.desk.registrations
        found = registrations.get(connection, int(number), chat_id=self.chat_id)
        rank = registrations.rank_if_waiting(connection, found)
        return found, self.desk.gatherings.get(connection, found.gathering_id), rank

    async def _card(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        try:
            found, gathering, rank = await self.store.read(self._find, slots)
        except UnknownRegistrationError:
            return LookedUp(request.name, (_gone(),))
        lines = [
            *texts.gathering_lines(gathering)[:3],
            texts.code_line(found),
            *texts.state_lines(found, rank),
            texts.people_line(found.application),
        ]
        outcome = _OUTCOMES.get(slots.get("outcome", ""))
        if outcome is not None:
            lines.insert(0, outcome)
        options = [Option(act, *_ACTS[act]) for act in _acts(found, gathering, now)]
        # Said once: the next look at the card begins without it.
        return LookedUp(request.name, tuple(lines), tuple(options), (("outcome", None),))

    async def _offer(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        try:
            found, _, _ = await self.store.read(self._find, slots)
        except UnknownRegistrationError:
            return LookedUp(request.name, (_gone(),))
        accept = Option(str(found.id), *_ACTS["accept"])
        return LookedUp(request.name, (texts.offer_line(found),), (accept,))

    async def _accept(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        # The button of a message carries the number itself.
        number = slots.get("offer", "")
        slots = {**slots, "reg": number}
        outcome = await self._do(slots, now, self.desk.registrations.accept, "accepted")
        return LookedUp(request.name, slots=(("reg", number), ("outcome", outcome)))

    async def _rejoin(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        outcome = await self._do(slots, now, self.desk.registrations.rejoin, "rejoined")
        return LookedUp(request.name, slots=(("outcome", outcome),))

    async def _cancel(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        outcome = await self._do(slots, now, self.desk.registrations.cancel, "cancelled")
        return LookedUp(request.name, slots=(("outcome", outcome),))

    async def _forget(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        await self._do(slots, now, self.desk.registrations.forget, "")
        return LookedUp(request.name, slots=(("reg", None),))

    async def _do(
        self, slots: Slots, now: datetime, operation: Callable[..., object], outcome: str
    ) -> str:
        number = slots.get("reg", "")
        if not number.isdigit():
            return "impossible"
        try:
            await self.store.write(operation, int(number), chat_id=self.chat_id, now=now)
        except RegistrationError as error:
            return "passed" if type(error).__name__ == "OfferExpiredError" else "impossible"
        return outcome

    async def _reminder(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        chosen = slots.get("a_reminder", "")
        when = ReminderTime(chosen) if chosen in ReminderTime else None

        def change(connection: Connection) -> str:
            try:
                self.desk.registrations.set_reminders(
                    connection, int(slots["reg"]), when, chat_id=self.chat_id, now=now
                )
            except UnknownRegistrationError:
                return "impossible"
            return "reminded" if when else "quiet"

        outcome = await self.store.write(change)
        return LookedUp(request.name, slots=(("outcome", outcome), ("a_reminder", None)))

    async def _reopen(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        """Make a draft of a registration, so that its answers can be corrected one by one."""

        def reopen(connection: Connection) -> str | None:
            try:
                found, gathering, _ = self._find(connection, slots)
            except UnknownRegistrationError:
                return "impossible"
            draft = self.desk.drafts.load(connection, self.chat_id, now)
            if draft is not None and questions.is_begun(draft.answers):
                return "unfinished"  # a chat has one draft: its answers are not to be lost
            answers = questions.answers_of(found.application, gathering)
            answers["editing"] = str(found.id)
            self.desk.drafts.begin(connection, self.chat_id, answers, now)
            return None

        outcome = await self.store.write(reopen)
        editing = "yes" if outcome is None else None
        return LookedUp(request.name, slots=(("editing", editing), ("outcome", outcome)))

    async def _ticket(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        try:
            found, gathering, _ = await self.store.read(self._find, slots)
        except UnknownRegistrationError:
            return LookedUp(request.name, (_gone(),))
        said = (texts.code_line(found),)
        match request.name:
            case "registration_ticket":
                return LookedUp(request.name, said, attachment=picture_of(found, gathering))
            case "registration_calendar":
                return LookedUp(request.name, said, attachment=calendar_of(found, gathering, now))
            case _:
                lines = tuple(texts.gathering_lines(gathering)[:3])
                return LookedUp(request.name, lines, pin=pin_of(gathering))

    # -- who comes -------------------------------------------------------------------------

    async def _names(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        def find(connection: Connection) -> tuple[Registration, list[Delegate]]:
            found, _, _ = self._find(connection, slots)
            return found, self.desk.delegations.delegates_of(connection, found.id)

        try:
            found, named = await self.store.read(find)
        except UnknownRegistrationError:
            return LookedUp(request.name, (_gone(),))
        lines = [message("registration/delegate", "👤 {name}", name=each.name) for each in named]
        count = message(
            "registration/named",
            "👥 Noms donnés : {named} sur {size}",
            named=str(len(named)),
            size=str(found.size),
        )
        return LookedUp(request.name, (*lines, count))

    async def _name(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        def keep(connection: Connection) -> str | None:
            found, _, _ = self._find(connection, slots)
            if len(self.desk.delegations.delegates_of(connection, found.id)) >= found.size:
                return "full"
            name = clean("delegate", request.text or "")
            self.desk.drafts.answer(connection, self.chat_id, {"delegate": name}, now)
            return None

        try:
            problem = await self.store.write(keep)
        except InvalidAnswerError as error:
            problem = error.reason
        except UnknownRegistrationError:
            problem = "full"
        if problem is not None:
            return LookedUp(request.name, slots=(("problem", problem),))
        return LookedUp(request.name, slots=(("a_name", questions.GIVEN), ("problem", None)))

    async def _name_it(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        who = slots.get("a_who", "")

        def add(connection: Connection) -> None:
            draft = self.desk.drafts.load(connection, self.chat_id, now)
            name = draft.answers.get("delegate") if draft is not None else None
            if not isinstance(name, str):
                return  # The turn is repeated after a crash: it is named already.
            number = int(slots["reg"])
            delegations = self.desk.delegations
            person = Delegate(
                name,
                is_woman=who.endswith("woman"),
                is_young=who.startswith("young"),
                is_disabled=slots.get("a_able") == "yes",
            )
            people = [*delegations.delegates_of(connection, number), person]
            delegations.set_delegates(connection, number, people, chat_id=self.chat_id, now=now)
            self.desk.drafts.answer(connection, self.chat_id, {"delegate": None}, now)

        outcome = None
        try:
            await self.store.write(add)
        except RegistrationError:
            outcome = "impossible"
        emptied = tuple((name, None) for name in ("a_name", "a_who", "a_able"))
        return LookedUp(request.name, slots=(("outcome", outcome), *emptied))

    async def _names_ended(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        if slots.get("a_name") != "clear":
            return LookedUp(request.name, slots=(("a_name", None), ("act", None)))

        def clear(connection: Connection) -> None:
            self.desk.delegations.set_delegates(
                connection, int(slots["reg"]), [], chat_id=self.chat_id, now=now
            )

        try:
            await self.store.write(clear)
        except RegistrationError:
            return LookedUp(
                request.name, slots=(("a_name", None), ("act", None), ("outcome", "impossible"))
            )
        return LookedUp(request.name, slots=(("a_name", None), ("act", "names")))


_ACTS: Mapping[str, tuple[Message, str]] = {
    "accept": (message("registration/act", "Prendre ces places"), "✅"),
    "edit": (message("registration/act", "Corriger"), "✏️"),
    "names": (message("registration/act", "Qui vient"), "👥"),
    "ticket": (message("registration/act", "Billet"), "🎟️"),
    "calendar": (message("registration/act", "Agenda"), "📅"),
    "map": (message("registration/act", "Voir sur la carte"), "🗺️"),
    "reminder": (message("registration/act", "Rappels"), "⏰"),
    "rejoin": (message("registration/act", "Revenir sur la liste"), "⏳"),
    "rule": (message("registration/act", "Comment marche la liste"), "❔"),
    "cancel": (message("registration/act", "Annuler l'inscription"), "🗑️"),
    "forget": (message("registration/act", "Effacer mes données"), "🔒"),
}

_OUTCOMES: Mapping[str, Message] = {
    "accepted": message("registration/outcome", "✅ C'est fait : les places sont à vous."),
    "rejoined": message("registration/outcome", "✅ C'est fait : vous êtes revenus sur la liste."),
    "cancelled": message("registration/outcome", "✅ C'est fait : l'inscription est annulée."),
    "reminded": message("registration/outcome", "✅ C'est fait : vous aurez un rappel."),
    "quiet": message("registration/outcome", "✅ C'est fait : pas de rappel."),
    "passed": message(
        "registration/outcome", "⌛ La proposition est passée : les places sont allées au suivant."
    ),
    "unfinished": message(
        "registration/outcome",
        "✍️ Une inscription commencée attend sous « JIF et JPO ». Envoyez-la ou abandonnez-la, puis "
        "corrigez celle-ci.",
    ),
    "impossible": message("registration/outcome", "🚫 Ce n'est plus possible maintenant."),
}


def _acts(found: Registration, gathering: Gathering, now: datetime) -> list[str]:
    """Return what can be done with a registration as it stands."""
    acts: list[str] = []
    if found.state is State.OFFERED:
        acts.append("accept")
    if found.state is State.LAPSED and now < gathering.closes_at:
        acts.append("rejoin")
    if found.state is State.CONFIRMED:
        acts += ["ticket", "calendar", "reminder"]
    if gathering.point is not None and found.state in LIVE:
        acts.append("map")
    if found.state in LIVE and now < gathering.starts_at:
        acts += ["edit", "names"]
    if found.state is State.WAITING:
        acts.append("rule")
    if found.state in LIVE and now < gathering.ends_at:
        acts.append("cancel")
    return [*acts, "forget"]


def _word(problem: RegistrationError | None) -> str:
    match problem:
        case TooManyAttemptsError():
            return "barred"
        case DuplicateOrganizationError():
            return "own"
        case WrongCodeError():
            return "unknown"
        case _:
            return "phone"


def _gone() -> Message:
    return message("registration/gone", "🔄 Cette inscription n'est plus là.")
