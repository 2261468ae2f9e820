"""Who may sign a text, and buttons that do what their word does."""

import csv
import re
from collections.abc import Iterable, Mapping

import pytest

from bot import bootstrap
from bot.i18n.catalogue import load_catalogue, reviews_path
from flows.engine.messages import message
from tests.locales.texts import bambara, french

# A program that drafts or checks texts is no reviewer.
NO_PERSON = re.compile(
    r"\b(bot|ci|script|jigi|auto\w*|draft\w*|generated|machine|model|todo)\b", re.IGNORECASE
)


def wrong_signatures(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Return a sentence for each signature that no person can have given to a text there is."""
    known = {(text.context, text.source) for text in french()}
    wrong = []
    for row in rows:
        if (row["context"], row["source"]) not in known:
            wrong.append(f"{row['context']}: no such text")
        if not row["reviewed_by"].strip() or NO_PERSON.search(row["reviewed_by"]):
            wrong.append(f"{row['context']}: no person signed")
        if not re.fullmatch(r"20\d\d-\d\d-\d\d", row["reviewed_on"]):
            wrong.append(f"{row['context']}: no date")
    return wrong


def test_every_signature_is_a_persons_and_for_a_text_there_is():
    with reviews_path(bootstrap.LOCALES, "bm").open(encoding="utf-8", newline="") as file:
        assert wrong_signatures(csv.DictReader(file, delimiter="\t")) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"context": "menu/nowhere"}, "no such text"),
        ({"reviewed_by": "draft script"}, "no person signed"),
        ({"reviewed_by": " "}, "no person signed"),
        ({"reviewed_on": "soon"}, "no date"),
    ],
)
def test_a_signature_that_is_none_is_noticed(change, complaint):
    sound = {
        "context": "phrases/quit",
        "source": "Quitter",
        "reviewed_by": "A. Traoré, interpreter",
        "reviewed_on": "2027-01-15",
    }
    assert wrong_signatures([sound]) == []
    assert complaint in "\n".join(wrong_signatures([sound | change]))


def test_an_unsigned_text_counts_as_a_draft_in_bambara_and_never_in_french():
    catalogue = load_catalogue(bootstrap.LOCALES)
    text = message("nowhere/at_all", "Texte que personne n'a signé")
    assert catalogue.is_drafted(text, "bm")
    assert not catalogue.is_drafted(text, "fr")


@pytest.mark.parametrize("texts", [french(), bambara()], ids=["fr", "bm"])
def test_the_word_on_the_leave_button_leaves_when_it_is_written(texts):
    guard = bootstrap.build_guard()
    labels = {text.words for text in texts if text.context in {"phrases/quit", "menu/main/quit"}}
    assert len(labels) == 1
    assert all(guard.leaves(label) for label in labels)


@pytest.mark.parametrize("texts", [french(), bambara()], ids=["fr", "bm"])
def test_no_other_button_is_worded_like_leaving(texts):
    guard = bootstrap.build_guard()
    leaving = {text.context for text in texts if text.is_button and guard.leaves(text.words)}
    assert leaving == {"phrases/quit", "menu/main/quit"}


@pytest.mark.parametrize("texts", [french(), bambara()], ids=["fr", "bm"])
def test_texts_that_name_the_leave_button_name_it_as_it_is_called(texts):
    (label,) = {text.words for text in texts if text.context == "phrases/quit"}
    naming = [text for text in texts if "« Quitter »" in text.source]
    assert len(naming) >= 4
    assert [str(text) for text in naming if f"« {label} »" not in text.words] == []
