"""The driver when parts are missing, late or strange."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.buttons import Press, encode_press
from bot.conversation.deciding import Thresholds
from bot.conversation.events import (
    BotBlocked,
    ButtonPressed,
    CommandGiven,
    ContactShared,
    GroupTouched,
    Incoming,
    LocationShared,
    MediaArrived,
    TextArrived,
    VoiceArrived,
)
from bot.conversation.outgoing import AnswerPress, LeaveChat, ShowScreen
from bot.conversation.person import Person, decode_person, encode_person
from tests.golden.conftest import MOMENT

LATE = MOMENT - timedelta(minutes=6)


class BrokenUnderstanding:
    """A model that is gone; the lexicon still works."""

    def __init__(self, understanding):
        self.crisis = understanding.crisis

    async def interpret(self, text):
        raise ConnectionError(text)


def incoming(event, sent_at=MOMENT):
    pressed = isinstance(event, ButtonPressed)
    return Incoming(9, event, sent_at, 4, "p" if pressed else None, None if pressed else sent_at)


def screens(turn):
    return [action for action in turn.actions if isinstance(action, ShowScreen)]


async def answer(conversation, event, state=None, sent_at=MOMENT):
    return await conversation.respond(incoming(event, sent_at), state, MOMENT)


@pytest.mark.parametrize(
    "event",
    [
        TextArrived("quitter"),
        TextArrived("STOP !"),
        TextArrived("a jɔsi"),
        CommandGiven("effacer"),
        CommandGiven("stop"),
        ButtonPressed(encode_press(Press("foot", "-", "quit"))),
        ButtonPressed(encode_press(Press("menu", "main", "quit"))),
    ],
)
async def test_s02_leaving_says_a_neutral_line_first_and_keeps_nothing(conversation, event):
    broken = replace(conversation, understanding=BrokenUnderstanding(conversation.understanding))
    turn = await answer(broken, event, b"not a session of ours")
    assert isinstance(turn.actions[0], ShowScreen)
    assert turn.actions[0].rows == ()
    assert turn.erase
    assert turn.state is None
    if isinstance(event, ButtonPressed):
        assert turn.actions[1] == AnswerPress("p")


@pytest.mark.parametrize(
    "text", ["je veux quitter mon mari", "il veut me quitter", "stop il me frappe"]
)
async def test_a_leave_word_inside_a_sentence_erases_nothing(conversation, text):
    turn = await answer(conversation, TextArrived(text))
    assert not turn.erase
    assert turn.state is not None


async def test_s08_danger_is_answered_with_the_model_gone(conversation):
    broken = replace(conversation, understanding=BrokenUnderstanding(conversation.understanding))
    turn = await answer(broken, TextArrived("au secours il veut me tuer maintenant"))
    assert decode_person(turn.state).session.current.flow == "emergency"


async def test_a_sentence_is_answered_with_lines_when_the_model_is_gone(conversation):
    broken = replace(conversation, understanding=BrokenUnderstanding(conversation.understanding))
    turn = await answer(broken, TextArrived("où trouver un avocat à Kayes"))
    assert decode_person(turn.state).session.current.flow == "something_else"
    assert "📞" in screens(turn)[0].text


@pytest.mark.parametrize(
    ("text", "deleted"),
    [
        ("mon mari me frappe", True),
        ("au secours il est là avec un couteau", True),
        ("je veux mourir", True),
        ("c'est quand la JIF ?", False),
    ],
)
async def test_words_of_crisis_and_disclosure_go_from_the_chat_and_it_says_so(
    conversation, text, deleted
):
    turn = await answer(conversation, TextArrived(text))
    assert (turn.delete_own_after_seconds is not None) is deleted
    assert ("s'efface d'ici une minute" in screens(turn)[0].text) is deleted
    assert (turn.delete_own_after_seconds or 0) < 60


async def test_a_late_message_gets_one_neutral_line_and_the_menu(conversation):
    turn = await answer(conversation, TextArrived("mon mari me frappe"), sent_at=LATE)
    (screen,) = screens(turn)
    assert screen.text.startswith("🌿 Bonjour.")
    assert decode_person(turn.state).session.current.flow == "menu"
    assert decode_person(turn.state).session.slots == {}
    again = await answer(conversation, TextArrived("je veux mourir"), turn.state, LATE)
    assert screens(again) == []


async def test_a_late_leave_word_still_leaves(conversation):
    turn = await answer(conversation, TextArrived("quitter"), sent_at=LATE)
    assert turn.erase


async def test_a_late_press_shows_nothing_of_its_topic(conversation):
    pressed = ButtonPressed(encode_press(Press("find_help", "need", "shelter")))
    turn = await answer(conversation, pressed, sent_at=LATE)
    assert decode_person(turn.state).session.current.flow == "menu"


async def test_s22_after_a_pause_nothing_of_the_earlier_talk_is_shown(conversation):
    turn = await answer(conversation, TextArrived("bonjour"), None)
    assert decode_person(turn.state).session.current.flow == "menu"
    assert decode_person(turn.state).session.slots == {}


async def test_s06_the_notice_comes_with_the_first_sensitive_screen_and_once(conversation):
    first = await answer(conversation, TextArrived("je cherche un médecin à Gao"))
    assert "« Quitter » efface nos" in screens(first)[0].text
    second = await answer(conversation, TextArrived("je cherche un avocat à Kayes"), first.state)
    assert "« Quitter » efface nos" not in screens(second)[0].text


async def test_s40_the_notice_is_information_on_the_screen_itself_and_asks_nothing(conversation):
    new = encode_person(Person(language="fr"))
    noticed_before = encode_person(Person(language="fr", notice_given=True))
    plain = screens(await answer(conversation, CommandGiven("aide"), noticed_before))[0]
    noticed = screens(await answer(conversation, CommandGiven("aide"), new))[0]
    labels, with_notice = (
        {button.label for row in each.rows for button in row} for each in (plain, noticed)
    )
    assert plain.text in noticed.text
    # The same buttons, and two that change how it is shown: none that must be pressed first.
    assert with_notice - labels == {"🌙 Mots discrets", "⏱ Durée"}
    assert labels <= with_notice
    assert "?" not in noticed.text.replace(plain.text, "")


async def test_s06_a_crisis_answer_skips_the_notice(conversation):
    turn = await answer(conversation, TextArrived("au secours il est là avec un couteau"))
    assert "« Quitter » efface nos" not in screens(turn)[0].text


@pytest.mark.parametrize("event", [ContactShared(), LocationShared(16.27, -0.04)])
async def test_an_unasked_contact_or_pin_is_deleted_at_once(conversation, event):
    turn = await answer(conversation, event)
    assert turn.delete_own_now


async def test_a_pin_becomes_a_cercle_and_no_more(conversation):
    turn = await answer(conversation, LocationShared(16.2717, -0.0447))
    slots = decode_person(turn.state).session.slots
    assert slots["place"] in {"gao", "cercle-gao"}
    assert b"16.27" not in turn.state


@pytest.mark.parametrize("event", [VoiceArrived(), MediaArrived("photo"), MediaArrived("sticker")])
async def test_s35_a_voice_or_a_picture_gets_buttons_never_silence(conversation, event):
    (screen,) = screens(await answer(conversation, event))
    assert len(screen.rows) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "🙂" * 50,
        "a" * 4096,
        "مرحبا",
        "\u200b\u200d",
        "/",
        "::::",
        "1f:menu:main:quit",
        "\x00\x07",
    ],
)
async def test_any_text_gets_a_helpful_sentence(conversation, text):
    turn = await answer(conversation, TextArrived(text))
    (screen,) = screens(turn)
    assert screen.text.strip()
    assert screen.rows


@pytest.mark.parametrize(
    "data", ["", "x", "1f:a:b:c", "1f:find_help:need:", "9z:x:y:z", "1f:find_help:need:hack"]
)
async def test_unknown_button_data_leads_to_a_screen(conversation, data):
    turn = await answer(conversation, ButtonPressed(data))
    (screen,) = screens(turn)
    assert screen.rows
    assert turn.actions[0] == AnswerPress("p")


async def test_s39_two_misses_lead_to_the_menu_and_the_lines(conversation):
    first = await answer(conversation, TextArrived("qsdf ghjk"))
    second = await answer(conversation, TextArrived("wxcv bnhg"), first.state)
    assert decode_person(second.state).session.current.flow == "something_else"


async def test_low_confidence_offers_guesses_never_a_dead_end(conversation):
    thresholds = Thresholds(
        sure=dict.fromkeys(conversation.thresholds.sure, 1.01), guess=0.0, help_share=1.1
    )
    unsure = replace(conversation, thresholds=thresholds)
    turn = await answer(unsure, TextArrived("c'est quand la JIF ?"))
    assert decode_person(turn.state).session.current.flow == "not_understood"
    labels = [button.label for row in screens(turn)[0].rows for button in row]
    assert any("JIF" in label for label in labels)


async def test_a_group_gets_no_screen_and_is_left(conversation):
    turn = await answer(conversation, GroupTouched())
    assert turn.actions == (LeaveChat(),)
    assert turn.state is None


async def test_who_blocked_the_bot_gets_nothing(conversation):
    turn = await answer(conversation, BotBlocked())
    assert turn.actions == ()
    assert turn.stop


async def test_an_old_service_button_shows_the_service_without_any_session(conversation):
    pressed = ButtonPressed(encode_press(Press("find_help", "list", "osc-mopti", "bm")))
    turn = await answer(conversation, pressed)
    assert "Moti" in screens(turn)[0].text
    assert decode_person(turn.state).language == "bm"


async def test_an_old_place_button_asks_for_what_it_misses(conversation):
    pressed = ButtonPressed(encode_press(Press("find_help", "place", "gao")))
    turn = await answer(conversation, pressed)
    current = decode_person(turn.state).session
    assert (current.current.step, current.slots["place"]) == ("need", "gao")


async def test_the_language_somebody_writes_in_is_offered_never_forced(conversation):
    state = encode_person(Person(language="fr"))
    turn = await answer(conversation, TextArrived("n cɛ bɛ n bugɔ don o don"), state)
    assert decode_person(turn.state).language == "fr"
    labels = [button.label for row in screens(turn)[0].rows for button in row]
    assert "🌍 Bamanankan" in labels


@pytest.mark.parametrize(
    ("text", "most"),
    [("je cherche un médecin à Gao", 0), ("mon mari me frappe, je suis à Sévaré", 0)],
)
async def test_a_sentence_with_need_and_place_leads_to_a_list_at_once(conversation, text, most):
    turn = await answer(conversation, TextArrived(text))
    assert most == 0
    assert decode_person(turn.state).session.current.step == "list"
    assert "1. " in screens(turn)[0].text


async def test_anywhere_can_be_typed_where_a_place_is_asked(conversation):
    asked = await answer(conversation, TextArrived("je veux voir un médecin"))
    found = await answer(conversation, TextArrived("N'importe où"), asked.state)
    assert dict(decode_person(found.state).session.slots)["place"] == "anywhere"


async def test_after_a_disclosure_the_one_stop_centre_is_first(conversation):
    said = "mon mari me frappe, je suis à Sévaré"
    shown = screens(await answer(conversation, TextArrived(said)))[-1].text
    assert "1. One stop center" in shown
