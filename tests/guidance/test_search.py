"""Search over both languages, tolerant of spelling."""

import pytest

from bot import bootstrap
from bot.adapters.guidance import build_index
from bot.i18n.catalogue import load_catalogue
from guidance.shelf import read_shelf


@pytest.fixture(scope="module")
def index():
    return build_index(read_shelf(), load_catalogue(bootstrap.LOCALES))


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("amende", "survivor_rights"),
        ("viol", "violence_types"),
        ("liste", "quota_law"),
        ("exsision", "excision_marriage"),
        ("bolokoli", "excision_marriage"),
        ("bolokɔli", "excision_marriage"),
        ("imam", "roles_leaders"),
        ("1325", "resolution_1325"),
        ("resolusion 1325", "resolution_1325"),
        ("charte nationale", "peace_process"),
        ("fatwa", "fatwa"),
        ("telefoni", "digital_safety"),
        ("handicap", "disability"),
        ("gundo", "confidentiality"),
        ("quota", "quota_law"),
        ("enfant né du viol", "children_born"),
    ],
)
def test_a_word_finds_its_article(index, text, article):
    assert article in index.find(text)[:3]


@pytest.mark.parametrize(
    "text", ["", "  ", "girafe", "?!", "une phrase bien trop longue pour cela"]
)
def test_what_is_no_word_of_ours_finds_nothing(index, text):
    assert index.find(text) == ()


def test_every_article_is_found_by_its_first_keyword(index):
    for article in read_shelf().articles.values():
        assert article.id in index.find(article.keywords[0]), article.keywords[0]
