"""Who looks over a shoulder reads nothing that tells; nothing of it is stored."""

import re

import pytest

from bot.conversation import phrases
from bot.conversation.buttons import Press, decode_press, encode_press
from bot.conversation.events import ButtonPressed, CommandGiven, Incoming, TextArrived
from bot.conversation.outgoing import DeleteMessages, ShowScreen
from bot.conversation.person import Person, decode_person, encode_person
from flows.engine.definition import Screen
from flows.engine.messages import Message
from tests.golden.conftest import MOMENT

TELLING = re.compile(
    r"violen|\bviol\b|vbg|sexuel|\babus|agress|battu|frapp|victime|surviv|police|gendarm|plainte"
    r"|justice|\bjuge|avocat|refuge|h[eé]berg|lieu s[uû]r|danger|urgence|\baide\b|protég|\bvih\b"
    r"|grossesse|excision|🆘|ɲangata|diyagoya|bugɔ|polisi|kiri\b|lakana|farati|dɛmɛ\b|kɔnɔmaya",
    re.IGNORECASE,
)
# What stays as it is, and why. Everything else holds its tongue.
ALOUD = {
    ("own_behaviour", "law"): "what the law says can't be said in other words; one tap further on",
    ("gathering_dates", "text"): "peace and security are the theme of a public day",
}
# What names itself so: the authors of these words are the services.
DATA = re.compile(r"^(\d\. |📞 |ℹ️|⚠️|📍 \w)")


def incoming(event, press_id=None):
    return Incoming(5, event, MOMENT, 8, press_id, None if press_id else MOMENT)


def shown(turn):
    return next(action for action in turn.actions if isinstance(action, ShowScreen))


async def press(conversation, data, state=None):
    return await conversation.respond(incoming(ButtonPressed(data), "p"), state, MOMENT)


def quiet_words(conversation):
    for name, flow in conversation.library.flows.items():
        for step in flow.steps.values():
            if isinstance(step, Screen) and (name, step.id) not in ALOUD:
                messages = [text for _, text in step.texts]
                messages += [choice.label for choice in step.choices]
                yield from ((f"{name}/{step.id}", each) for each in messages)


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_no_screen_of_any_flow_has_a_telling_word(conversation, language):
    renderer = conversation.composer.renderer
    found = {}
    for where, message in quiet_words(conversation):
        words = renderer.text(message.worded(discreet=True), language)
        if TELLING.search(words):
            found[where] = words
    assert found == {}


def test_the_rule_catches_the_plain_words(conversation):
    plain = [message.text for _, message in quiet_words(conversation)]
    assert sum(bool(TELLING.search(text)) for text in plain) > 20


def test_what_the_driver_itself_says_has_no_telling_word(conversation):
    renderer = conversation.composer.renderer
    own = [each for each in vars(phrases).values() if isinstance(each, Message)]
    own += [*phrases.NEUTRAL, *(words for _, words in phrases.FOOT.values())]
    own = [each.filled({"language": "Français"}) for each in own]
    for language in ("fr", "bm"):
        said = [renderer.text(each.worded(discreet=True), language) for each in own]
        assert [words for words in said if TELLING.search(words)] == []


async def test_a_wish_to_die_and_a_child_are_answered_in_full_in_discreet_words(conversation):
    """The acts and the numbers are all there; the topic is not."""
    state = encode_person(Person(language="fr", discreet=True))
    for told, acts in (
        ("je veux mourir", ("personne de confiance", "docteur", "📞")),
        ("j'ai 14 ans et mon oncle me touche", ("grande personne", "docteur", "📞")),
    ):
        turn = await conversation.respond(incoming(TextArrived(told)), state, MOMENT)
        assert all(act in shown(turn).text for act in acts)
        labels = [button.label for row in shown(turn).rows for button in row]
        lines = [line for line in shown(turn).text.splitlines() if not line.startswith("📞")]
        assert [each for each in lines + labels if TELLING.search(each)] == []


