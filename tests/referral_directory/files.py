"""Files of the directory as people and programs make them, for tests of the exchange."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import Connection, select

from referral_directory.exchange import FileFormat, ImportReport, export_file, import_file
from storage.database import Base
from tests.referral_directory.samples import NOW

SUFFIX = {"csv": ".csv", "xlsx": ".xlsx", "hsds": ".json"}
ENGLISH = re.compile(r"\b(the|input|valid|value|should|field|string|must|not|row|file)\b")
"""Words that no reason which people read may hold."""
LOOKS_SPOILT = re.compile(r"Ã|â€|Å|É[›”]|\ufffd")
"""What no French or Bambara word holds and an import refuses, since another encoding left it there.

See test_cells_of_people.py.
"""

ORGANIZATION = {
    "record": "organization",
    "slug": "neuve",
    "kind": "ngo",
    "name_fr": "Association neuve",
    "source": "appel du 3 mars",
}
SERVICE = {
    "record": "service",
    "slug": "ecoute-neuve",
    "organization": "neuve",
    "name_fr": "Écoute",
    "description_fr": "On écoute",
    "needs": "psychosocial",
    "place": "sevare",
    "source": "appel du 3 mars",
    "status": "published",
    "mark": "S",
}
PHONE = {
    "record": "phone",
    "slug": "tel-neuf",
    "number": "+223 20 21 22 23",
    "organization": "neuve",
    "service": "ecoute-neuve",
    "label_fr": "Accueil",
    "source": "appel du 3 mars",
}


def bring_in(
    directory: Connection, path: Path, *, dry_run: bool = False, **options: Any
) -> ImportReport:
    options = {"now": NOW, "actor": "test"} | options
    return import_file(directory, path, dry_run=dry_run, **options)


def reasons_of(report: ImportReport) -> dict[str, str]:
    return {problem.column: problem.reason for problem in report.problems}


def take_out(directory: Connection, folder: Path, file_format: FileFormat) -> Path:
    path = folder / f"directory{SUFFIX[file_format]}"
    export_file(directory, path, file_format)
    return path


def content(directory: Connection, *left_out: str) -> dict[str, list[Any]]:
    """Return the rows of all tables but those named, without the numbers that rows are given.

    Versions are no content: they grow even where something is undone.
    """
    return {
        table.name: sorted(
            str(row)
            for row in directory.execute(
                select(*(column for column in table.c if column.name not in {"id", "version"}))
            )
        )
        for table in Base.metadata.sorted_tables
        if table.name not in left_out
    }


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def take_out_with(directory: Connection, folder: Path, slug: str, cells: Mapping[str, str]) -> Path:
    """Export the directory as CSV, with other cells in the row of one entry."""
    path = take_out(directory, folder, "csv")
    rows = rows_of(path)
    next(row for row in rows if row["slug"] == slug).update(cells)
    return write_rows(path, rows)


def write_rows(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    path.write_text(as_csv(rows), encoding="utf-8")
    return path


def as_csv(rows: Sequence[Mapping[str, str]], separator: str = ",") -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_book(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def repack(path: Path, changed: Mapping[str, bytes]) -> Path:
    """Write a workbook anew, with some of its parts replaced or added."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | changed).items():
            archive.writestr(name, part)
    return path
