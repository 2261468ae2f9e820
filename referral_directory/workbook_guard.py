"""Looks into an XLSX file before a library unpacks it: zip bombs, XML bombs, merged cells.

A workbook is a zip archive. What it says it unpacks to is believed only as an upper bound: Python
never unpacks a part beyond the size that the archive states for it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile, ZipInfo

from referral_directory.tables import UnreadableFileError

MOST_PARTS = 500
LARGEST_UNPACKED = 120_000_000
"""Bytes of all parts together; 20,000 full rows unpack to about 60 MB."""

_CHUNK = 65_536
_DECLARATIONS = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_RANGE = re.compile(r"([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)")
_MOST_UNSOLVED = 100_000  # more would fill the memory, and the first say enough
_CELL = re.compile(r"([A-Z]{1,3})(\d+)")
_NO_WORKBOOK = "le fichier n'est pas un classeur XLSX lisible"
_BOMB = "le classeur se déplie en trop de données : il n'est pas lu"


@dataclass(frozen=True, slots=True)
class MergedCells:
    """What of a sheet can't be read cell by cell.

    Attributes:
        areas: Merged ones, as first row, last row, first column, last column (from 0).
        formulas: Row and place (from 0) of formulas whose result the program did not store.
    """

    areas: tuple[tuple[int, int, int, int], ...]
    formulas: frozenset[tuple[int, int]] = frozenset()

    def columns_of(self, row: int) -> Iterator[int]:
        """Yield the places of merged cells in a row (counted from 1)."""
        for first, last, left, right in self.areas:
            if first <= row <= last:
                yield from range(left, min(right, left + 255) + 1)


def check_workbook(path: Path) -> None:
    """Refuse what would fill the memory or is no workbook, before it is unpacked.

    Raises:
        UnreadableFileError: With the reason.
    """
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise UnreadableFileError(_BOMB)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_declarations(archive, part)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableFileError(_NO_WORKBOOK) from error


def _check_declarations(archive: ZipFile, part: ZipInfo) -> None:
    """Refuse XML that declares entities: no spreadsheet program writes any, bombs are made so."""
    longest = max(map(len, _DECLARATIONS))
    before = b""
    with archive.open(part) as content:
        while chunk := content.read(_CHUNK):
            window = before + chunk
            if any(word in window for word in _DECLARATIONS):
                raise UnreadableFileError(_BOMB)
            before = window[-longest:]


def merged_cells(path: Path) -> Mapping[str, MergedCells]:
    """Return the merged areas of each sheet, by its title.

    Raises:
        UnreadableFileError: When the archive is no workbook.
    """
    try:
        with ZipFile(path) as archive:
            targets = {
                element["Id"]: element["Target"]
                for element in _attributes(archive, "xl/_rels/workbook.xml.rels", "Relationship")
            }
            return {
                sheet["name"]: _areas(archive, targets.get(sheet.get("id", ""), ""))
                for sheet in _attributes(archive, "xl/workbook.xml", "sheet")
            }
    except (BadZipFile, KeyError, EOFError, ExpatError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(_NO_WORKBOOK) from error


def _areas(archive: ZipFile, target: str) -> MergedCells:
    name = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    if name not in archive.NameToInfo:
        return MergedCells(())
    seen = _Seen()
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = seen.begin, seen.end
    parser.CharacterDataHandler = seen.text
    with archive.open(name) as content:
        parser.ParseFile(content)
    return MergedCells(
        tuple(
            (int(found[2]), int(found[4]), _place(found[1]), _place(found[3]))
            for area in seen.merged
            if (found := _RANGE.fullmatch(area)) is not None
        ),
        frozenset(
            (int(found[2]), _place(found[1]))
            for cell in seen.unsolved
            if (found := _CELL.fullmatch(cell)) is not None
        ),
    )


class _Seen:
    """Notes merged areas, and cells with a formula and no result, while a sheet is unpacked."""

    def __init__(self) -> None:
        self.merged: list[str] = []
        self.unsolved: list[str] = []
        self._cell = ""
        self._is_formula = self._is_solved = self._in_value = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "mergeCell":
                self.merged.append(attributes.get("ref", ""))
            case "c":
                self._cell = attributes.get("r", "")
                self._is_formula = False
                # A text that is empty is a result too.
                self._is_solved = attributes.get("t") == "str"
            case "f":
                self._is_formula = True
            case "v":
                self._in_value = True
            case _:
                pass

    def text(self, text: str) -> None:
        if self._in_value and text.strip():
            self._is_solved = True

    def end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "v":
                self._in_value = False
            case "c" if self._is_formula and not self._is_solved:
                if len(self.unsolved) < _MOST_UNSOLVED:
                    self.unsolved.append(self._cell)
            case _:
                pass


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _attributes(archive: ZipFile, name: str, wanted: str) -> list[dict[str, str]]:
    """Return the attributes of all elements of a name, reading the part as it is unpacked."""
    found: list[dict[str, str]] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == wanted:
            found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})

    parser = ParserCreate()
    parser.StartElementHandler = begin
    with archive.open(name) as content:
        parser.ParseFile(content)
    return found