@pytest.mark.parametrize("language", ["fr", "bm"])
async def test_articles_are_named_on_buttons_and_links_without_a_telling_word(
    conversation, language
):
    state = encode_person(Person(language=language, discreet=True))
    for topic in ("violence", "stigma", "health_rights", "helping", "safety"):
        data = encode_press(Press("understand", "topics", topic, language, discreet=True))
        turn = await press(conversation, data, state)
        labels = [button.label for row in shown(turn).rows for button in row]
        assert len(labels) > 4
        assert [each for each in labels if TELLING.search(each)] == []


@pytest.mark.parametrize("language", [None, "fr", "bm"])
async def test_the_link_switches_it_on_with_one_tap(conversation, language):
    state = encode_person(Person(language=language)) if language else None
    turn = await conversation.respond(incoming(CommandGiven("start", "d")), state, MOMENT)
    assert decode_person(turn.state).discreet
    assert all(decode_press(b.data).discreet for row in shown(turn).rows for b in row)


async def test_one_tap_under_the_notice_changes_the_very_screen(conversation):
    state = encode_person(Person(language="fr"))
    first = await conversation.respond(incoming(CommandGiven("aide")), state, MOMENT)
    buttons = {b.label: b.data for row in shown(first).rows for b in row}
    turn = await press(conversation, buttons["🌙 Mots discrets"], first.state)
    assert shown(turn).edit == 8
    assert "🩺 Un docteur" in {b.label for row in shown(turn).rows for b in row}
    assert not TELLING.search(shown(turn).text)


async def test_it_travels_with_the_buttons_and_needs_no_session(conversation):
    data = encode_press(Press("find_help", "place", "gao", "fr", discreet=True))
    turn = await press(conversation, data)
    assert all(decode_press(b.data).discreet for row in shown(turn).rows for b in row)


async def test_an_old_plain_button_does_not_switch_it_off(conversation):
    state = encode_person(Person(language="fr", discreet=True))
    turn = await press(conversation, encode_press(Press("foot", "-", "menu")), state)
    assert "📍 Adresses" in {b.label for row in shown(turn).rows for b in row}


async def test_a_list_of_services_tells_only_what_the_services_call_themselves(conversation):
    state = encode_person(Person(language="fr", discreet=True))
    told = TextArrived("mon mari me frappe, je suis à Sévaré")
    turn = await conversation.respond(incoming(told), state, MOMENT)
    lines = [line for line in shown(turn).text.splitlines() if not DATA.search(line)]
    notice = [line for line in lines if "Telegram" in line or "« Quitter »" in line]
    assert not [line for line in lines if line not in notice and TELLING.search(line)]


async def test_screens_are_locked_only_on_request_and_never_where_numbers_stand(conversation):
    free = await conversation.respond(incoming(CommandGiven("menu")), None, MOMENT)
    assert not shown(free).protect
    state = encode_person(Person(language="fr", protect=True))
    locked = await conversation.respond(incoming(CommandGiven("menu")), state, MOMENT)
    assert shown(locked).protect
    for flow, step, choice in (
        ("find_help", "list", "osc-mopti"),
        ("foot", "-", "emergency"),
        ("menu", "main", "emergency"),
    ):
        turn = await press(conversation, encode_press(Press(flow, step, choice)), state)
        assert not shown(turn).protect
        # A lock belongs to a message for good: the card must not be an edit of a locked one.
        assert shown(turn).edit is None
        assert DeleteMessages((8,)) in turn.actions


def test_every_link_is_opaque():
    from bot.conversation.entrances import entrance  # noqa: PLC0415  # only this test

    assert entrance("violences") is None
    assert entrance("d") is None  # it changes the words, and leads nowhere by itself
    flow, slots = entrance("a_abc234")
    assert flow == "read"
    assert dict(slots) == {"reading": "abc234"}
