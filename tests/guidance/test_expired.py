"""An article past its last day is served with a word about it; the sheet's facts stay the same."""

from dataclasses import replace
from datetime import date

from bot import bootstrap
from bot.adapters.guidance import GuidanceLookUps, build_index
from bot.conversation.rendering import Renderer
from bot.i18n.catalogue import load_catalogue
from flows.engine.effects import LookUp
from guidance.shelf import read_shelf
from tests.golden.conftest import MOMENT


async def test_an_expired_article_is_served_with_a_word_about_it():
    shelf, catalogue = read_shelf(), load_catalogue(bootstrap.LOCALES)
    late = shelf.articles["myths"].model_copy(update={"valid_until": date(2026, 11, 22)})
    shelf = replace(shelf, articles={**shelf.articles, "myths": late})
    look_ups = GuidanceLookUps(shelf, build_index(shelf, catalogue), Renderer(catalogue, {}))

    async def said(code):
        found = await look_ups.look_up(LookUp("article_page", (("at", f"{code}-1"),)), MOMENT)
        return [each.text for each in found.messages]

    assert (await said("7c7wkc"))[1:] == ["⚠️ Ce texte attend une relecture."]
    assert len(await said("xp5toy")) == 1
