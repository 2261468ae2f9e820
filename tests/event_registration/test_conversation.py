"""Registration as people meet it: the flows, with their look-ups, on a real database."""

from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session as DatabaseSession

from bot.adapters.registration import LOOK_UPS, RegistrationLookUps
from bot.adapters.registration_questions import QUESTIONS
from event_registration.schemas import Point, Registration
from event_registration.vocabulary import GatheringKind, Need, ReminderTime
from event_registration.vocabulary import RegistrationState as State
from flows.engine.advance import advance
from flows.engine.definition import FlowLibrary, Screen
from flows.engine.effects import Fail, LookUp, Offer, Say, ShowFile, ShowPin
from flows.engine.events import Began, Chose, Event, WentBack, Wrote
from flows.engine.messages import Bilingual, Message, Value
from flows.engine.session import Session, decode_session, encode_session
from flows.language.reading import read_flows
from referral_directory.gazetteer import Gazetteer
from referral_directory.loading import load_starter
from tests.event_registration.people import NOW, STAFF, STARTS, People, a_gathering

AWA, OUMOU = 7_000_000_001, 7_000_000_002
DAY = timedelta(days=1)
ANSWERS: Mapping[str, str] = {
    "organization": "'Association Musow Jɛkulu",
    "acronym": "skip",
    "kind": "association",
    "receipt": "'0661/DNI",
    "region": "segou",
    "cercle": "skip",
    "contact_name": "'Awa Traoré",
    "contact_role": "'présidente",
    "phone": "'76 12 34 56",
    "women": "3",
    "men": "1",
    "split": "whole",
    "young": "skip",
    "disabled": "'1",
    "language": "bm",
    "needs": "done",
    "part": "speak",
    "recommendations": "done",
    "reminder": "morning",
    "photos": "no",
    "consent": "yes",
}
"""What a person answers; what stands behind an apostrophe is typed, all else is tapped."""


@pytest.fixture(scope="session")
def library() -> FlowLibrary:
    folder = files("flows.content")
    return read_flows(
        {
            each.name: each.read_text(encoding="utf-8")
            for each in folder.iterdir()
            if each.name.endswith(".yml") and each.name != "destinations.yml"
        }
    ).library


class Talk:
    """One person's conversation; the session goes through its encoding after every event."""

    def __init__(self, library: FlowLibrary, look_ups: RegistrationLookUps) -> None:
        self.library, self.look_ups = library, look_ups
        self.session = Session()
        self.now = NOW
        self.effects: list[Any] = []

    @property
    def step(self) -> str:
        assert self.session.current is not None
        return self.session.current.step

    @property
    def said(self) -> str:
        return "\n".join(_text(each.message) for each in self.effects if isinstance(each, Say))

    @property
    def offered(self) -> list[str]:
        (offer,) = [each for each in self.effects if isinstance(each, Offer)]
        return [option.id for option in offer.options]

    async def do(self, event: Event) -> None:
        self.effects = []
        while True:
            turn = advance(self.library, self.session, event)
            self.session = decode_session(encode_session(turn.session))
            self.effects += turn.effects
            asked = self.effects[-1]
            if not isinstance(asked, LookUp):
                break
            self.effects.pop()
            event = await self.look_ups.look_up(asked, self.now)
        assert not [each for each in self.effects if isinstance(each, Fail)], self.effects

    async def begin(self, flow: str) -> None:
        await self.do(Began(flow))

    async def tap(self, choice: str) -> None:
        assert choice in self.offered, (self.step, self.offered)
        current = self.session.current
        assert current is not None
        await self.do(Chose(current.flow, current.step, choice))

    async def write(self, text: str) -> None:
        await self.do(Wrote(text))

    async def answer(self, text: str) -> None:
        await (self.write(text[1:]) if text.startswith("'") else self.tap(text))

    async def fill(self, until: str = "summary", **changed: str) -> None:
        """Answer every question until a step is reached."""
        answers = {**ANSWERS, **changed}
        for _ in range(40):
            if self.step == until:
                return
            await self.answer(answers[self.step])
        raise AssertionError(self.step)

    def shown(self, kind: Any) -> list[Any]:
        return [each for each in self.effects if isinstance(each, kind)]


def _text(value: Value) -> str:
    match value:
        case Message():
            return value.text.format_map({name: _text(each) for name, each in value.params})
        case Bilingual(fr, _):
            return fr
        case str():
            return value


@pytest.fixture
async def look_ups(people: People) -> RegistrationLookUps:
    def places(connection: Connection) -> Gazetteer:
        session = DatabaseSession(connection)
        load_starter(session, now=NOW)
        session.flush()
        return Gazetteer.read(session)

    store = people.store
    return RegistrationLookUps(people.desk, store, await store.write(places))


