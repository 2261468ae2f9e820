from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot import bootstrap
from bot.cli.language import parse_text
from bot.cli.leading import Leading
from nlu.evaluation import Row, evaluate, evaluate_file, read_rows
from nlu.reader import InProcessReader, readable

TESTS = Path(__file__).resolve().parents[2] / "nlu" / "rasa_project" / "tests"
ROWS = [
    Row("a", "greet", "fr", "everyday"),
    Row("b", "greet", "bm", "phone"),
    Row("c", "emergency", "fr", "everyday"),
]


def test_right_answers_are_counted_by_language_group_and_style():
    report = evaluate(ROWS, {"a": "greet", "b": "thank", "c": "emergency"}.__getitem__)
    assert report.accuracy() == pytest.approx(2 / 3)
    assert report.accuracy("language fr") == 1
    assert report.accuracy("style bm phone") == 0
    assert report.accuracy("group crisis") == 1
    assert "greet -> thank" in report.as_text()


def test_the_picture_has_a_cell_for_every_pair_and_is_well_formed():
    report = evaluate(ROWS, {"a": "greet", "b": "thank", "c": "emergency"}.__getitem__)
    tree = ET.fromstring(report.as_picture())  # noqa: S314 - our own text
    assert len(tree.findall("{http://www.w3.org/2000/svg}rect")) == 3


def test_a_file_is_scored_and_its_picture_written(tmp_path):
    path = tmp_path / "few.tsv"
    path.write_text("text\tintent\nbonjour\tgreet\nau secours\temergency\n", encoding="utf-8")
    text = evaluate_file(path)
    assert "Crisis lexicon alone: 1 of 1" in text
    assert path.with_suffix(".svg").exists()


def test_a_file_without_the_columns_is_refused(tmp_path):
    path = tmp_path / "other.tsv"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns"):
        read_rows(path)


@pytest.mark.parametrize("written_by", ["development", "strangers"])
@pytest.mark.parametrize(("language", "least"), [("fr", 0.95), ("bm", 0.95)])
def test_sentences_of_other_hands_are_understood(archive, written_by, language, least):
    rows = read_rows(TESTS / f"{written_by}.{language}.tsv")
    report = evaluate(rows, lambda text: archive.understand(readable(text))[0].name)
    assert report.accuracy() >= least


@pytest.fixture(scope="module")
def leading(archive, lexicon):
    return Leading(
        InProcessReader(archive, lexicon),
        bootstrap.read_destination_table(),
        bootstrap.read_thresholds(),
    )


@pytest.mark.parametrize("written_by", ["development", "strangers"])
async def test_whoever_suffers_is_led_to_help(leading, written_by):
    rows = [
        row for spoken in ("fr", "bm") for row in read_rows(TESTS / f"{written_by}.{spoken}.tsv")
    ]
    score = await leading.score(rows)
    assert score.share("led to help") >= 0.995
    assert score.share("crises answered at once") >= 0.98
    assert score.share("harmless, with help beside the guesses") <= 0.03


async def test_the_score_counts_what_the_bot_does(leading):
    score = await leading.score(
        [
            Row("au secours il me tue", "emergency"),
            Row("bonjour", "emergency"),
            Row("mon mari me frappe", "report_domestic_violence"),
            Row("bonjour", "greet"),
            Row("au secours il me tue", "out_of_scope"),
        ]
    )
    assert score.done == {
        "led to help": 2, "crises answered at once": 1, "harmless, taken for a cry": 1,
        "harmless, with help beside the guesses": 0,
    }  # fmt: skip
    assert score.all == {
        "led to help": 3, "crises answered at once": 2, "harmless, taken for a cry": 2,
        "harmless, with help beside the guesses": 2,
    }  # fmt: skip


async def test_a_crisis_the_model_alone_sees_stands_in_the_answer(leading, lexicon):
    """The contract's `guard` says what the bot does, thresholds included."""
    told = "la serrure ne tiendra pas, ses frères sont là avec des bâtons"
    assert lexicon.match(told) is None
    assert (await parse_text(told, leading, bootstrap.build_guard()))["guard"] == "emergency"
