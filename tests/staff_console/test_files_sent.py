"""Files as people send them to the page: what is wrong is told in French, nothing is written."""

import io
import tracemalloc
from pathlib import Path

import openpyxl
import pytest

from referral_directory.workbook_guard import LARGEST_UNPACKED
from storage.actors import Role
from tests.referral_directory.files import (
    ENGLISH,
    ORGANIZATION,
    PHONE,
    SERVICE,
    as_csv,
    repack,
    write_book,
)
from tests.staff_console.test_imports import looked_at
from tests.staff_console.world import World

HEADINGS = "record,slug,kind,name_fr,source"
GOOD = as_csv([ORGANIZATION | {"name_fr": "Écoute à Ségou"}])


def _numbers(number: str) -> bytes:
    return as_csv([ORGANIZATION, SERVICE, PHONE | {"number": number}]).encode()


def _workbook() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


def _merged() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "organization"
    for row in (
        ["slug", "kind", "name_fr", "source"],
        ["a", "ngo", "A", "s"],
        ["b", "ngo", "", ""],
    ):
        sheet.append(row)
    sheet.merge_cells("C2:C3")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


WRONG = {
    "seven digits": ("x.csv", _numbers("2212223"), "il en faut 8"),
    "a spoilt number": ("x.csv", _numbers("2,0212223E+07"), "abîmé"),
    "an unknown column": ("x.csv", as_csv([ORGANIZATION | {"Couleur": "x"}]).encode(), "inconnue"),
    "no content": ("x.csv", b"", "vide"),
    "only spaces": ("x.csv", b" \n \n", "vide"),
    "headings twice": ("x.csv", f"{HEADINGS},slug\n".encode(), "deux fois"),
    "no headings": ("x.csv", b"a,b\n1,2\n", "nommer les colonnes"),
    "an old workbook": ("x.csv", b"\xd0\xcf\x11\xe0" + bytes(99), ".xls"),
    "an old workbook with a new name": ("x.xlsx", b"\xd0\xcf\x11\xe0" + bytes(99), "XLSX lisible"),
    "a PDF with another name": ("x.csv", b"%PDF-1.7 ...", "PDF"),
    "a PDF": ("x.pdf", b"%PDF-1.7 ...", "CSV, XLSX ou JSON"),
    "a workbook called CSV": ("x.csv", _workbook(), ".xlsx"),
    "a workbook without a sheet of ours": ("x.xlsx", _workbook(), ""),
    "merged cells": ("x.xlsx", _merged(), "défusionnez"),
    "NUL bytes": ("x.csv", f"{HEADINGS}\norganization,a\0,ngo,A,s\n".encode(), "lisible"),
    "too many columns": ("x.csv", f"{HEADINGS}{',x' * 200}\n".encode(), "200 colonnes"),
    "a million signs": (
        "x.csv",
        f"{HEADINGS}\norganization,a,ngo,{'x' * 1_000_000},s\n".encode(),
        "10000 signes",
    ),
    "a day that lies ahead": (
        "x.csv",
        as_csv([ORGANIZATION | {"source_date": "3 mars 2099"}]).encode(),
        "avenir",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_wrong_with_a_file_is_told_on_the_page(world: World, what: str) -> None:
    name, content, word = WRONG[what]
    async with world.browser(Role.APPROVER) as browser:
        page = await looked_at(browser, content, name)
        assert page.status_code in {200, 422}
        assert word in page.text
        assert "Un problème est arrivé" not in page.text
        told = page.text[page.text.index("<main") : page.text.index("</main")]
        assert ENGLISH.search(told.split("<form")[0].split("<h2>Ce qui")[0]) is None
    assert "import:written" not in await world.tags()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
async def test_tables_of_any_program_are_read_on_the_page(
    world: World, encoding: str, separator: str
) -> None:
    content = as_csv([ORGANIZATION | {"name_fr": "Écoute à Ségou"}], separator).encode(encoding)
    async with world.browser(Role.APPROVER) as browser:
        page = await looked_at(browser, content)
    assert "<b>1</b> ajoutée" in page.text
    assert "Écoute à Ségou" in page.text


async def test_numbers_that_a_spreadsheet_made_decimals_of_are_read(world: World) -> None:
    async with world.browser(Role.APPROVER) as browser:
        page = await looked_at(browser, _numbers("76123456.0"))
    assert "<b>3</b> ajoutées" in page.text


async def test_headings_alone_change_nothing(world: World) -> None:
    async with world.browser(Role.APPROVER) as browser:
        page = await looked_at(browser, f"{HEADINGS}\n".encode())
    assert "ne changerait rien" in page.text


async def test_50_megabytes_are_refused_before_they_are_kept(world: World) -> None:
    content = b"x" * 50_000_000
    async with world.browser(Role.EDITOR) as browser:
        tracemalloc.start()
        answer = await browser.upload("/import/apercu", "x.csv", content)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert answer.status_code == 413
    # What the test itself holds to send it is in it, more than once.
    assert peak < 4 * len(content)


async def test_a_zip_bomb_sent_to_the_page_is_not_unpacked(world: World, tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", {"organization": [["slug"]]})
    repack(path, {"xl/worksheets/sheet1.xml": b" " * (LARGEST_UNPACKED + 1)})
    content = path.read_bytes()
    async with world.browser(Role.EDITOR) as browser:
        tracemalloc.start()
        page = await looked_at(browser, content, "x.xlsx")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert "déplie" in page.text
    assert peak < LARGEST_UNPACKED / 4