@pytest.fixture
def talk(library: FlowLibrary, look_ups: RegistrationLookUps) -> Talk:
    return Talk(library, look_ups.of(AWA))


async def _mine(people: People, chat_id: int = AWA) -> list[Registration]:
    return await people.store.read(people.desk.registrations.of_chat, chat_id)


def test_every_question_is_a_step_and_every_look_up_is_known(library: FlowLibrary) -> None:
    steps = library.flows["gathering_registration"].steps
    for name in QUESTIONS:
        assert isinstance(steps[name], Screen)
    flows = ("gathering_registration", "gathering_change", "gathering_dates")
    named: set[str] = set()
    for flow in flows:
        for step in library.flows[flow].steps.values():
            if isinstance(step, Screen):
                named |= {each for each in (step.content_from, step.text_input) if each}
            else:
                named.add(getattr(step, "action", ""))
    assert named - {""} == LOOK_UPS


async def test_from_the_first_question_to_the_code(talk: Talk, people: People) -> None:
    await talk.begin("gathering_registration")
    assert talk.step == "organization"  # one gathering is open: it is not asked for
    await talk.fill()
    for shown in ("Musow Jɛkulu", "Ségou", "Awa Traoré", "+223 76 12 34 56", "Femmes : 3"):
        assert shown in talk.said
    await talk.tap("confirm")
    (made,) = await _mine(people)
    assert talk.step == "result"
    assert made.code in talk.said
    assert "Confirmée" in talk.said
    answers = made.application
    assert (answers.women, answers.men, answers.disabled, answers.young) == (3, 1, 1, 0)
    assert (answers.reminder_time, answers.language.value) == (ReminderTime.MORNING, "bm")
    assert (answers.wants_to_speak, answers.wants_stand, answers.photo_consent) == (
        True, False, False,
    )  # fmt: skip
    assert await people.store.read(people.desk.drafts.load, AWA, NOW) is None


async def test_nothing_that_is_typed_stands_in_the_session(talk: Talk) -> None:
    await talk.begin("gathering_registration")
    await talk.fill()
    session = repr(encode_session(talk.session))
    for word in ("Musow", "Awa", "76 12", "76123", "0661", "présidente"):
        assert word not in session


async def test_one_goes_on_after_the_session_is_gone(talk: Talk, people: People) -> None:
    await talk.begin("gathering_registration")
    await talk.fill(until="phone")
    talk.session = Session()
    talk.now = NOW + DAY
    await talk.begin("gathering_registration")
    assert talk.step == "resume"
    await talk.tap("go_on")
    assert talk.step == "phone"
    await talk.fill()
    await talk.tap("confirm")
    assert len(await _mine(people)) == 1


async def test_one_may_begin_anew_or_give_up(talk: Talk, people: People) -> None:
    await talk.begin("gathering_registration")
    await talk.fill(until="phone")
    await talk.begin("gathering_registration")
    await talk.tap("anew")
    assert talk.step in {"organization", "gathering"}
    await talk.fill(gathering="JIF27")
    await talk.tap("stop")
    assert talk.step == "stopped"
    assert await people.store.read(people.desk.drafts.load, AWA, NOW) is None
    assert await _mine(people) == []


async def test_without_consent_nothing_is_kept(talk: Talk, people: People) -> None:
    await talk.begin("gathering_registration")
    await talk.fill(until="consent")
    await talk.tap("no")
    assert talk.step == "stopped"
    assert await people.store.read(people.desk.drafts.load, AWA, NOW) is None


@pytest.mark.parametrize(
    ("step", "typed", "sentence"),
    [
        ("organization", "🌸🌸", "sans images"),
        ("organization", "x" * 500, "trop long"),
        ("organization", "...", "rien pu lire"),
        ("phone", "12", "manque des chiffres"),
        ("phone", "761234567", "trop de chiffres"),
        ("phone", "bonjour", "n'existe pas"),
        ("women", "300", "nombre permis"),
        ("women", "beaucoup", "Écrivez un nombre"),
        ("disabled", "99", "nombre permis"),
    ],
)
async def test_a_wrong_answer_gets_a_clear_sentence_and_the_question_again(
    talk: Talk, step: str, typed: str, sentence: str
) -> None:
    await talk.begin("gathering_registration")
    await talk.fill(until=step)
    await talk.write(typed)
    assert talk.step == step
    assert sentence in talk.said
    await talk.answer(ANSWERS[step])
    assert talk.step != step


