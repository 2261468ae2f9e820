"""Files as they come: large, hostile, of another program or country, filled in by people.

What people can mend is told row by row in French; nothing is ever written by half.
"""

import contextlib
import re
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection

from referral_directory import table_reading
from referral_directory.hours import parse_hours
from referral_directory.inventory import read_phones, read_services
from referral_directory.labels import COLUMN_LABELS, VALUE_LABELS, column_named
from referral_directory.spelling import plain
from referral_directory.tables import (
    LARGEST_BYTES,
    MOST_ROWS,
    UnreadableFileError,
    all_columns,
)
from referral_directory.workbook_guard import LARGEST_UNPACKED
from tests.referral_directory.files import (
    ENGLISH,
    ORGANIZATION,
    PHONE,
    SERVICE,
    as_csv,
    bring_in,
    content,
    reasons_of,
    repack,
    write_book,
    write_rows,
)


def _refused(directory: Connection, path: Path) -> str:
    before = content(directory)
    with pytest.raises(UnreadableFileError) as error:
        bring_in(directory, path, partial=True)
    assert content(directory) == before
    assert ENGLISH.search(error.value.reason) is None
    return error.value.reason


def _book(folder: Path, rows: list[list[Any]], title: str = "organization") -> Path:
    return write_book(folder / "x.xlsx", {title: rows})


ORGANIZATIONS = [["slug", "kind", "name_fr", "source"], ["neuve", "ngo", "Neuve", "appel"]]


