"""The first screen after a sentence: short, with the hours that count, and the choice left free."""

import re

import pytest

from bot.conversation import phrases
from bot.conversation.events import TextArrived
from bot.conversation.person import decode_person
from tests.conversation.test_driver import answer, screens

SERVICE = re.compile(r"^\d\. ")
NOTICE_LINES = phrases.NOTICE.text.splitlines()
HOURS = "72 h"
CHOICE = "Porter plainte est votre choix"


def said(text):
    """Return the lines of a screen in its parts: what is said, services, and the notes below."""
    above, _, below = text.partition("\n\n")
    lines = above.splitlines()
    services = [line for line in lines if SERVICE.match(line)]
    own = [line for line in lines if line not in services and line != phrases.FIRST_LINE.text]
    return own, services, below.splitlines()


async def first(conversation, sentence):
    turn = await answer(conversation, TextArrived(sentence))
    return screens(turn)[0], decode_person(turn.state).session.current


@pytest.mark.parametrize(
    ("sentence", "most_said"),
    [
        ("mon mari me frappe, je suis à Sévaré", 3),
        ("mon mari me frappe, je suis à Sikasso", 3),
        ("ma sœur est battue par son mari à Ségou", 3),
        # The hours that count, and what to ask for, are a line each.
        ("j'ai été violée hier soir à Bamako", 5),
    ],
)
async def test_the_first_list_is_short_and_the_notice_stands_apart(
    conversation, sentence, most_said
):
    screen, current = await first(conversation, sentence)
    own, services, below = said(screen.text)
    assert current.step == "list"
    assert 1 <= len(services) <= 4
    assert len(own) <= most_said
    assert below[: len(NOTICE_LINES)] == NOTICE_LINES
    assert len(below) == len(NOTICE_LINES) + 1  # and that the message goes
    assert sum(map(len, NOTICE_LINES)) < 180


@pytest.mark.parametrize(
    "sentence",
    [
        "je suis enceinte après un viol",
        "ma sœur a été violée hier à Gao",
        "mon enfant a été violé que faire",
        "où trouver la pilule du lendemain à Kayes",
        "je veux porter plainte pour viol à Mopti",
        "n balimamuso violera kunun",
    ],
)
async def test_after_rape_the_hours_are_told_at_once_whatever_is_asked(conversation, sentence):
    screen, current = await first(conversation, sentence)
    assert current.flow == "find_help"
    assert HOURS in screen.text or "lɛri 72" in screen.text


@pytest.mark.parametrize("sentence", ["il est violent", "c'est une violation de la loi"])
async def test_words_that_only_sound_alike_tell_no_hours(conversation, sentence):
    screen, _ = await first(conversation, sentence)
    assert HOURS not in screen.text


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("je veux porter plainte à Gao", CHOICE),
        ("où est la police à Kayes", CHOICE),
        ("un avocat à Mopti svp", CHOICE),
        ("polisiw bɛ min Kayi", "i yɛrɛ de bɛ a latigɛ"),
    ],
)
async def test_a_complaint_is_always_the_persons_choice(conversation, sentence, words):
    screen, current = await first(conversation, sentence)
    assert current.step == "list"
    assert words in screen.text or CHOICE in screen.text


async def test_who_asks_for_the_police_gets_its_numbers_after_the_services(conversation):
    screen, _ = await first(conversation, "numéro de la gendarmerie à Kayes")
    lines = screen.text.splitlines()
    entries = [place for place, line in enumerate(lines) if SERVICE.match(line)]
    numbers = [place for place, line in enumerate(lines) if line.startswith("📞")]
    assert len(numbers) > 1
    assert max(entries) < min(numbers)


@pytest.mark.parametrize(
    "sentence",
    [
        "je veux quitter mon mari",
        "il veut me quitter",
        "mon mari veut me quitter",
        "comment quitter mon foyer",
        "n b'a fɛ ka n cɛ bila",
    ],
)
async def test_leaving_somebody_is_not_leaving_the_chat(conversation, sentence):
    turn = await answer(conversation, TextArrived(sentence))
    assert not turn.erase
    assert decode_person(turn.state).session.current.flow == "find_help"


async def test_who_begins_in_both_languages_is_offered_the_other(conversation):
    screen, _ = await first(conversation, "y a til un psychologue à tombouctou")
    labels = [button.label for row in screen.rows for button in row]
    assert "🌍 Français" in labels or "🌍 Bamanankan" in labels


async def test_s38_what_telegram_sees_stands_in_the_article(conversation):
    turn = await answer(conversation, TextArrived("qui peut lire ce que j'écris ?"))
    shelf = conversation.look_ups.others["open_page"].shelf
    pages = " ".join(page.text for page in shelf.articles["confidentiality"].pages)
    assert decode_person(turn.state).session.current.flow == "read"
    assert "Telegram voit votre compte" in pages
    assert "chiffré de bout en bout" in pages


async def test_a_letter_of_bambara_is_answered_in_bambara(conversation):
    turn = await answer(conversation, TextArrived("dɛmɛ"))
    assert decode_person(turn.state).language == "bm"


@pytest.mark.parametrize("sentence", ["ne ye san 15 de ye, n facɛ bɛ n gosi", "n si ye san 12 ye"])
async def test_s34_a_child_says_its_age_in_bambara_and_nothing_is_kept(conversation, sentence):
    turn = await answer(conversation, TextArrived(sentence))
    assert turn.state is None
    assert screens(turn)


async def test_another_persons_age_is_not_the_writers(conversation):
    turn = await answer(conversation, TextArrived("u b'a fɛ ka n denmuso furu, a si ye san 13 ye"))
    assert turn.state is not None
