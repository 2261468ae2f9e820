from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from nlu.archive import ModelArchive
from nlu.evaluation import Row, evaluate, evaluate_file, read_rows
from nlu.reader import readable

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


@pytest.mark.parametrize(("language", "least"), [("fr", 0.92), ("bm", 0.92)])
def test_the_development_set_is_understood(language, least):
    rows = read_rows(TESTS / f"development.{language}.tsv")
    archive = ModelArchive.read()
    report = evaluate(rows, lambda text: archive.understand(readable(text))[0].name)
    assert report.accuracy() >= least