# -- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
def test_a_file_of_50_megabytes_is_refused_before_it_is_read(
    starter: Connection, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"x{suffix}"
    with path.open("wb") as content_:
        content_.truncate(50_000_000)
    tracemalloc.start()
    reason = _refused(starter, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert f"{LARGEST_BYTES // 1_000_000} Mo" in reason
    assert peak < 20_000_000


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/media/image1.png"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    starter: Connection, tmp_path: Path, part: str
) -> None:
    path = _book(tmp_path, ORGANIZATIONS)
    repack(path, {part: b" " * (LARGEST_UNPACKED + 1)})
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    _refused(starter, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_zip_bomb_that_lies_about_its_size_is_refused(
    starter: Connection, tmp_path: Path
) -> None:
    path = _book(tmp_path, ORGANIZATIONS)
    sheet = b"<worksheet>" + b" " * 30_000_000
    repack(path, {"xl/worksheets/sheet1.xml": sheet})
    size = len(sheet).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1_000).to_bytes(4, "little")))
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size == 1_000
    _refused(starter, path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_bomb_of_xml_entities_is_refused(
    starter: Connection, tmp_path: Path, encoding: str
) -> None:
    path = _book(tmp_path, ORGANIZATIONS)
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
    repack(path, {"xl/sharedStrings.xml": bomb.encode(encoding)})
    assert "déplie" in _refused(starter, path)


def test_a_row_far_down_and_a_cell_far_right_are_not_waited_for(
    starter: Connection, tmp_path: Path
) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="99999999"><c r="A99999999" t="inlineStr"><is><t>x</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    path = repack(_book(tmp_path, ORGANIZATIONS), {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert "trop grande" in _refused(starter, path)


def test_too_many_rows_are_refused(starter: Connection, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("record,slug\n" + "organization,a\n" * (MOST_ROWS + 1), "utf-8")
    assert "lignes" in _refused(starter, path)


# -- encodings and separators --------------------------------------------------------------------

ACCENTED = ORGANIZATION | {"name_fr": "Écoute à Ségou"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_tables_of_any_program_are_read(
    starter: Connection, tmp_path: Path, separator: str, encoding: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(as_csv([ACCENTED], separator).encode(encoding))
    report = bring_in(starter, path)
    assert (report.problems, [one.name for one in report.changes]) == ((), ["Écoute à Ségou"])


def test_excels_own_word_for_the_separator_is_understood(
    starter: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("sep=;\r\n" + as_csv([ACCENTED], ";"), "utf-8")
    report = bring_in(starter, path)
    assert (report.added, report.problems) == (1, ())


def test_letters_that_were_broken_by_a_program_are_told(
    starter: Connection, tmp_path: Path
) -> None:
    broken = as_csv([ACCENTED]).encode().decode("cp1252", "replace")
    path = tmp_path / "x.csv"
    path.write_text(broken, "utf-8")
    report = bring_in(starter, path)
    assert [(one.line, one.column) for one in report.problems] == [(2, "name_fr")]
    assert report.problems[0].reason == table_reading.BROKEN_LETTERS


def test_bambara_letters_that_were_lost_are_told(starter: Connection, tmp_path: Path) -> None:
    row = ACCENTED | {"name_bm": "Jɛkulu kɔrɔ"}
    path = tmp_path / "x.csv"
    path.write_bytes(as_csv([row]).encode("cp1252", "replace"))
    assert reasons_of(bring_in(starter, path)) == {"name_bm": table_reading.LOST_LETTERS}


def test_a_sentence_with_a_question_mark_is_not_taken_for_a_lost_letter(
    starter: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(as_csv([ACCENTED | {"description_fr": "Où ? Ici."}]).encode("cp1252"))
    assert bring_in(starter, path).problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_rows_are_counted_as_a_spreadsheet_counts_them(
    starter: Connection, tmp_path: Path, encoding: str
) -> None:
    rows = [ORGANIZATION | {"description_fr": "une\nligne\nde plus"}, SERVICE | {"needs": "magie"}]
    path = tmp_path / "x.csv"
    path.write_bytes(as_csv(rows).encode(encoding))
    assert [one.line for one in bring_in(starter, path).problems] == [3]


# -- headings ------------------------------------------------------------------------------------


def test_columns_and_values_may_be_written_in_french(starter: Connection, tmp_path: Path) -> None:
    organization = {
        "Fiche": "Organisation",
        "Identifiant": "neuve",
        "Catégorie": "association ou ONG",
        "Nom en français": "Neuve",
        "Source": "appel",
    }
    service = {
        "Fiche": "service",
        "Identifiant": "ecoute-neuve",
        "Organisation": "neuve",
        "Nom en français": "Écoute",
        "Description en français": "On écoute",
        "Besoins": "Parler à quelqu'un, Droit",
        "Lieu": "Sévaré",
        "Zones couvertes": "tout le pays",
        "Payant ou gratuit": "Gratuit",
        "Horaires": "lundi-vendredi 8h-16h30",
        "Reçoit les mineurs": "oui",
        "Lieu protégé": "Non",
        "Date de ces renseignements": "1er mars 2026",
        "Source": "appel",
    }
    report = bring_in(starter, write_rows(tmp_path / "x.csv", [organization, service]))
    assert report.problems == ()
    found = next(one for one in read_services(starter) if one.slug == "ecoute-neuve")
    assert (found.needs, found.place, found.areas) == (
        ("psychosocial", "legal"),
        "sevare",
        ("mali",),
    )
    assert (found.fees, found.takes_minors, found.restricted) == ("free", "yes", False)
    assert found.hours == parse_hours("lun-ven 08:00-16:30")
    assert found.clinical_known_on == date(2026, 3, 1)


def test_every_column_and_value_has_a_french_name_of_its_own() -> None:
    assert set(all_columns()) <= COLUMN_LABELS.keys()
    for name, label in COLUMN_LABELS.items():
        assert (column_named(label), column_named(name)) == (name, name)
    for words, labels in VALUE_LABELS.items():
        assert labels.keys() == set(words)
        assert len({plain(label) for label in labels.values()}) == len(labels)


def test_an_unknown_column_is_told_once_and_ignored_only_by_choice(
    starter: Connection, tmp_path: Path
) -> None:
    rows = [row | {"Couleur": "bleu"} for row in (ORGANIZATION, SERVICE, PHONE)]
    path = write_rows(tmp_path / "x.csv", rows)
    report = bring_in(starter, path)
    assert [(one.line, one.column) for one in report.problems] == [(1, "Couleur")]
    assert not report.written
    assert bring_in(starter, path, partial=True).added == 3


def test_an_unknown_column_without_contents_disturbs_nobody(
    starter: Connection, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION | {"Couleur": ""}])
    assert bring_in(starter, path).written


def test_a_column_that_comes_twice_is_refused(starter: Connection, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("record,slug,identifiant\norganization,a,b\n", "utf-8")
    assert "deux fois" in _refused(starter, path)


# -- workbooks -----------------------------------------------------------------------------------


def test_cells_of_excel_are_understood(starter: Connection, tmp_path: Path) -> None:
    sheets = {
        "Mode d'emploi": [["Remplissez", "les feuilles"]],
        "Organisations": ORGANIZATIONS,
        "Services": [
            ["slug", "organization", "name_fr", "description_fr", "needs", "place", "latitude",
             "longitude", "clinical_known_on", "source", "source_date"],
            ["s", "neuve", "S", "Un service", "medical", "sevare", 14.5, "-4,1",
             datetime(2026, 3, 1),  # noqa: DTZ001  # as Excel has it
             "appel", date(2026, 3, 2)],
        ],
        "Numéros": [
            ["slug", "number", "organization", "label_fr", "source", "position", "is_free"],
            ["tel-a", 20212223, "neuve", "Accueil", "appel", 5.0, True],
            ["tel-b", 20212224.0, "neuve", "Accueil", "appel", None, "non"],
        ],
    }  # fmt: skip
    report = bring_in(starter, write_book(tmp_path / "x.xlsx", sheets))
    assert (report.problems, report.added) == ((), 4)
    service = next(one for one in read_services(starter) if one.slug == "s")
    assert (service.latitude, service.longitude) == (14.5, -4.1)
    assert (service.clinical_known_on, service.source_date) == (date(2026, 3, 1), "2026-03-02")
    numbers = {one.slug: one for one in read_phones(starter)}
    assert (numbers["tel-a"].number, numbers["tel-a"].position) == ("20212223", 5)
    assert (numbers["tel-b"].number, numbers["tel-b"].is_free) == ("20212224", False)


def test_merged_cells_are_told_on_each_row_they_touch(starter: Connection, tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        [
            ORGANIZATIONS[0],
            ["a", "ngo", "Une", "appel"],
            ["b", "ngo", "Deux", None],
            ["c", "ngo", "Trois", "appel"],
        ],
        "Organisations",
    )
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("D2:D3")
    book.save(path)
    report = bring_in(starter, path, partial=True)
    assert [(one.sheet, one.line, one.column) for one in report.problems] == [
        ("Organisations", 2, "source"),
        ("Organisations", 3, "source"),
    ]
    assert [one.slug for one in report.changes] == ["c"]


def test_a_formula_without_its_result_is_told_where_it_stands(
    starter: Connection, tmp_path: Path
) -> None:
    rows = [
        ORGANIZATIONS[0],
        ["a", "ngo", '="Une"&" dame"', "appel"],
        ["c", "ngo", "Trois", "appel"],
    ]
    path = _book(tmp_path, rows, "Organisations")
    report = bring_in(starter, path, partial=True)
    (problem,) = report.problems
    assert (problem.line, problem.column) == (2, "name_fr")
    assert "calcul sans résultat" in problem.reason
    # As a spreadsheet program stores it: with the result beside the formula.
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read(part).decode()
    solved = re.sub(
        r'<c r="C2"[^>]*>(<f>.*?</f>)<v ?/?>(</v>)?</c>',
        r'<c r="C2" t="str">\1<v>Une dame</v></c>',
        sheet,
    )
    assert solved != sheet
    report = bring_in(starter, repack(path, {part: solved.encode()}))
    assert (report.problems, report.added + report.changed + report.unchanged) == ((), 2)


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"\xd0\xcf\x11\xe0" * 99, ".xls "), (b"PK\x03\x04x", ".xlsx"), (b"%PDF-1", "PDF")],
)
def test_files_of_other_programs_are_told_apart(
    starter: Connection, tmp_path: Path, content: bytes, word: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as told:
        bring_in(starter, path)
    assert word in f"{told.value.reason} "


@pytest.mark.parametrize("title", ["Feuil1", "Annuaire"])
def test_a_sheet_of_another_name_is_told_or_read_by_its_column(
    starter: Connection, tmp_path: Path, title: str
) -> None:
    report = bring_in(starter, _book(tmp_path, ORGANIZATIONS, title))
    assert [(one.sheet, one.column) for one in report.problems] == [(title, "record")]
    rows = [["record", *ORGANIZATIONS[0]], ["organization", *ORGANIZATIONS[1]]]
    assert bring_in(starter, _book(tmp_path, rows, title)).added == 1


def test_an_error_of_the_spreadsheet_is_told(starter: Connection, tmp_path: Path) -> None:
    rows = [ORGANIZATIONS[0], ["a", "ngo", "#REF!", "appel"]]
    reasons = reasons_of(bring_in(starter, _book(tmp_path, rows)))
    assert reasons == {"name_fr": table_reading.SPREADSHEET_ERROR}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("broken", [b"", b"<a><b></a>", b"\xff\xfe\x00", b"<a/>"])
def test_a_broken_workbook_is_refused_in_words(
    starter: Connection, tmp_path: Path, part: str, broken: bytes
) -> None:
    path = repack(_book(tmp_path, ORGANIZATIONS), {part: broken})
    with contextlib.suppress(UnreadableFileError):
        assert bring_in(starter, path).changes == ()


def test_a_workbook_with_a_password_is_refused_in_words(
    starter: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))  # what Excel seals it in
    _refused(starter, path)
