"""Reads CSV and XLSX files that people made, as they come: whatever the program and the country.

Nothing is believed of a file before it was looked at: its size, what a workbook unpacks to, its
encoding. What a person can mend comes back as a row with a reason; only a file that is no table
at all is refused as a whole.
"""

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl

from referral_directory.labels import column_named, kind_named
from referral_directory.tables import (
    KINDS,
    LARGEST_BYTES,
    MOST_ROWS,
    Line,
    UnreadableFileError,
    entered,
    entered_inside,
    harmless,
)
from referral_directory.workbook_guard import MergedCells, check_workbook, merged_cells

MOST_COLUMNS = 200
# A cell may be as long as a file: it is told by its row that it is too long.
csv.field_size_limit(LARGEST_BYTES)
_LONGEST_CELL = 10_000
_CHUNK = 65_536
_LAST_ROW = 1_048_576  # of any spreadsheet program; a file may claim more
_SEPARATORS = ";,\t"
_RECORD = "record"
_COMMENT = "#"  # instructions of the template, or a line left out by hand
_IGNORED_SHEETS = frozenset({"mode d'emploi", "listes"})
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OTHER_PROGRAMS = (
    (b"\xd0\xcf\x11\xe0", "c'est un ancien classeur .xls : enregistrez-le en .xlsx"),
    (b"PK\x03\x04", "c'est un classeur : donnez-lui la fin .xlsx"),
    (b"%PDF", "c'est un PDF : il faut un fichier CSV, XLSX ou JSON"),
)
_WINDOWS = "cp1252"
# UTF-8 that some program read as Windows-1252 and saved again: « Ã© » where « é » stood.
_BROKEN = re.compile(r"Ã[\u0080-\u00bf©¨ª«´¢®§¹»¼]|â€[™œ\u009d¦“”]|Å[“’]|É[›”]|\ufffd")
_LOST_LETTER = re.compile(r"\w\?|\?\w")
_SPREADSHEET_ERROR = re.compile(
    r"#(REF!|N/A|VALUE!|VALEUR!|NAME\?|NOM\?|DIV/0!|NUM!|NOMBRE!|NULL!)"
)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

BROKEN_LETTERS = "les lettres accentuées sont abîmées : enregistrez le fichier en « CSV UTF-8 »"
LOST_LETTERS = "les lettres ɛ, ɔ, ɲ, ŋ se sont perdues : enregistrez le fichier en « CSV UTF-8 »"
SPREADSHEET_ERROR = "la cellule contient une erreur du tableur"
FORBIDDEN_SIGN = "la cellule contient un signe qui ne s'imprime pas"
TOO_LONG = f"la cellule a plus de {_LONGEST_CELL} signes"
FORMULA = "la cellule contient un calcul sans résultat : collez sa valeur"
MERGED = "cellules fusionnées : défusionnez-les et remplissez chaque ligne"


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the rows of a CSV or XLSX file.

    Raises:
        UnreadableFileError: When it is too large or no table of the directory.
    """
    check_size(path)
    rows = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    for count, line in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise UnreadableFileError(f"le fichier a plus de {MOST_ROWS} lignes : partagez-le")
        yield line


def check_size(path: Path) -> None:
    """Look at a file's size before anything of it is read.

    Raises:
        UnreadableFileError: When it is too large.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise UnreadableFileError(f"le fichier dépasse {LARGEST_BYTES // 1_000_000} Mo")


def count_rows(path: Path) -> int | None:
    """Return about how many rows a file holds, for a bar of progress; None for a workbook.

    In a CSV file every line end counts, whether or not it stands inside a cell.
    """
    if path.suffix.lower() == ".xlsx":
        return None  # what a workbook says of its own size may be wrong
    ends = 0
    with path.open("rb") as content:
        while chunk := content.read(_CHUNK):
            ends += chunk.count(b"\n")
    return max(1, ends - 1)


