"""Every article is three taps from the menu, read page by page, with the way to help below."""

import pytest

from bot.adapters.article_texts import page_of
from bot.conversation.buttons import decode_press
from bot.conversation.events import ButtonPressed, CommandGiven, Incoming
from bot.conversation.outgoing import ShowScreen
from bot.conversation.person import Person, encode_person
from guidance.articles import TOPICS, Room
from guidance.content_rules import MAX_PAGE, MAX_SURVIVOR_LINES
from guidance.shelf import read_shelf
from tests.golden.conftest import MOMENT

LANGUAGES = pytest.mark.parametrize("language", ["fr", "bm"])
DOOR = {Room.SURVIVOR: "understand", Room.OPEN: "equality"}
SHELF = read_shelf()


def shown(turn):
    return next(action for action in turn.actions if isinstance(action, ShowScreen))


def choices(turn):
    """Each button's data by its choice."""
    buttons = [button for row in shown(turn).rows for button in row]
    return {decode_press(button.data).choice: button.data for button in buttons}


class Reader:
    """Somebody with a language who presses buttons and counts."""

    def __init__(self, conversation, language):
        self.conversation = conversation
        self.state = encode_person(Person(language=language))
        self.taps = 0

    async def command(self, name, payload=""):
        return await self._sent(CommandGiven(name, payload), None)

    async def tap(self, turn, choice):
        self.taps += 1
        return await self._sent(ButtonPressed(choices(turn)[choice]), "p")

    async def _sent(self, event, press_id):
        seen = None if press_id else MOMENT
        incoming = Incoming(5, event, MOMENT, 8, press_id, seen)
        turn = await self.conversation.respond(incoming, self.state, MOMENT)
        self.state = turn.state
        return turn


async def opened(conversation, article, language):
    reader = Reader(conversation, language)
    turn = await reader.command("menu")
    for choice in (DOOR[article.room], article.topic, f"{article.code}-1"):
        turn = await reader.tap(turn, choice)
    return reader, turn


@LANGUAGES
async def test_every_article_is_three_taps_from_the_menu_and_read_to_its_end(
    conversation, language
):
    text = conversation.composer.renderer.text
    for article in SHELF.articles.values():
        reader, turn = await opened(conversation, article, language)
        assert reader.taps <= 3, article.id
        for number in range(1, len(article.pages) + 1):
            if number > 1:
                turn = await reader.tap(turn, f"{article.code}-{number}")
            assert text(page_of(article, number), language) in shown(turn).text, article.id
            if article.room is Room.SURVIVOR:
                assert "help" in choices(turn), article.id
                foot = {"emergency", "back", "quit", "discreet", "settings"}
                assert len(choices(turn).keys() - foot) <= 5, article.id
        related = {f"{each.code}-1" for each in SHELF.related_to(article)}
        assert len(related) == 2
        assert related <= choices(turn).keys(), article.id


async def test_the_way_to_help_asks_only_for_a_place_where_the_need_is_known(conversation):
    reader, turn = await opened(conversation, SHELF.articles["after_rape"], "fr")
    turn = await reader.tap(turn, "help")
    assert "Où chercher" in shown(turn).text


@LANGUAGES
async def test_every_code_opens_its_article_from_outside(conversation, language):
    text = conversation.composer.renderer.text
    for article in SHELF.articles.values():
        reader = Reader(conversation, language)
        turn = await reader.command("start", f"a_{article.code}")
        assert text(page_of(article, 1), language) in shown(turn).text, article.id


async def test_a_code_of_nothing_says_so_and_leads_on(conversation):
    turn = await Reader(conversation, "fr").command("start", "a_222222")
    assert "n'est plus ici" in shown(turn).text
    assert {"help", "quit"} <= choices(turn).keys()


@LANGUAGES
def test_a_page_is_short_in_both_languages(conversation, language):
    text = conversation.composer.renderer
    for article in SHELF.articles.values():
        for number in range(1, len(article.pages) + 1):
            said = text.catalogue.find(page_of(article, number), language)
            assert len(said) <= MAX_PAGE, f"{article.id}.{number}"
            if article.room is Room.SURVIVOR:
                assert said.count("\n") < MAX_SURVIVOR_LINES, f"{article.id}.{number}"


def test_every_topic_stands_in_a_menu(conversation):
    flows = conversation.library.flows
    offered = {
        choice.id
        for name in ("understand", "equality")
        for choice in flows[name].steps["topics"].choices
    }
    assert set(TOPICS) <= offered
