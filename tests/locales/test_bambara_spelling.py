"""Bambara as it is written: known words, one spelling per term, the letters of the alphabet."""

import csv
import re
import string
from pathlib import Path

import pytest

from bot import bootstrap
from bot.i18n.catalogue import catalogue_path, read_catalogue
from tests.locales.texts import Text, bambara, words_of

HERE = bootstrap.LOCALES / "bm"
GLOSSARY = bootstrap.LOCALES / "glossary.tsv"

# Decree 159/PG-RM of 19 July 1982; long letters are written twice, nasals with n.
ALPHABET = frozenset("abcdeɛfghijklmnɲŋoɔprstuwyz")
# What a person used to French spelling writes: ny or gn for ɲ, tch for c, dj for j, ou for u.
# In hɔrɔnya the n ends the stem and -ya makes the noun.
FRENCH_SPELLING = re.compile(r"^ny|ny(?!a)|gn|tch|ch|dj|ou|é|è|ê|ò")
# What remains of a word whose last vowel fell away: b'a, k'i, n'u, t'a, y'o, m'a, d'a.
ELIDED = frozenset("bdkmnty")

NOT_OUR_SPELLING = {
    "kiiri": "kiri",
    "dɔkɔtɔrɔso": "dɔgɔtɔrɔso",
    "nimero": "nimɔrɔ",
    "talifɔni": "telefɔni",
    "ɲankata": "ɲangata",
    "awɔ": "ɔwɔ",
    "weele": "wele",
    "jɔɔsi": "jɔsi",
    "hɛɛrɛ": "hɛrɛ",
    "seegin": "segin",
    "wolonfila": "wolonwula",
    "sɔɔnin": "sɔɔni",
    "wajibi": "waajibi",
    "wajibiya": "waajibiya",
    "marabolo": "mara",
    "kɛnɛyaso": "dɔgɔtɔrɔso",
    "dɛmɛn": "dɛmɛ",
}
NEVER_SAID = {
    "dogoyɔrɔ": "private parts; a hiding place of criminals: never for a refuge",
    "kasaaratɔ": "somebody hurt in an accident",
    "bolokobali": "an insult",
}


def plain_list(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def glossary_terms() -> list[dict[str, str]]:
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def known_words() -> frozenset[str]:
    terms = {word for row in glossary_terms() for word in words_of(row["bm"])}
    listed = plain_list(HERE / "words.txt") | plain_list(HERE / "allowed_words.txt") | terms
    return frozenset(word.lower() for word in listed) | ELIDED


def unknown_words(text: str, known: frozenset[str]) -> list[str]:
    return [word for word in words_of(text) if word.lower() not in known]


def bambara_words(text: Text) -> list[str]:
    """Return the words that are Bambara, without those the allow-list keeps in French."""
    foreign = {word.lower() for word in plain_list(HERE / "allowed_words.txt")} | {"vih", "onu"}
    names = {"bamanankan", "français"}
    return [each for each in words_of(text.words) if each.lower() not in foreign | names]


def test_every_word_is_known():
    known = known_words()
    unknown = {str(text): unknown_words(text.words, known) for text in bambara()}
    assert {text: words for text, words in unknown.items() if words} == {}


@pytest.mark.parametrize(
    "slip", ["dɛmɛe ɲini", "furakeli", "I tɔgɔ sɛben", "lakanalin", "tɔgɔsɛben"]
)
def test_a_slip_of_the_finger_is_noticed(slip):
    assert unknown_words(slip, known_words()) != []


def test_only_letters_of_the_alphabet_are_written():
    odd = {
        word: text.context
        for text in bambara()
        for word in bambara_words(text)
        if not set(word.lower()) <= ALPHABET
    }
    assert odd == {}


def test_no_word_is_spelt_the_french_way():
    odd = {
        word: text.context
        for text in bambara()
        for word in bambara_words(text)
        if FRENCH_SPELLING.search(word.lower())
    }
    assert odd == {}


def test_a_term_has_one_spelling():
    found = {
        word: NOT_OUR_SPELLING[word.lower()]
        for text in bambara()
        for word in words_of(text.words)
        if word.lower() in NOT_OUR_SPELLING
    }
    assert found == {}


def test_words_that_hurt_or_mislead_are_never_said():
    found = {
        word: NEVER_SAID[stem]
        for text in bambara()
        for word in words_of(text.words)
        for stem in NEVER_SAID
        if word.lower().startswith(stem)
    }
    assert found == {}


def test_the_catalogue_is_complete_and_nothing_in_it_is_stale():
    assert bootstrap.catalogue_problems() == []


def test_placeholders_are_those_of_the_french_and_each_stands_once():
    def names(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)

    differing = [str(text) for text in bambara() if names(text.words) != names(text.source)]
    assert differing == []


def test_a_text_has_as_many_lines_as_the_french():
    differing = [
        str(text) for text in bambara() if text.words.count("\n") != text.source.count("\n")
    ]
    assert differing == []


def test_a_text_begins_with_the_sign_that_the_french_begins_with():
    signs = [
        (text.source[0], text.words[0])
        for text in bambara()
        if not text.source[0].isalnum() and text.source[0] not in "{«"
    ]
    assert len(signs) > 50
    assert [pair for pair in signs if pair[0] != pair[1]] == []


def test_bambara_has_one_plural_form():
    assert read_catalogue(bootstrap.LOCALES, "bm").num_plurals == 1
    header = catalogue_path(bootstrap.LOCALES, "bm").read_text(encoding="utf-8")
    assert r'"Plural-Forms: nplurals=1; plural=0;\n"' in header


def test_a_button_is_short():
    long = [text.words for text in bambara() if text.is_button and len(text.words) > 34]
    assert long == []


def test_the_buttons_of_the_menu_fit_two_in_a_row():
    labels = [text.words for text in bambara() if text.context.startswith("menu/main/")]
    assert len(labels) >= 7
    assert [label for label in labels if len(label) > 20] == []


def test_every_glossary_row_says_where_it_comes_from_and_how_sure_it_is():
    rows = glossary_terms()
    assert len({row["fr"] for row in rows}) == len(rows) > 80
    assert [row for row in rows if row["confidence"] not in {"high", "medium", "low"}] == []
    assert [row for row in rows if not row["source"] or not row["bm"]] == []
