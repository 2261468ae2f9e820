"""What is printed and drawn: real files, with every letter of both languages."""

import io

import pytest
from PIL import Image

from guidance.paper import printable
from guidance.quota import Group
from guidance.quota_picture import HEIGHT, WIDTH, draw_bar
from guidance.sheets import ArticleSheet, Side, print_article, print_list

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
    assert print_list("Titre", [("Manque", "Conseil")], ["note"]).startswith(b"%PDF-")


@pytest.mark.parametrize("group", [Group(7, 3), Group(0, 8), Group(105, 42), Group(499, 1)])
def test_the_bar_shows_the_fewer_from_the_left(group):
    picture = Image.open(io.BytesIO(draw_bar(group))).convert("RGB")
    assert picture.size == (WIDTH, HEIGHT)
    colours = {picture.getpixel((x, 95)) for x in range(25, WIDTH - 25, 2)}
    assert ((122, 59, 143) in colours) == (group.women > 1)
    assert ((42, 127, 98) in colours) == (group.men > 1)