async def test_any_answer_is_changed_from_the_summary(talk: Talk, people: People) -> None:
    await talk.begin("gathering_registration")
    await talk.fill()
    await talk.tap("change")
    await talk.tap("women")
    await talk.tap("2")
    assert talk.step == "summary"
    assert "Femmes : 2" in talk.said
    await talk.tap("change")
    await talk.tap("needs")
    await talk.tap(Need.LODGING.value)
    await talk.tap(Need.RAMP.value)
    await talk.tap(Need.RAMP.value)
    await talk.tap("done")
    await talk.tap("confirm")
    (made,) = await _mine(people)
    assert (made.application.women, made.application.needs) == (2, (Need.LODGING,))


async def test_back_leads_to_the_question_before(talk: Talk) -> None:
    await talk.begin("gathering_registration")
    await talk.fill(until="contact_name")
    await talk.do(WentBack())
    assert talk.step == "cercle"
    await talk.tap("skip")
    assert talk.step == "contact_name"


async def test_an_old_button_does_no_harm(talk: Talk) -> None:
    await talk.begin("gathering_registration")
    await talk.fill(until="phone")
    await talk.do(Chose("gathering_registration", "kind", "ngo"))
    assert talk.step == "phone"
    talk.session = Session()
    await talk.do(Chose("gathering_registration", "kind", "media"))
    assert talk.step == "phone"
    await talk.do(Chose("gathering_change", "list", "12345"))
    assert "n'est plus là" in talk.said


async def test_sending_twice_registers_once(talk: Talk, people: People) -> None:
    await talk.begin("gathering_registration")
    await talk.fill()
    before = talk.session
    await talk.tap("confirm")
    first = talk.said
    talk.session = before  # a crash: the same update is worked once more
    await talk.do(Chose("gathering_registration", "summary", "confirm"))
    assert talk.said == first
    assert len(await _mine(people)) == 1


async def test_with_no_gathering_open_it_says_so(talk: Talk) -> None:
    talk.now = STARTS - DAY
    await talk.begin("gathering_registration")
    assert talk.step == "closed"
    await talk.begin("gathering_dates")
    assert "closes" in talk.said


async def test_of_several_gatherings_one_is_chosen(talk: Talk, people: People) -> None:
    jpo = await people.store.write(
        people.desk.gatherings.add,
        a_gathering(code="JPO27", kind=GatheringKind.JPO),
        actor=STAFF,
        now=NOW,
    )
    await people.store.write(people.desk.gatherings.publish, jpo.id, actor=STAFF, now=NOW)
    await talk.begin("gathering_registration")
    assert sorted(talk.offered) == ["JIF27", "JPO27"]
    await talk.tap("JPO27")
    await talk.fill(until="recommendations")
    for wish in ("Plus de femmes", "Des soins partout"):
        await talk.write(wish)
        assert talk.step == "recommendations"
    await talk.write("Une maison sûre")
    assert talk.step == "reminder"
    await talk.fill()
    await talk.tap("confirm")
    (made,) = await _mine(people)
    assert len(made.application.recommendations) == 3


async def test_an_organisation_that_is_known_is_told_and_may_be_another(
    talk: Talk, people: People
) -> None:
    await people.register(1, chat_id=OUMOU, organization="ASSOCIATION MUSOW JƐKULU")
    await talk.begin("gathering_registration")
    await talk.fill()
    await talk.tap("confirm")
    assert talk.step == "similar"
    await talk.tap("other")
    assert talk.step == "result"
    assert len(await _mine(people)) == 1


async def test_ones_own_organisation_is_corrected_instead(talk: Talk, people: People) -> None:
    await people.register(1, chat_id=AWA, organization="Association Musow Jɛkulu")
    await talk.begin("gathering_registration")
    await talk.fill()
    await talk.tap("confirm")
    assert talk.step == "own"


async def test_an_organisation_given_before_is_suggested_by_a_tap(
    talk: Talk, people: People
) -> None:
    await people.register(1, chat_id=AWA, organization="Musow Ɲɛtaa")
    await people.store.write(people.desk.registrations.cancel, 1, chat_id=AWA, now=NOW)
    await talk.begin("gathering_registration")
    await talk.tap("1")
    assert talk.step == "women"
    await talk.fill()
    assert "Musow Ɲɛtaa" in talk.said


# -- what is there -----------------------------------------------------------------------------


async def _open_card(talk: Talk, people: People, **answers: Any) -> None:
    await people.register(1, chat_id=AWA, **answers)
    await talk.begin("gathering_change")
    await talk.tap("1")


async def test_a_registration_is_corrected_and_keeps_its_code(talk: Talk, people: People) -> None:
    await _open_card(talk, people, women=3)
    (before,) = await _mine(people)
    assert before.code in talk.said
    await talk.tap("edit")
    assert talk.step == "summary"
    await talk.tap("change")
    assert "gathering" not in talk.offered
    await talk.tap("women")
    await talk.tap("2")
    await talk.tap("confirm")
    (after,) = await _mine(people)
    assert (after.code, after.application.women, after.places) == (before.code, 2, 2)
    await talk.begin("gathering_registration")
    assert talk.step == "organization"  # no draft is left over


