"""Cells as people fill them in are understood where they mean one thing only, else explained."""

import re
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from referral_directory import table_reading
from referral_directory.exchange import export_file, import_file
from referral_directory.french_cells import read_french_hours, read_number
from referral_directory.hours import parse_hours
from referral_directory.incoming import read_rows
from referral_directory.place_names import PlaceNames
from referral_directory.tables import (
    Line,
    all_columns,
    entered,
    entered_inside,
    harmless,
    harmless_inside,
)
from tests.referral_directory.files import (
    ENGLISH,
    ORGANIZATION,
    PHONE,
    SERVICE,
    bring_in,
    content,
    reasons_of,
    write_rows,
)
from tests.referral_directory.samples import NOW, put_service


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("lundi-vendredi 8h-17h", "lun-ven 08:00-17:00"),
        ("lun-ven 8h30-12h; sam 9h à 11h", "lun-ven 08:30-12:00; sam 09:00-11:00"),
        ("Lundi à vendredi : 08:00 – 17:00", "lun-ven 08:00-17:00"),
        ("24h/24", "lun-dim 00:00-23:59"),
        ("24h/24 7j/7", "lun-dim 00:00-23:59"),
        ("lun 20:00-24:00", "lun 20:00-23:59"),
        ("lun-ven 08:00-17:00; sam 08:00-12:00", "lun-ven 08:00-17:00; sam 08:00-12:00"),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: str) -> None:
    assert read_french_hours(text) == hours
    assert parse_hours(hours)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20 21 22 23", "20 21 22 23"),
        ("20212223.0", "20212223"),
        ("22320212223", "+22320212223"),
        ("0022320212223", "0022320212223"),
        ("+223 20 21 22 23", "+223 20 21 22 23"),
        ("80333", "80333"),
    ],
)
def test_numbers_are_read_as_spreadsheets_write_them(text: str, number: str) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["2,0212223E+07", "2.02E7", "2212223", "221 22 23", "+2232212223"])
def test_spoilt_and_former_numbers_are_told(starter: Connection, tmp_path: Path, text: str) -> None:
    rows = [ORGANIZATION, SERVICE, PHONE | {"number": text}]
    report = bring_in(starter, write_rows(tmp_path / "x.csv", rows))
    assert [(one.line, one.column) for one in report.problems] == [(4, "number")]
    assert not report.written


@pytest.mark.parametrize(
    ("changed", "column", "word"),
    [
        ({"name_fr": ""}, "name_fr", "remplir"),
        ({"name_fr": "x" * 161}, "name_fr", "160"),
        ({"address": "x" * 201}, "address", "200"),
        ({"slug": "é"}, "slug", "lettres"),
        ({"slug": "x" * 25}, "slug", "24"),
        ({"fees": "cher"}, "fees", "gratuit"),
        ({"needs": "magie"}, "needs", "Soins"),
        ({"hours": "toujours"}, "hours", "lun-ven"),
        ({"latitude": "99", "longitude": "1"}, "latitude", "90"),
        ({"latitude": "nord", "longitude": "1"}, "latitude", "nombre"),
        ({"latitude": "nan", "longitude": "1"}, "latitude", ""),
        ({"restricted": "peut-être"}, "restricted", "oui ou non"),
        ({"clinical_known_on": "hier"}, "clinical_known_on", "27/11/2026"),
        ({"place": "Atlantide"}, "place", "inconnu"),
        ({"place": "Mopti ville", "areas": "Gao "}, "areas", "cercle-gao"),
        ({"mark": "U"}, "", "brouillon"),
        ({"description_fr": "a\x07b"}, "description_fr", "imprime"),
        ({"number": "20212223"}, "number", "colonne"),
    ],
)
def test_reasons_are_told_in_french(
    starter: Connection, tmp_path: Path, changed: dict[str, str], column: str, word: str
) -> None:
    before = content(starter)
    rows = [ORGANIZATION, SERVICE | changed]
    report = bring_in(starter, write_rows(tmp_path / "x.csv", rows))
    reasons = reasons_of(report)
    assert column in reasons
    assert word in reasons[column]
    assert [reason for reason in reasons.values() if ENGLISH.search(reason)] == []
    assert content(starter) == before


_CELLS = st.dictionaries(
    st.sampled_from([*all_columns(), "action", "record"]),
    st.text(max_size=12) | st.sampled_from(["1", "oui", "mali", "medical", "18", "ngo", "a"]),
    min_size=3,
)


@given(kind=st.sampled_from(["organization", "service", "phone"]), cells=_CELLS)
def test_no_row_breaks_the_import(kind: str, cells: dict[str, str]) -> None:
    class NoPlaces(PlaceNames):
        def __init__(self) -> None:
            self._slugs, self._by_name = set(), {}

    incoming = read_rows([Line(2, kind, dict(cells))], NoPlaces())
    assert bool(incoming.problems) != bool(incoming.entries or incoming.removals)
    assert [one.reason for one in incoming.problems if ENGLISH.search(one.reason)] == []


@given(st.text("'=+-@a ＝\t", max_size=8))
def test_what_was_made_harmless_is_read_as_it_was(text: str) -> None:
    assert entered(harmless(text.strip())) == text.strip()
    assert not re.match(r"[=+\-@\t＝]", harmless(text))


@given(st.text("'\"=+-@a;\n\r ＝\t\u00a0", max_size=10))
def test_no_part_of_a_cell_is_a_formula_where_a_french_excel_splits_it(text: str) -> None:
    written = harmless_inside(text)
    assert entered_inside(written) == text
    for part in re.split(r"[;\n\r]", written)[1:]:
        assert not re.match(r"[=+\-@＝]", part.strip(' \t\u00a0"')), part


def test_a_formula_behind_a_semicolon_goes_out_harmless_and_comes_back(
    places_only: Connection, tmp_path: Path
) -> None:
    put_service(places_only, "s", "sevare", name_fr='x;"=cmd()"', address="rue;=1+1\n@a")
    path = tmp_path / "a.csv"
    export_file(places_only, path, "csv")
    lines = path.read_text(encoding="utf-8-sig").replace("\n", ";").split(";")
    assert [part for part in lines if re.match(r"[\"\s]*[=@]", part)] == []
    report = import_file(places_only, path, dry_run=True, now=NOW, actor="test")
    assert (report.changes, report.problems) == ((), ())


def test_times_of_excel_are_hours() -> None:
    assert table_reading._plain(time(8, 30)) == "08:30"  # noqa: SLF001  # what a cell becomes