@dataclass(frozen=True, slots=True)
class _Headings:
    """What stands in the first row: the column each heading means, and what it says."""

    columns: tuple[str, ...]

    @classmethod
    def read(cls, cells: Sequence[Any]) -> "_Headings":
        texts = [entered(str(cell)) if cell is not None else "" for cell in cells]
        columns = tuple(column_named(text) or text for text in texts)
        named = [column for column in columns if column]
        twice = next((column for column in named if named.count(column) > 1), None)
        if twice is not None:
            raise UnreadableFileError(f"la colonne « {twice} » apparaît deux fois")
        return cls(columns)

    def cells(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return what a row holds by column; what stands beyond the headings is a cell of « ? »."""
        cells = {
            column: value
            for column, value in zip(self.columns, row, strict=False)
            if column or not _is_empty(value)
        }
        if any(not _is_empty(value) for value in row[len(self.columns) :]):
            cells["?"] = "?"
        return cells


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


# -- CSV ---------------------------------------------------------------------------------------


def _read_csv(path: Path) -> Iterator[Line]:
    text, encoding = _decoded(path.read_bytes())
    try:
        rows = enumerate(_rows(text), start=1)
        headings = None
        for number, row in rows:
            if len(row) > MOST_COLUMNS:
                raise UnreadableFileError(f"la ligne {number} a plus de {MOST_COLUMNS} colonnes")
            if all(_is_empty(cell) for cell in row) or row[0].lstrip().startswith(_COMMENT):
                continue
            if headings is None:
                headings = _Headings.read(row)
                if _RECORD not in headings.columns:
                    raise UnreadableFileError(
                        "la première ligne doit nommer les colonnes, dont « record » (fiche)"
                    )
                continue
            cells = headings.cells([entered_inside(cell) for cell in row])
            yield _line(number, "", cells, windows=encoding == _WINDOWS)
    except csv.Error as error:
        raise UnreadableFileError("le fichier n'est pas un tableau CSV") from error
    if headings is None:
        raise UnreadableFileError("le fichier est vide")


def _decoded(raw: bytes) -> tuple[str, str]:
    """Return the text and its encoding: what its first bytes say, UTF-8, or Excel's old one."""
    for beginning, reason in _OTHER_PROGRAMS:
        if raw.startswith(beginning):
            raise UnreadableFileError(reason)
    encodings = [name for mark, name in _BYTE_ORDER_MARKS if raw.startswith(mark)]
    for encoding in encodings or ["utf-8", _WINDOWS]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding
    raise UnreadableFileError("le fichier n'est pas un texte CSV lisible")


def _rows(text: str) -> Iterator[list[str]]:
    first, _, rest = text.partition("\n")
    separator = None
    if first.lower().startswith("sep="):  # Excel's own way to name the separator
        separator = first[4:5]
        text = rest
        first = text.partition("\n")[0]
        yield []
    # Spreadsheets set to French write semicolons.
    separator = separator or max(_SEPARATORS, key=lambda sign: (first.count(sign), sign == ","))
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _line(number: int, sheet: str, cells: dict[str, Any], *, windows: bool = False) -> Line:
    said = str(cells.pop(_RECORD, "") or "").strip()
    kind = kind_named(said) or said
    return _checked(Line(number, kind, cells, sheet), windows=windows)


# -- XLSX --------------------------------------------------------------------------------------


def _read_xlsx(path: Path) -> Iterator[Line]:
    check_workbook(path)
    try:
        with warnings.catch_warnings():
            # It warns of decorations that it leaves out.
            warnings.simplefilter("ignore")
            yield from _sheets(path)
    except UnreadableFileError:
        raise
    except (BadZipFile, KeyError, OSError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableFileError("le fichier n'est pas un classeur XLSX lisible") from error
    except (EOFError, SyntaxError, IndexError, NotImplementedError, RuntimeError) as error:
        # A broken XML part is a SyntaxError, a sealed one a RuntimeError.
        raise UnreadableFileError("le fichier n'est pas un classeur XLSX lisible") from error


def _sheets(path: Path) -> Iterator[Line]:
    merged = merged_cells(path)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        found = False
        for sheet in book.worksheets:
            if sheet.title.lower().replace("’", "'") in _IGNORED_SHEETS:
                continue
            found = True
            yield from _sheet(sheet, merged.get(sheet.title, MergedCells(())))
        if not found:
            raise UnreadableFileError("le classeur n'a pas de feuille à lire")
    finally:
        book.close()


def _sheet(sheet: Any, merged: MergedCells) -> Iterator[Line]:
    kind = kind_named(sheet.title)
    # What a sheet says of its own size may be wrong: rows are counted as they come.
    sheet.reset_dimensions()
    headings = None
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if len(row) > MOST_COLUMNS or number > _LAST_ROW:
            raise UnreadableFileError(f"la feuille « {sheet.title} » est trop grande")
        if all(_is_empty(cell) for cell in row):
            continue
        if headings is None:
            headings = _Headings.read(row)
            if kind is None and _RECORD not in headings.columns:
                yield Line(number, sheet.title, {}, sheet.title)
                return
            continue
        cells = headings.cells([_plain(cell) for cell in row])
        line = _line(number, sheet.title, cells if kind is None else cells | {_RECORD: kind})
        yield _with_merged(line, merged, headings.columns)


def _with_merged(line: Line, merged: MergedCells, columns: Sequence[str]) -> Line:
    unsolved = [place for place in range(len(columns)) if (line.number, place) in merged.formulas]
    touched = {
        columns[place]: reason
        for reason, places in ((FORMULA, unsolved), (MERGED, merged.columns_of(line.number)))
        for place in places
        if place < len(columns) and columns[place]
    }
    if not touched:
        return line
    return Line(line.number, line.kind, line.cells, line.sheet, {**line.spoilt, **touched})


def _plain(value: Any) -> Any:
    """Return what Excel made of a cell as text; a whole number has no decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool) else str(value)


# -- both --------------------------------------------------------------------------------------


def _checked(line: Line, *, windows: bool) -> Line:
    """Return the row with what was entered, and the reasons why some of it can't be that."""
    cells, spoilt = {}, {}
    for column, value in _own(line.kind, line.cells):
        if isinstance(value, str):
            reason = _spoilt(column, value, windows=windows)
            if reason is not None:
                spoilt[column] = reason
            cells[column] = entered(value)
        else:
            cells[column] = value
    return Line(line.number, line.kind, cells, line.sheet, spoilt)


def _own(kind: str, cells: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield what is filled in, and of the columns only those this kind of entry has.

    A CSV file holds the columns of all kinds; a cell filled in the wrong one is an error later.
    """
    model = KINDS.get(kind)
    own = set(model.model_fields) if model else set()
    return ((name, value) for name, value in cells.items() if name in own or not _is_empty(value))


def _spoilt(column: str, text: str, *, windows: bool) -> str | None:
    if len(text) > _LONGEST_CELL:
        return TOO_LONG
    if _FORBIDDEN.search(text):
        return FORBIDDEN_SIGN
    if _SPREADSHEET_ERROR.fullmatch(text.strip()):
        return SPREADSHEET_ERROR
    if _BROKEN.search(text):
        return BROKEN_LETTERS
    if windows and column.endswith("_bm") and _LOST_LETTER.search(text):
        return LOST_LETTERS
    return None


__all__ = ["check_size", "count_rows", "harmless", "read_lines"]