async def test_the_ticket_the_calendar_and_the_map_come(talk: Talk, people: People) -> None:
    changed = a_gathering(point=Point(12.64, -8.0))
    await people.store.write(
        people.desk.gatherings.change, people.gathering.id, changed, actor=STAFF, now=NOW
    )
    await _open_card(talk, people)
    await talk.tap("ticket")
    (ticket,) = talk.shown(ShowFile)
    assert ticket.attachment.is_picture
    assert ticket.attachment.content.startswith(b"\x89PNG")
    await talk.tap("back")
    await talk.tap("calendar")
    (calendar,) = talk.shown(ShowFile)
    assert calendar.attachment.content.startswith(b"BEGIN:VCALENDAR")
    await talk.tap("back")
    await talk.tap("map")
    (shown,) = talk.shown(ShowPin)
    assert shown.pin.latitude == 12.64


async def test_an_offer_is_taken_by_one_tap_on_the_message(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await people.register(1, chat_id=AWA)
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert await people.state_of(1) is State.CONFIRMED
    assert "les places sont à vous" in talk.said
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert await people.state_of(1) is State.CONFIRMED


async def test_nobody_takes_the_offer_of_another_chat(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await people.register(1, chat_id=OUMOU)
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert await people.state_of(1) is State.OFFERED


async def test_an_offer_that_passed_is_told_and_one_joins_again(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await people.register(1, chat_id=AWA)
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    talk.now = NOW + 3 * DAY
    await people.store.write(people.desk.offers.expire, people.gathering.id, talk.now)
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert "passée" in talk.said
    await talk.tap("rejoin")
    assert await people.state_of(1) is State.CONFIRMED  # its places were free again


async def test_who_waits_reads_the_rule_and_the_rank(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await _open_card(talk, people)
    assert "Rang : 1" in talk.said
    await talk.tap("rule")
    assert "l'ordre d'arrivée" in talk.said
    await talk.tap("back")
    assert talk.step == "card"


async def test_cancelling_and_deleting_ask_first(talk: Talk, people: People) -> None:
    await _open_card(talk, people)
    await talk.tap("cancel")
    await talk.tap("no")
    assert await people.state_of(1) is State.CONFIRMED
    await talk.tap("cancel")
    await talk.tap("yes")
    assert await people.state_of(1) is State.CANCELLED
    await talk.tap("forget")
    await talk.tap("yes")
    assert talk.step == "forgotten"
    assert await _mine(people) == []


async def test_reminders_are_switched_off(talk: Talk, people: People) -> None:
    await _open_card(talk, people, reminder_time=ReminderTime.NOON)
    await talk.tap("reminder")
    await talk.tap("none")
    (made,) = await _mine(people)
    assert made.application.reminder_time is None


async def test_those_who_come_are_named_one_by_one(talk: Talk, people: People) -> None:
    await _open_card(talk, people, women=1, men=1)
    await talk.tap("names")
    for name, who in (("Awa Traoré", "young_woman"), ("Fatou Keïta", "woman")):
        await talk.write(name)
        await talk.tap(who)
        await talk.tap("no")
    assert "2 sur 2" in talk.said
    await talk.write("Une de trop")
    assert "ont déjà un nom" in talk.said
    await talk.tap("done")
    assert talk.step == "card"
    (made,) = await _mine(people)
    assert (made.application.women, made.application.men, made.application.young) == (2, 0, 1)
    await talk.tap("names")
    await talk.tap("clear")
    assert "0 sur 2" in talk.said


async def test_a_registration_is_found_by_code_and_phone(talk: Talk, people: People) -> None:
    made = await people.register(1, chat_id=OUMOU)
    await talk.begin("gathering_change")
    assert "Aucune inscription" in talk.said
    await talk.tap("code")
    await talk.write("bonjour")
    assert "n'est pas un code" in talk.said
    await talk.write(made.code.lower())
    await talk.write("66 00 00 00")
    assert "ne vont pas ensemble" in talk.said
    await talk.write("76 12 34 56")
    assert talk.step == "card"
    assert made.code in talk.said
    assert [each.id for each in await _mine(people)] == [1]


async def test_codes_are_not_guessed_in_the_chat(talk: Talk, people: People) -> None:
    made = await people.register(1, chat_id=OUMOU)
    await talk.begin("gathering_change")
    await talk.tap("code")
    await talk.write(made.code)
    for _ in range(5):
        await talk.write("66 00 00 00")
    await talk.write("76 12 34 56")
    assert "Trop d'essais" in talk.said
    assert talk.now == NOW
