"""Pausing, going on, changing one's mind, and buttons of another day."""

from datetime import datetime, timedelta

import pytest

from event_registration.drafts import Draft
from event_registration.schemas import Gathering
from event_registration.vocabulary import GatheringKind
from flows.engine.effects import Offer
from flows.engine.events import Chose
from flows.engine.messages import Message
from flows.engine.session import Session
from tests.event_registration.people import NOW, STAFF, STARTS, People, a_gathering
from tests.event_registration.talking import ANSWERS, AWA, DAY, Talk, _mine, _text

FLOW = "gathering_registration"
LAST_YEAR = timedelta(days=365)


async def _open(people: People, code: str, at: datetime = NOW, **changed: object) -> Gathering:
    write, gatherings = people.store.write, people.desk.gatherings
    added = await write(gatherings.add, a_gathering(code=code, **changed), actor=STAFF, now=at)
    return await write(gatherings.publish, added.id, actor=STAFF, now=at)


async def _draft(people: People) -> Draft | None:
    return await people.store.read(people.desk.drafts.load, AWA, NOW)


def _labels(talk: Talk) -> list[str]:
    (offer,) = [each for each in talk.effects if isinstance(each, Offer)]
    return [_text(each.label) if isinstance(each.label, Message) else "" for each in offer.options]


# -- the draft is found again ------------------------------------------------------------------


async def test_who_comes_back_finds_a_button_to_go_on_where_the_answers_end(talk: Talk) -> None:
    await talk.begin(FLOW)
    await talk.fill(until="phone")
    talk.session = Session()  # the conversation's memory ended after a quarter of an hour
    talk.now = NOW + 6 * DAY
    await talk.begin("gatherings")
    assert "resume" in talk.offered
    assert "Continuer mon inscription" in _labels(talk)
    await talk.tap("resume")
    assert talk.step == "phone"  # without being asked whether to go on
    await talk.fill()


async def test_the_button_is_there_only_while_answers_wait(talk: Talk) -> None:
    await talk.begin("gatherings")
    assert "resume" not in talk.offered
    await talk.tap("register")  # opens a draft that holds nothing but the gathering
    await talk.begin("gatherings")
    assert "resume" not in talk.offered
    await talk.begin(FLOW)
    await talk.write("Benkadi")
    talk.now = NOW + 8 * DAY  # drafts are kept for seven
    await talk.begin("gatherings")
    assert "resume" not in talk.offered


async def test_correcting_another_registration_does_not_lose_the_answers_that_wait(
    talk: Talk, people: People
) -> None:
    await people.register(1, chat_id=AWA)
    await talk.begin(FLOW)
    await talk.fill(until="phone")
    before = await _draft(people)
    await talk.begin("gathering_change")
    await talk.tap("1")
    await talk.tap("edit")
    assert talk.step == "card"
    assert "inscription commencée attend" in talk.said
    assert await _draft(people) == before
    await talk.begin("gatherings")
    await talk.tap("resume")
    await talk.fill()
    await talk.tap("stop")
    await talk.begin("gathering_change")
    await talk.tap("1")
    await talk.tap("edit")
    assert talk.step == "summary"
    talk.session = Session()
    await talk.begin("gatherings")
    assert "resume" not in talk.offered  # a correction is begun anew: nothing is lost by it


async def test_an_old_button_to_go_on_begins_anew_where_nothing_is_left(talk: Talk) -> None:
    await talk.do(Chose("gatherings", "which", "resume"))
    assert talk.step == "organization"


async def test_a_gathering_that_closed_meanwhile_is_told_and_the_answers_stay(
    talk: Talk, people: People
) -> None:
    await talk.begin(FLOW)
    await talk.fill(until="phone")
    await _open(people, "JIF27B", starts_at=STARTS + 9 * DAY, ends_at=STARTS + 10 * DAY,
                closes_at=STARTS + 9 * DAY)  # fmt: skip
    talk.now = NOW + 6 * DAY
    await people.store.write(
        people.desk.gatherings.cancel, people.gathering.id, actor=STAFF, now=talk.now
    )
    await talk.begin("gatherings")
    await talk.tap("resume")
    assert talk.step == "gathering"
    assert "ne sont plus ouvertes" in talk.said
    await talk.tap("JIF27B")
    assert talk.step == "phone"
    await talk.fill()
    await talk.tap("confirm")
    assert len(await _mine(people)) == 1


# -- which gathering ---------------------------------------------------------------------------


async def test_a_link_to_the_jpo_asks_which_one_with_its_region(talk: Talk, people: People) -> None:
    await _open(people, "JPO27", kind=GatheringKind.JPO)
    await _open(people, "JPO27KY", kind=GatheringKind.JPO, region="kayes")
    await talk.begin("gatherings", kind="jpo")
    await talk.tap("register")
    assert (talk.step, sorted(talk.offered)) == ("gathering", ["JPO27", "JPO27KY"])
    assert any(label.startswith("Kayes, ") for label in _labels(talk))
    await talk.tap("JPO27KY")
    assert talk.step == "organization"


