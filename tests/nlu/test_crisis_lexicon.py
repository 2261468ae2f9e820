import csv
from pathlib import Path

import pytest

from nlu.crisis_lexicon import CrisisLexicon, LexiconError

TESTS = Path(__file__).resolve().parents[2] / "nlu" / "rasa_project" / "tests"

NOW = [
    "au secours",
    "o secour mn mari a pri la machète",
    "Il est devant la porte avec un couteau",
    "il va me tuer",
    "ils vont nous tuer venez vite",
    "appelez la police il frappe les enfants",
    "je suis en danger",
    "quelqu'un me suit dans la rue",
    "il vient de me violer",
    "SOS",
    "SOS mon mari a une machette",
    "il va me brûler sos",
    "elle a bu de la javel",
    "il est en train de me frapper",
    "a bɛ da la ni muru ye",
    "a be ka n bougo sisan",
    "a bɛ na n faga",
    "aw ka na joona",
    "n bɛ farati la",
    "joli bɛ ka bɔn",
]
WISH_TO_DIE = [
    "je veux mourir",
    "je ve mourir",
    "g envi de mourir",
    "je veux me tuer",
    "je pense au suicide",
    "j'ai plus envie de vivre",
    "je suis fatiguée de vivre",
    "je veux en finir avec la vie",
    "n b'a fɛ ka sa",
    "nba fè ka sa",
    "n b'a fɛ ka n yɛrɛ faga",
    "n bé na n yèrè faga",
    "saya ka fisa n ma",
]
NEITHER = [
    "je ne veux pas mourir",
    "je ne suis pas en danger",
    "il m'a frappée il y a trois ans",
    "mon mari m'a frappée l'année dernière",
    "que dit la loi du viol",
    "le président a été tué en 1963",
    "selon le communiqué, cinq soldats ont été tués dans l'attaque",
    "je meurs de faim",
    "bonjour",
    "je cherche un avocat",
    "ça me va merci",
    "mais encore",
    "je veux quitter mon mari",
    "i ni sɔgɔma",
    "avocat dɔ bɛ n mago la",
    "n b'a fɛ ka n tɔgɔ sɛbɛn",
    "farati tɛ yan",
    "SOS Ma Santé",
    "SOS Villages d'enfants Mali",
    "Association SOS Sahel",
    "Il s'est suicidé dans son bunker le 30 avril 1945.",
    "",
]


@pytest.mark.parametrize("text", NOW)
def test_danger_that_is_present_is_found(lexicon, text):
    assert lexicon.match(text) == "emergency"


@pytest.mark.parametrize("text", WISH_TO_DIE)
def test_the_wish_to_die_is_found(lexicon, text):
    assert lexicon.match(text) == "suicidal_thoughts"


@pytest.mark.parametrize("text", NEITHER)
def test_past_negated_and_ordinary_texts_are_left_alone(lexicon, text):
    assert lexicon.match(text) is None


@pytest.mark.parametrize("text", ["il va me tuer", "n b'a fɛ ka sa"])
def test_capitals_and_signs_do_not_hide_a_crisis(lexicon, text):
    assert lexicon.match(f"!!! {text.upper()} ...") == lexicon.match(text) is not None


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_ordinary_sentences_hardly_ever_raise_an_alarm(lexicon, language):
    with (TESTS / f"ordinary.{language}.tsv").open(encoding="utf-8") as file:
        texts = [
            row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    assert len(texts) > 100
    assert sum(lexicon.match(text) is not None for text in texts) <= 0.01 * len(texts)


@pytest.mark.parametrize("line", ["", "(", "<nobody>", "a|b", "[x]"])
def test_a_line_that_is_no_pattern_is_named(line):
    rules = {"signs": [line], "unless": []}
    content = {"groups": {}, "me": ["moi"], "distance": []}
    with pytest.raises(LexiconError) as caught:
        CrisisLexicon([content | {"emergency": rules, "suicidal_thoughts": rules}])
    assert caught.value.pattern == line
