"""The training sentences: enough of them, many voices, none twice, none of the test sets."""

import csv
import re
from collections import Counter, defaultdict

import pytest
import yaml
from rapidfuzz import fuzz, process

from bot import bootstrap
from nlu.evaluation import GROUPS
from nlu.normalise import normalise, skeletons, words
from tests.nlu.conftest import PROJECT

NEARLY = 93
"""Per cent of letters in common, on skeletons, from which two sentences are one."""

LONG_ENOUGH = 5
"""Words from which two people who write the same have copied; « oui » may stand anywhere."""

# Spellings that a dictionary of French does not have; rough: it misses what only sounds the same.
PHONE_FRENCH = re.compile(
    r"(?<![\w'’-])(?:\w*k(?!ati|aye|ita|idal|ou|én|ola|ilo|arité)\w*|[jçcdtgsmnlvr]"
    r"|[b-df-hj-np-tv-xz]{2,5}|j(?!e|'|our|us|ug|am|eu|oi|a[mr]|ou|if|po|eun|\w*t[eé]r)\w+"
    r"|\w*\d[a-zé]\w*|\w*[a-z]\d\w*|ya|sui|pa|pe?u|ve|vé|veu|peu|fo|fau|fè|fer|fair|tou|tro|mè"
    r"|lé|dé|sé|mé|jé|ché|chè|té|é|è|o|i|u|a\+|avec?k|osi|mwa|wi|ui|nan|nn|fam|feme|zom\w*|zanf\w*"
    r"|mank\w*)(?![\w'’])",
    re.IGNORECASE,
)
PHONE_BAMBARA = re.compile(r"[èéôêò]|ou|tch|dj|gn|ss|gu[eiè]|ai|ti[eèé]", re.IGNORECASE)
# Only the decree's letters tell that « be » was meant as it stands.
BARE_BAMBARA = re.compile(
    r"(?!.*[ɛɔɲŋ]).*\b(be|te|fe|ne|ce|den|mogo|bo|soro|gini)\b", re.IGNORECASE
)


def by_intent(sentences, language):
    grouped = defaultdict(list)
    for text, intent, spoken in sentences:
        if spoken == language:
            grouped[intent].append(text)
    return grouped


@pytest.mark.parametrize(("language", "least"), [("fr", 120), ("bm", 90)])
def test_every_intent_has_enough_sentences(sentences, language, least):
    counts = {intent: len(texts) for intent, texts in by_intent(sentences, language).items()}
    assert set(counts) == {name for names in GROUPS.values() for name in names}
    assert {intent: count for intent, count in counts.items() if count < least} == {}
    assert counts["out_of_scope"] >= 400


@pytest.mark.parametrize(
    ("language", "marks", "least", "least_of_an_intent"),
    [("fr", [PHONE_FRENCH], 0.24, 0.15), ("bm", [PHONE_BAMBARA, BARE_BAMBARA], 0.35, 0.24)],
    ids=["fr", "bm"],
)
def test_many_are_in_the_spelling_of_phones(sentences, language, marks, least, least_of_an_intent):
    """The marks for French miss what only sounds the same (« batu »), so its bounds are lower."""
    shares = {}
    found = total = 0
    for intent, texts in by_intent(sentences, language).items():
        marked = sum(any(mark.search(text) for mark in marks) for text in texts)
        shares[intent] = marked / len(texts)
        found, total = found + marked, total + len(texts)
    assert {name: share for name, share in shares.items() if share < least_of_an_intent} == {}
    assert found >= least * total


def test_no_two_sentences_of_an_intent_are_nearly_the_same(sentences):
    grouped = defaultdict(list)
    for text, intent, language in sentences:
        folded = normalise(text)
        if language != "ordinary" and len(folded.split()) >= LONG_ENOUGH:
            grouped[intent].append(folded)
    twice = []
    for folded in grouped.values():
        likeness = process.cdist(folded, folded, scorer=fuzz.ratio, score_cutoff=NEARLY, workers=1)
        for number, row in enumerate(likeness):
            twice += [(folded[number], folded[other]) for other in row[:number].nonzero()[0]]
    assert twice == []


def test_no_sentence_stands_under_two_intents(sentences):
    intents = defaultdict(set)
    for text, intent, _ in sentences:
        folded = normalise(text)
        if len(folded.split()) > 1:
            intents[folded].add(intent)
    assert {text: names for text, names in intents.items() if len(names) > 1} == {}


def test_no_test_sentence_was_learned(sentences):
    learned = {normalise(text) for text, _, _ in sentences}
    copied = []
    for path in sorted((PROJECT / "tests").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                folded = normalise(row["text"])
                if len(folded.split()) >= LONG_ENOUGH and folded in learned:
                    copied.append((path.name, row["text"]))
    assert copied == []


SUFFIXES = ("w", "le", "la", "ra", "na", "li", "ni", "ya", "ba")


def known_skeletons():
    listed = set()
    for name in ("words.txt", "allowed_words.txt"):
        lines = (bootstrap.LOCALES / "bm" / name).read_text(encoding="utf-8").splitlines()
        listed |= {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    with (bootstrap.LOCALES / "glossary.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        listed |= {word for row in rows for word in row["bm"].split()}
    return {folded for word in listed for folded in skeletons(words(word))}


def test_the_bambara_is_made_of_known_words(sentences):
    """Words of the licence-clean list, with a suffix or without, and French words lent to it."""
    known = known_skeletons()
    known |= {
        word for text, _, spoken in sentences if spoken == "fr" for word in skeletons(words(text))
    }
    unknown = Counter()
    total = 0
    for text, _, language in sentences:
        if language == "bm":
            for word in skeletons(words(text)):
                total += 1
                stems = {word, *(word.removesuffix(end) for end in SUFFIXES)}
                if not stems & known and not word.isdecimal():
                    unknown[word] += 1
    assert total > 25_000
    assert unknown.total() < 0.06 * total, unknown.most_common(60)


def test_files_say_what_they_are():
    for path in PROJECT.glob("data/*/*.yml"):
        blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        named = {block["intent"] for block in blocks}
        assert named == ({"out_of_scope"} if path.parent.name == "ordinary" else {path.stem})
