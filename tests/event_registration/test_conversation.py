"""Registration as people meet it, from the first question to the code."""

import pytest

from bot.adapters.registration import LOOK_UPS
from bot.adapters.registration_questions import QUESTIONS
from event_registration.vocabulary import GatheringKind, Need, ReminderTime
from flows.engine.definition import FlowLibrary, Screen
from flows.engine.events import Chose, WentBack
from flows.engine.session import Session, encode_session
from tests.event_registration.people import NOW, STAFF, STARTS, People, a_gathering
from tests.event_registration.talking import ANSWERS, AWA, DAY, OUMOU, Talk, _mine


def test_every_question_is_a_step_and_every_look_up_is_known(library: FlowLibrary) -> None:
    steps = library.flows["gathering_registration"].steps
    for name in QUESTIONS:
        assert isinstance(steps[name], Screen)
    flows = ("gatherings", "gathering_registration", "gathering_change", "gathering_dates")
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
        ("contact_name", "Awa 🌸 Traoré", "sans images"),
        ("contact_role", "p" * 61, "trop long"),
        ("receipt", "🧾", "sans images"),
        ("phone", "+999 12 34 56 78", "n'existe pas"),
        ("phone", "00 00 00 00", "n'existe pas"),
        ("phone", "12", "manque des chiffres"),
        ("phone", "761234567", "trop de chiffres"),
        ("phone", "bonjour", "n'existe pas"),
        ("women", "300", "nombre permis"),
        ("women", "6", "nombre permis"),
        ("women", "beaucoup", "Écrivez un nombre"),
        ("women", "-2", "Écrivez un nombre"),
        ("women", "2,5", "Écrivez un nombre"),
        ("women", "9" * 400, "nombre permis"),
        ("men", "5", "nombre permis"),
        ("disabled", "99", "nombre permis"),
    ],
)
async def test_a_wrong_answer_gets_a_clear_sentence_and_the_question_again(
    talk: Talk, people: People, step: str, typed: str, sentence: str
) -> None:
    await talk.begin("gathering_registration")
    await talk.fill(until=step)
    before = await people.store.read(people.desk.drafts.load, AWA, NOW)
    await talk.write(typed)
    assert talk.step == step
    assert sentence in talk.said
    assert await people.store.read(people.desk.drafts.load, AWA, NOW) == before  # not half kept
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
