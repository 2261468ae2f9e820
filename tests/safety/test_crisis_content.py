"""Under 18, having done harm, and everybody who thinks that this is for others."""

import base64
import json
import re
from collections import deque

import pytest

from bot import bootstrap
from bot.conversation.buttons import Press, decode_press, encode_press
from bot.conversation.demo_gate import DemoGate
from bot.conversation.events import ButtonPressed, CommandGiven, Incoming, TextArrived
from bot.conversation.outgoing import ShowScreen
from bot.conversation.person import Person, decode_person, encode_person
from flows.engine.definition import Screen
from tests.golden.conftest import MOMENT

MINORS = [
    "j'ai 14 ans",
    "J'ai quinze ans et mon oncle me touche",
    "jai 12 ans",
    "je suis mineure",
    "je n'ai que 16 ans aidez moi",
    "j'ai moins de 18 ans",
    "n si bɛ san 14 la",
    "n si bɛ san tan ni duuru la",
]
NO_MINORS = [
    "j'ai 24 ans",
    "j'ai 15 ans de mariage",
    "j'ai dix-huit ans",
    "ma fille a 14 ans",
    "j'ai 3 enfants",
    "j'ai 40 ans et mon mari me frappe",
    "mon fils est mineur",
]
DID_HARM = [
    "j'ai frappé ma femme",
    "j'ai violé une fille",
    "je bats ma femme",
    "c'est moi qui l'ai frappée",
    "j'ai fait du mal à quelqu'un",
    "n ye n muso bugɔ",
]
DID_NO_HARM = [
    "mon mari m'a frappée",
    "j'ai été violée",
    "n cɛ bɛ n bugɔ",
    "n muso bɛ n bugɔ",
    "on m'a fait du mal",
    "j'ai frappé à la porte du voisin",
    "il a frappé ma fille",
]


@pytest.fixture(scope="module")
def self_said():
    return bootstrap.load_self_said(bootstrap._in_light_spelling)  # noqa: SLF001  # the spelling in use


def incoming(event):
    pressed = isinstance(event, ButtonPressed)
    return Incoming(5, event, MOMENT, 8, "p" if pressed else None, None if pressed else MOMENT)


def shown(turn):
    return next(action for action in turn.actions if isinstance(action, ShowScreen))


def presses(turn):
    return [decode_press(button.data) for row in shown(turn).rows for button in row]


async def hear(conversation, text, state=None):
    return await conversation.respond(incoming(TextArrived(text)), state, MOMENT)


async def press(conversation, data, state=None):
    return await conversation.respond(incoming(ButtonPressed(data)), state, MOMENT)


@pytest.mark.parametrize("text", MINORS)
def test_s34_who_says_to_be_under_18_is_heard_without_a_model(self_said, text):
    assert self_said.flow(text) == "child"


@pytest.mark.parametrize("text", DID_HARM)
def test_s36_who_says_to_have_done_harm_is_heard_without_a_model(self_said, text):
    assert self_said.flow(text) == "own_behaviour"


@pytest.mark.parametrize("text", NO_MINORS + DID_NO_HARM)
def test_others_are_not_taken_for_them(self_said, text):
    assert self_said.flow(text) is None


async def test_s34_a_child_is_led_to_services_and_nothing_is_kept(conversation):
    living = encode_person(Person(language="fr", notice_given=True))
    turn = await hear(conversation, "j'ai 14 ans et mon oncle me touche", living)
    waiting, seen = deque([turn]), set()
    assert turn.delete_own_after_seconds is not None
    while waiting:
        turn = waiting.popleft()
        assert turn.state is None
        offered = presses(turn)
        assert {"emergency", "quit"} <= {each.choice for each in offered}
        for each in offered[:4]:
            if each.flow != "child" or each.choice == "wrong" or each in seen:
                continue
            seen.add(each)
            waiting.append(await press(conversation, encode_press(each)))
    assert {each.step for each in seen} >= {"now", "place", "list"}


async def test_s34_a_child_is_shown_only_child_safe_services(conversation):
    asked = await press(conversation, encode_press(Press("child", "now", "who")))
    places = [each.choice for each in presses(asked) if each.step == "place"]
    assert len(places) > 15
    for place in places:
        turn = await press(conversation, encode_press(Press("child", "place", place)))
        services = [each.choice for each in presses(turn) if each.step == "list"]
        assert [choice for choice in services if choice != "other_place"], place
        assert "Brigade" not in shown(turn).text.splitlines()[1]


async def test_s34_a_child_in_danger_is_answered_at_once_and_nothing_is_kept(conversation):
    turn = await hear(conversation, "j'ai 13 ans au secours il a un couteau il est devant la porte")
    assert "18" in shown(turn).text
    assert turn.state is None


def test_s36_no_button_of_the_own_behaviour_leads_to_services(conversation):
    flow = conversation.library.flows["own_behaviour"]
    screens = [step for step in flow.steps.values() if isinstance(step, Screen)]
    assert {step.content_from for step in screens} <= {None, "emergency_numbers"}
    links = {choice.link for step in screens for choice in step.choices}
    assert links <= {None, "not_that"}


async def test_s36_who_did_harm_is_shown_no_service(conversation):
    turn = await hear(conversation, "j'ai frappé ma femme, je suis à Sévaré")
    assert decode_person(turn.state).session.current.flow == "own_behaviour"
    assert not re.search(r"(?m)^\d\. ", shown(turn).text)


@pytest.mark.parametrize(
    "text", ["au secours il a un couteau", "je veux mourir", MINORS[0], DID_HARM[0]]
)
async def test_s09_one_tap_corrects_and_nothing_of_the_guess_remains(conversation, text):
    turn = await hear(conversation, text)
    wrong = next(each for each in presses(turn) if each.choice == "wrong")
    corrected = await press(conversation, encode_press(wrong), turn.state)
    session = decode_person(corrected.state).session
    assert session.current.flow == "not_that"
    assert session.slots == {}


@pytest.mark.parametrize("step", ["men", "disability", "displaced"])
async def test_s33_everybody_is_spoken_to_and_nobody_is_asked_who_they_are(conversation, step):
    asked = await press(conversation, encode_press(Press("find_help", "other_need", "everybody")))
    assert step in {each.choice for each in presses(asked)}
    turn = await press(conversation, encode_press(Press("for_everybody", "who", step)))
    assert decode_person(turn.state).session.current.step == step
    assert "find_help" in {each.choice for each in presses(turn)}
    assert step not in str(decode_person(turn.state).session.slots)
    to_help = await press(
        conversation, encode_press(Press("for_everybody", step, "find_help")), turn.state
    )
    assert decode_person(to_help.state).session.slots == {}


async def test_s34_a_demonstration_stays_open_for_a_child_and_keeps_nothing_else(conversation):
    gate = DemoGate(conversation, conversation.composer, "colline-42")
    opened = await gate.respond(incoming(CommandGiven("start", "colline-42")), None, MOMENT)
    told = await gate.respond(incoming(TextArrived("j'ai 14 ans")), opened.state, MOMENT)
    assert b"child" not in base64.b64decode(json.loads(told.state)["inner"])
    who = encode_press(Press("child", "now", "who"))
    asked = await gate.respond(incoming(ButtonPressed(who)), told.state, MOMENT)
    assert "Où es-tu" in shown(asked).text
