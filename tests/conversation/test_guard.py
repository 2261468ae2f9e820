"""S01: the fixed words leave from everywhere, as the whole message and never inside a sentence."""

import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot import bootstrap
from bot.settings import ROOT

WORDS = yaml.safe_load((ROOT / "bot/conversation/guard_words.yml").read_text(encoding="utf-8"))
LEAVE = [str(word) for group in WORDS["leave"].values() for word in group]
GUARD = bootstrap.build_guard()


def without_accents(text: str) -> str:
    bare = text.replace("ɛ", "e").replace("ɔ", "o").replace("ɲ", "ny").replace("ŋ", "n")
    return "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))


@given(
    st.sampled_from(LEAVE),
    st.sampled_from([str, str.upper, str.title, without_accents]),
    st.sampled_from(["", " ", "!", "...", " !!", "\n", " 🙏", "?"]),
)
def test_s01_every_leave_word_leaves_in_every_spelling(word, change, end):
    assert GUARD.leaves(change(word) + end)


@pytest.mark.parametrize(
    "sentence",
    [
        "je veux quitter mon mari",
        "il veut me quitter",
        "stop il me frappe",
        "effacer sa dette",
        "comment sortir de la maison sans qu'il me voie",
        "il a effacé mon numéro",
        "n b'a fɛ ka bɔ n cɛ ka so",
        "a ko n ka bɔ so",
        "quitter Gao pour Bamako",
        "supprimer l'excision",
        "partir loin",
        "cacher mes enfants",
        "qui",
        "kit",
        "ça",
        "ka",
        "sort",
        "mort",
        "beau",
        "fer",
        "excision",
        "oui",
        "non",
        "merci",
        "bonjour",
        "",
        "🙂",
        "quitter " * 20,
    ],
)
def test_s01_a_sentence_with_a_leave_word_erases_nothing(sentence):
    assert not GUARD.leaves(sentence)


@pytest.mark.parametrize(
    ("text", "language"),
    [("bambara", "bm"), ("Bamanankan", "bm"), ("FRANÇAIS", "fr"), ("en francais", "fr")],
)
def test_the_name_of_a_language_changes_to_it(text, language):
    assert GUARD.language(text) == language


def test_a_sentence_about_a_language_changes_nothing():
    assert GUARD.language("mon mari parle bambara et me frappe") is None
