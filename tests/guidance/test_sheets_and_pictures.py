"""What is printed and drawn: real files, with every letter of both languages."""

import io

import pytest
from PIL import Image

from bot import bootstrap
from bot.adapters.guidance import sheet_of
from bot.conversation.rendering import Renderer
from bot.i18n.catalogue import load_catalogue
from guidance.paper import printable
from guidance.quota import Group
from guidance.quota_picture import HEIGHT, WIDTH, draw_bar
from guidance.sheets import ArticleSheet, ListPart, Side, print_article, print_list
from guidance.shelf import read_shelf

DEADLINES = {
    "pep_days": "3", "pep_hours": "72", "ec_days": "5", "ec_hours": "120", "organisation": "Unité",
}  # fmt: skip
LETTERS = "abcdeɛfghijklmnɲŋoɔprstuwyz AƐƆƝŊ éèêàçœ « » ’ — 30 %"


def test_both_alphabets_can_be_printed():
    assert printable(LETTERS) == LETTERS.replace("  ", " ")


def test_pictographs_are_left_out():
    assert printable("🩺 La santé d'abord") == "La santé d'abord"


def test_a_sheet_is_a_pdf_of_a5_pages_and_the_same_each_time():
    sheet = ArticleSheet((Side("Titre", ("Une page.",)), Side("Tɔgɔ", ("Ɲɛ kelen.",))), "a", ("n",))
    first = print_article(sheet)
    assert first.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 419.53 595.28]" in first
    assert print_article(sheet) == first


def test_a_long_article_goes_on_to_further_pages():
    long = Side("Titre", ("Une ligne assez longue pour remplir. " * 40,) * 6)
    pages = print_article(ArticleSheet((long, long), "a")).count(b"/Type /Page\n")
    assert pages > 1


def test_a_list_is_a_pdf():
    part = ListPart("Titre", ("Oui : 9.",), (("Manque", "Conseil"),))
    assert print_list([part, part], ["note"]).startswith(b"%PDF-")


@pytest.mark.parametrize("group", [Group(7, 3), Group(0, 8), Group(105, 42), Group(499, 1)])
def test_the_bar_shows_the_fewer_from_the_left(group):
    picture = Image.open(io.BytesIO(draw_bar(group))).convert("RGB")
    assert picture.size == (WIDTH, HEIGHT)
    women, men = (91, 42, 134), (143, 208, 181)
    colours = {picture.getpixel((x, 95)) for x in range(25, WIDTH - 25, 2)}
    assert (women in colours) == (group.women > 1)
    assert (men in colours) == (group.men > 1)


def test_every_article_fits_one_page():
    renderer = Renderer(load_catalogue(bootstrap.LOCALES), DEADLINES)
    pages = {
        each.id: print_article(sheet_of(each, renderer, "a_bot")).count(b"/Type /Page\n")
        for each in read_shelf().articles.values()
    }
    assert {name: count for name, count in pages.items() if count != 1} == {}


def test_a_sheet_has_both_languages_and_the_french_once():
    renderer = Renderer(load_catalogue(bootstrap.LOCALES), DEADLINES)
    sheet = sheet_of(read_shelf().articles["after_rape"], renderer, "a_bot")
    french, bambara = sheet.sides
    assert "(" + french.paragraphs[0] not in "".join(bambara.paragraphs)
    assert "72 h" in french.paragraphs[0]
    assert "lɛri 72" in bambara.paragraphs[0]
    assert sheet.address == "https://t.me/a_bot?start=a_xp5toy"
    assert sheet.notes[0] == "Jigi, Unité · https://t.me/a_bot?start=a_xp5toy"
    assert any("en cas de doute" in note for note in sheet.notes)
    assert any("[C]" in note and "2020" in note for note in sheet.notes)
