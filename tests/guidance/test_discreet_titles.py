"""In discreet mode no button names what an article about violence is about, in either language."""

import pytest

from bot.adapters.article_texts import title_of
from bot.conversation.events import ButtonPressed, CommandGiven, Incoming
from bot.conversation.outgoing import ShowScreen
from bot.conversation.person import Person, encode_person
from guidance.articles import Room
from guidance.shelf import read_shelf
from tests.golden.conftest import MOMENT
from tests.safety.test_discretion import TELLING

SURVIVOR = [each for each in read_shelf().articles.values() if each.room is Room.SURVIVOR]


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_no_discreet_title_tells(conversation, language):
    renderer = conversation.composer.renderer
    titles = [renderer.text(title_of(each).worded(discreet=True), language) for each in SURVIVOR]
    assert [each for each in titles if TELLING.search(each)] == []
    assert len(set(titles)) == len(SURVIVOR)


@pytest.mark.parametrize("language", ["fr", "bm"])
async def test_a_list_of_articles_shows_them(conversation, language):
    state = encode_person(Person(language=language, discreet=True))
    menu = await conversation.respond(incoming(CommandGiven("menu")), state, MOMENT)
    topics = await press(conversation, menu, 2)
    articles = await press(conversation, topics, 0)
    labels = [button.label for row in shown(articles).rows for button in row]
    violence = [each for each in SURVIVOR if each.topic == "violence"]
    renderer = conversation.composer.renderer
    quiet = [renderer.text(title_of(each).worded(discreet=True), language) for each in violence]
    assert labels[: len(violence)] == quiet


def incoming(event, press_id=None):
    return Incoming(5, event, MOMENT, 8, press_id, None if press_id else MOMENT)


def shown(turn):
    return next(action for action in turn.actions if isinstance(action, ShowScreen))


async def press(conversation, turn, number):
    buttons = [button for row in shown(turn).rows for button in row]
    return await conversation.respond(
        incoming(ButtonPressed(buttons[number].data), "p"), turn.state, MOMENT
    )