async def test_the_only_gathering_of_the_kind_is_not_asked_for(talk: Talk, people: People) -> None:
    await _open(people, "JPO27", kind=GatheringKind.JPO)
    await talk.begin("gatherings", kind="jpo")
    await talk.tap("register")
    assert talk.step == "organization"
    draft = await _draft(people)
    assert draft is not None
    assert draft.answers["gathering"] == "JPO27"


async def test_nobody_is_led_into_the_other_gathering_unasked(talk: Talk) -> None:
    await talk.begin("gatherings", kind="jpo")  # the JIF alone is open
    await talk.tap("register")
    assert (talk.step, talk.offered) == ("gathering", ["JIF27"])


# -- buttons of another day --------------------------------------------------------------------


async def test_a_button_of_last_years_gathering_keeps_nothing_and_says_so(
    talk: Talk, people: People
) -> None:
    await _open(
        people,
        "JIF26",
        at=NOW - LAST_YEAR,
        starts_at=STARTS - LAST_YEAR,
        ends_at=STARTS - LAST_YEAR + DAY,
        opens_at=NOW - LAST_YEAR - DAY,
        closes_at=STARTS - LAST_YEAR,
        correct_until=STARTS - LAST_YEAR,
    )
    await _open(people, "JPO27", kind=GatheringKind.JPO)
    for code in ("JIF26", "JIF99", "'; DROP"):
        await talk.do(Chose(FLOW, "gathering", code))
        assert talk.step == "gathering"
        assert "n'est plus possible" in talk.said
        draft = await _draft(people)
        assert draft is None or not draft.answers


IMPOSSIBLE = (
    ("women", "300"),
    ("women", "6"),
    ("women", "-1"),
    ("men", "3"),
    ("disabled", "5"),
    ("region", "atlantide"),
    ("cercle", "kayes-kita"),
)


@pytest.mark.parametrize(("step", "choice"), IMPOSSIBLE)
async def test_a_button_that_is_no_longer_possible_keeps_nothing_and_shows_those_that_are(
    talk: Talk, people: People, step: str, choice: str
) -> None:
    await talk.begin(FLOW)
    await talk.fill(until=step)
    before = await _draft(people)
    await talk.do(Chose(FLOW, step, choice))
    assert talk.step == step
    assert "n'est plus possible" in talk.said
    assert await _draft(people) == before
    await talk.answer(ANSWERS[step])
    assert talk.step != step


# -- numbers that follow from each other -------------------------------------------------------


async def test_more_women_than_there_are_places_left_ask_for_the_men_anew(talk: Talk) -> None:
    await talk.begin(FLOW)
    await talk.fill(men="2")
    await talk.tap("change")
    await talk.tap("women")
    await talk.tap("5")
    assert talk.step == "men"
    assert talk.offered == ["0"]
    await talk.tap("0")
    assert talk.step == "summary"


async def test_somebody_has_to_come(talk: Talk) -> None:
    await talk.begin(FLOW)
    await talk.fill(until="women")
    await talk.tap("0")
    assert talk.offered[0] == "1"
    await talk.write("0")
    assert "au moins 1" in talk.said
    await talk.tap("1")
    await talk.fill(disabled="'1")
    await talk.tap("change")
    await talk.tap("men")
    assert "0" not in talk.offered


async def test_fewer_people_ask_anew_how_many_of_them_are_disabled(talk: Talk) -> None:
    await talk.begin(FLOW)
    await talk.fill(disabled="'4")
    await talk.tap("change")
    await talk.tap("men")
    await talk.tap("0")
    assert talk.step == "disabled"
    assert talk.offered == ["0", "1", "2", "3", "skip"]


# -- both languages ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("organization", "x" * 500),
        ("organization", "🌸🌸"),
        ("phone", "+999 12 34 56 78"),
        ("phone", "12"),
        ("women", "300"),
        ("women", "beaucoup"),
    ],
)
async def test_what_is_wrong_is_said_in_both_languages(talk: Talk, step: str, typed: str) -> None:
    await talk.begin(FLOW)
    await talk.fill(until=step)
    await talk.write(typed)
    french, bambara = talk.read("fr"), talk.read("bm")
    assert french
    said = zip(french.splitlines(), bambara.splitlines(), strict=True)
    assert [one for one, other in said if one == other] == []  # nothing is left in French


async def test_a_closed_window_is_said_in_both_languages(talk: Talk) -> None:
    talk.now = STARTS - DAY
    await talk.begin(FLOW)
    assert "Aucune inscription n'est ouverte" in talk.read("fr")
    assert "dayɛlɛlen tɛ sisan" in talk.read("bm")
