"""Spreadsheet files of the directory: CSV in one table, XLSX with a sheet per kind of entry.

Cells that a spreadsheet program would run as a formula get an apostrophe in front, which comes
off again when the file is read.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import tablib

from referral_directory.hours import format_hours
from referral_directory.records import (
    OrganizationRecord,
    PhoneRecord,
    Record,
    ServiceRecord,
)
from referral_directory.schemas import OpeningHours

KINDS: dict[str, type[Record]] = {
    "organization": OrganizationRecord,
    "service": ServiceRecord,
    "phone": PhoneRecord,
}
"""What the column `record` of a CSV file, and the name of a sheet, may say."""

MOST_ROWS = 50_000
LARGEST_BYTES = 20_000_000
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class UnreadableFileError(ValueError):
    """A file that is no table of the directory.

    Attributes:
        reason: Why, as a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: where it stands, what it claims to be, and its cells by column."""

    number: int
    kind: str
    cells: dict[str, Any]


def cells_of(record: Record) -> dict[str, str]:
    """Return a record as cells of text."""
    return {name: _write(value) for name, value in record}


def _write(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        if value and isinstance(value[0], OpeningHours):
            return format_hours(value)
        return "|".join(str(one) for one in value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, float):
        return text
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _read(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip(" ")
        bare = text.removeprefix("'")
        return bare if bare.startswith(_FORMULA_SIGNS) else text
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if value is None or isinstance(value, bool) else _write(value)


def write_csv(path: Path, tables: Mapping[str, Sequence[Record]]) -> None:
    """Write one table with the column `record` in front."""
    columns = list(dict.fromkeys(name for kind in KINDS.values() for name in kind.model_fields))
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.DictWriter(lines, ["record", *columns], restval="", lineterminator="\n")
        writer.writeheader()
        for kind, records in tables.items():
            for record in records:
                writer.writerow({"record": kind} | cells_of(record))


def write_xlsx(path: Path, tables: Mapping[str, Sequence[Record]]) -> None:
    """Write one sheet for each kind of entry."""
    sheets = []
    for kind, records in tables.items():
        headers = list(KINDS[kind].model_fields)
        rows = [tuple(cells_of(record)[name] for name in headers) for record in records]
        sheets.append(tablib.Dataset(*rows, headers=headers, title=kind))
    path.write_bytes(tablib.Databook(sheets).export("xlsx"))


def read_lines(path: Path) -> list[Line]:
    """Return the rows of a CSV or XLSX file.

    Raises:
        UnreadableFileError: When it is too large or no table of the directory.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise UnreadableFileError(f"the file is larger than {LARGEST_BYTES // 1_000_000} MB")
    lines = list(_read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path))
    if len(lines) > MOST_ROWS:
        raise UnreadableFileError(f"the file has more than {MOST_ROWS} rows")
    return lines


def _read_csv(path: Path) -> Iterable[Line]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        first = text.partition("\n")[0]
        # Spreadsheets set to French write semicolons.
        separator = ";" if first.count(";") > first.count(",") else ","
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
        if reader.fieldnames is None or "record" not in reader.fieldnames:
            raise UnreadableFileError("the first line lacks the column `record`")
        for row in reader:
            kind = (row.pop("record") or "").strip()
            yield Line(reader.line_num, kind, _cells(kind, row))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFileError("the file is no CSV text in UTF-8") from error


def _read_xlsx(path: Path) -> Iterable[Line]:
    try:
        book = tablib.Databook().load(path.read_bytes(), format="xlsx")
    except (BadZipFile, KeyError, OSError, ValueError, TypeError) as error:
        raise UnreadableFileError("the file is no XLSX workbook") from error
    for sheet in book.sheets():
        for number, row in enumerate(sheet.dict, start=2):
            yield Line(number, sheet.title, _cells(sheet.title, row))


def _cells(kind: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what is filled in, and of the columns only those this kind of entry has.

    A CSV file holds the columns of all kinds; a cell filled in the wrong one is an error later.
    """
    model = KINDS.get(kind)
    own = set(model.model_fields) if model else set()
    return {
        str(name): _read(value)
        for name, value in row.items()
        if str(name) in own or (value is not None and value != "")
    }
