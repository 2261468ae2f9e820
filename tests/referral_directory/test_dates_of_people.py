"""Dates are understood as people and spreadsheets write them; what is none is told."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from referral_directory.edit_errors import InvalidEditError
from referral_directory.edits import NewEdit, open_edits, propose
from referral_directory.french_dates import NotUnderstoodError, read_date, read_source_date
from referral_directory.inventory import read_services
from tests.referral_directory.files import (
    ENGLISH,
    ORGANIZATION,
    SERVICE,
    bring_in,
    content,
    reasons_of,
    write_book,
    write_rows,
)
from tests.referral_directory.people import EDITOR
from tests.referral_directory.samples import NOW, TODAY, put_service

TOMORROW = TODAY + timedelta(days=1)
SLASHES = "%d/%m/%Y"


@pytest.mark.parametrize(
    "text",
    ["27/11/2026", "27.11.2026", "27-11-2026", "27 novembre 2026", "vendredi 27 nov. 2026",
     "2026-11-27", "2026-11-27 00:00:00", "2026-11-27T08:30", " 27 Novembre 2026 ", "46353",
     "46353.0", "46353,5"],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert read_date(text) == read_source_date(text) == "2026-11-27"


@pytest.mark.parametrize(
    "text", ["27/11/26", "31/02/2026", "2026-02-31", "bientôt", "11/27/2026", "450000", "0", "1"]
)
def test_what_is_no_date_is_told(text: str) -> None:
    for read in (read_date, read_source_date):
        with pytest.raises(NotUnderstoodError) as error:
            read(text)
        assert ENGLISH.search(error.value.reason) is None


@given(st.dates(min_value=date(1000, 1, 1)))
def test_any_date_is_read_in_each_form(day: date) -> None:
    assert read_date(f"{day:%d/%m/%Y}") == read_date(day.isoformat()) == day.isoformat()


@given(st.dates(min_value=date(1955, 1, 1), max_value=date(2100, 1, 1)))
def test_any_serial_number_of_excel_is_a_date(day: date) -> None:
    assert read_date(str((day - date(1899, 12, 30)).days)) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2021", "2021"),
        ("2016-2018", "2016-2018"),
        ("2024-08", "2024-08"),
        ("08/2024", "2024-08"),
        ("Août 2024", "2024-08"),
        ("1er mars 2026", "2026-03-01"),
        ("3 mars 2026", "2026-03-03"),
    ],
)
def test_a_source_may_say_a_month_or_years(text: str, read: str) -> None:
    assert read_source_date(text) == read
    assert read_source_date(read) == read


@pytest.mark.parametrize("text", ["2018-2016", "13/2024", "2024-13", "1200", "appel de mars"])
def test_a_source_says_no_other_words(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        read_source_date(text)


def test_a_file_with_dates_in_french_is_written_in_one_form(
    starter: Connection, tmp_path: Path
) -> None:
    cells = {"source_date": "3 mars 2026", "clinical_known_on": "1er mars 2026"}
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE | cells])
    assert bring_in(starter, path).problems == ()
    found = next(one for one in read_services(starter) if one.slug == "ecoute-neuve")
    assert (found.source_date, found.clinical_known_on) == ("2026-03-03", date(2026, 3, 1))


@pytest.mark.parametrize(
    "cell",
    [datetime(2026, 3, 3, 8, 30), date(2026, 3, 3), 46084, 46084.5],  # noqa: DTZ001  # as Excel has it
)
def test_dates_of_excel_are_read_however_they_are_stored(
    starter: Connection, tmp_path: Path, cell: Any
) -> None:
    rows = [["slug", "kind", "name_fr", "source", "source_date"], ["n", "ngo", "N", "appel", cell]]
    path = write_book(tmp_path / "x.xlsx", {"organization": rows})
    assert bring_in(starter, path).problems == ()
    assert "2026-03-03" in str(content(starter)["organizations"])


@pytest.mark.parametrize("column", ["source_date", "clinical_known_on", "assured_date"])
@pytest.mark.parametrize("cell", [TOMORROW.isoformat(), f"{TOMORROW:{SLASHES}}", "hier", "3 mars"])
def test_a_day_that_lies_ahead_or_is_none_is_told_by_row(
    starter: Connection, tmp_path: Path, column: str, cell: str
) -> None:
    before = content(starter)
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE | {column: cell}])
    report = bring_in(starter, path)
    assert [(one.line, one.column) for one in report.problems] == [(3, column)]
    assert ENGLISH.search(reasons_of(report)[column]) is None
    assert content(starter) == before


@pytest.mark.parametrize(
    ("cell", "is_refused"),
    [("2027", True), ("2026-12", True), ("2025-2027", True), ("2026", False), ("2026-11", False)],
)
def test_a_month_or_year_may_have_begun(
    starter: Connection, tmp_path: Path, cell: str, *, is_refused: bool
) -> None:
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION | {"source_date": cell}])
    assert bool(bring_in(starter, path).problems) is is_refused


def test_a_date_of_today_is_no_future_one(starter: Connection, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION | {"source_date": TODAY.isoformat()}])
    assert bring_in(starter, path).problems == ()


def _edit(**changes: str) -> NewEdit:
    return NewEdit("service", "s", 1, changes)


def test_an_edit_takes_dates_as_a_file_does(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare")
    cells = {"source_date": "3 mars 2026", "clinical_known_on": "1er mars 2026"}
    propose(places_only, EDITOR, _edit(**cells), NOW)
    (edit,) = open_edits(places_only, EDITOR)
    assert {one.name: one.new for one in edit.changes} == {
        "source_date": "2026-03-03",
        "clinical_known_on": "2026-03-01",
    }


@pytest.mark.parametrize("cell", ["jamais", f"{TOMORROW:{SLASHES}}", "31/02/2026"])
@pytest.mark.parametrize("column", ["source_date", "clinical_known_on"])
def test_an_edit_refuses_what_a_file_does(places_only: Connection, column: str, cell: str) -> None:
    put_service(places_only, "s", "sevare")
    with pytest.raises(InvalidEditError) as error:
        propose(places_only, EDITOR, _edit(**{column: cell}), NOW)
    assert error.value.problems.keys() == {column}
    assert ENGLISH.search(error.value.problems[column]) is None
