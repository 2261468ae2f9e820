"""Spreadsheet files of the directory: CSV in one table, XLSX with a sheet per kind of entry.

Cells that a spreadsheet program would run as a formula get an apostrophe in front, which comes
off again when the file is read. In CSV so does what would be one if the cell were split.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from referral_directory.hours import format_hours
from referral_directory.records import (
    OrganizationRecord,
    PhoneRecord,
    Record,
    ServiceRecord,
)
from referral_directory.schemas import OpeningHours

KINDS: dict[str, type[OrganizationRecord | ServiceRecord | PhoneRecord]] = {
    "organization": OrganizationRecord,
    "service": ServiceRecord,
    "phone": PhoneRecord,
}
"""What the column `record` of a CSV file, and the name of a sheet, may say."""

MOST_ROWS = 20_000
LARGEST_BYTES = 20_000_000
REMOVAL_COLUMN = "action"
"""A column of its own: « supprimer » in it closes the entry that the row names."""

# Full-width signs count too where the spreadsheet's language is an East Asian one.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# A comma file that a French Excel opens is split at semicolons and line ends, quotes or not.
_FORMULA_INSIDE = re.compile(r"(?<=[;\n\r])([\"' \t\u00a0]*[=+\-@＝＋－＠])")
_QUOTED_INSIDE = re.compile(r"(?<=[;\n\r])'([\"' \t\u00a0]*[=+\-@＝＋－＠])")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


class UnreadableFileError(ValueError):
    """A file that is no table of the directory.

    Attributes:
        reason: Why, as a French sentence without its full stop.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: where it stands, what it claims to be, and its cells by column.

    Attributes:
        number: The row, as a spreadsheet program counts; in HSDS the service, from 1.
        kind: `organization`, `service` or `phone`, or whatever else stands there.
        cells: By column.
        sheet: Which sheet of a workbook; empty for other files.
        spoilt: Columns whose cell cannot be what somebody entered, each with the reason.
    """

    number: int
    kind: str
    cells: dict[str, Any]
    sheet: str = ""
    spoilt: Mapping[str, str] = field(default_factory=dict)


def cells_of(record: Record) -> dict[str, str]:
    """Return a record as cells of text."""
    return {name: text_of(value) for name, value in record}


def text_of(value: Any) -> str:
    """Return a value as a cell of text, made harmless for spreadsheet programs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        if value and isinstance(value[0], OpeningHours):
            return format_hours(value)
        return "|".join(str(one) for one in value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if isinstance(value, float) else harmless(text)


def harmless(text: str) -> str:
    """Return the text with an apostrophe where a spreadsheet program would see a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def entered(text: str) -> str:
    """Return what was written before `harmless`, without spaces around it."""
    bare = text.strip(" \u00a0")
    return bare[1:] if _QUOTED_FORMULA.match(bare) else bare


def harmless_inside(cell: str) -> str:
    """Return a cell with an apostrophe wherever a formula would begin if it were split."""
    return _FORMULA_INSIDE.sub(r"'\1", cell)


def entered_inside(cell: str) -> str:
    """Return what a cell was before `harmless_inside`."""
    return _QUOTED_INSIDE.sub(r"\1", cell)


def all_columns() -> list[str]:
    """Return the columns of all kinds of entries, each once."""
    return list(dict.fromkeys(name for kind in KINDS.values() for name in kind.model_fields))


def write_csv(path: Path, tables: Mapping[str, Sequence[Record]]) -> None:
    """Write one table with the column `record` in front."""
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.DictWriter(lines, ["record", *all_columns()], restval="", lineterminator="\n")
        writer.writeheader()
        for kind, records in tables.items():
            for record in records:
                cells = cells_of(record).items()
                safe = {name: harmless_inside(cell) for name, cell in cells}
                writer.writerow({"record": kind} | safe)


def write_xlsx(path: Path, tables: Mapping[str, Sequence[Record]]) -> None:
    """Write one sheet for each kind of entry."""
    import tablib  # noqa: PLC0415  # ten megabytes that the bot never needs

    sheets = []
    for kind, records in tables.items():
        headers = list(KINDS[kind].model_fields)
        rows = [tuple(cells_of(record)[name] for name in headers) for record in records]
        sheets.append(tablib.Dataset(*rows, headers=headers, title=kind))
    path.write_bytes(tablib.Databook(sheets).export("xlsx"))
