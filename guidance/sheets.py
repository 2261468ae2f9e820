"""Sheets to print: an article in both languages with a code to scan, and a project's gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files

import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

_FACE = "Sans"
_A4, _A5 = (210.0, 297.0), (148.0, 210.0)  # millimetres
_MARGIN = 10.0  # millimetres
_QR_SIDE = 26.0
_LINE = 4.6
_TITLE, _TEXT, _SMALL = 14, 9.5, 7
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # a sheet says nothing about when it was made


@dataclass(frozen=True, slots=True)
class Side:
    """What a sheet says in one language: a title, and paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleSheet:
    """An article to print.

    Attributes:
        sides: French, then Bambara.
        address: what the code to scan holds; where to read it in the chat.
        notes: small print: sources, the organisation, what is not reviewed.
    """

    sides: tuple[Side, ...]
    address: str
    notes: tuple[str, ...] = ()


def print_article(sheet: ArticleSheet) -> bytes:
    """Return a PDF of A5 pages: one language after the other, a code to scan on the first."""
    paper = _Paper(*_A5)
    paper.code(sheet.address)
    for number, side in enumerate(sheet.sides):
        paper.side(side, beside_code=number == 0)
    for note in sheet.notes:
        paper.small(note)
    return paper.finished()


def print_list(title: str, entries: Sequence[tuple[str, str]], notes: Sequence[str]) -> bytes:
    """Return an A4 PDF: a title, entries with a line of advice each, and small print."""
    paper = _Paper(*_A4)
    paper.side(Side(title, ()), beside_code=False)
    for heading, advice in entries:
        paper.entry(heading, advice)
    for note in notes:
        paper.small(note)
    return paper.finished()


class _Paper:
    """A PDF in the letters of both languages; signs that they lack (pictographs) are left out."""

    def __init__(self, width: float, height: float) -> None:
        self._pdf = FPDF(format=(width, height))
        self._pdf.set_creation_date(_NO_DATE)
        self._pdf.set_margin(_MARGIN)
        self._pdf.set_auto_page_break(auto=True, margin=_MARGIN)
        folder = files("guidance.fonts")
        for style, name in (("", "Sans.ttf"), ("B", "Sans-Bold.ttf")):
            with as_file(folder / name) as path:
                self._pdf.add_font(_FACE, style, path)
        self._pdf.add_page()

    def code(self, address: str) -> None:
        """Draw the code to scan into the upper right corner."""
        matrix = segno.make(address, error="m", micro=False).matrix
        cell = _QR_SIDE / len(matrix)
        left = self._pdf.w - _MARGIN - _QR_SIDE
        for row, bits in enumerate(matrix):
            for column, bit in enumerate(bits):
                if bit:
                    x, y = left + column * cell, _MARGIN + row * cell
                    self._pdf.rect(x, y, cell, cell, style="F")

    def side(self, side: Side, *, beside_code: bool) -> None:
        """Write a title and paragraphs."""
        width = self._pdf.epw - _QR_SIDE - 4 if beside_code else 0
        self._words(side.title, _TITLE, bold=True, width=width)
        if beside_code:
            self._pdf.set_y(max(self._pdf.get_y(), _MARGIN + _QR_SIDE + 3))
        for paragraph in side.paragraphs:
            self._words(paragraph, _TEXT)
            self._pdf.ln(_LINE / 3)
        self._pdf.ln(_LINE / 2)

    def entry(self, heading: str, advice: str) -> None:
        """Write a heading with its advice."""
        self._words(heading, _TEXT + 1, bold=True)
        self._words(advice, _TEXT + 1)
        self._pdf.ln(_LINE / 2)

    def small(self, note: str) -> None:
        """Write a line of small print."""
        self._words(note, _SMALL)

    def finished(self) -> bytes:
        """Return the document."""
        return bytes(self._pdf.output())

    def _words(self, text: str, size: float, *, bold: bool = False, width: float = 0) -> None:
        self._pdf.set_font(_FACE, "B" if bold else "", size)
        self._pdf.multi_cell(
            width,
            size * 0.48,
            printable(text),
            align="L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )


def printable(text: str) -> str:
    """Return `text` without the signs that the sheet's letters lack."""
    known = _known_signs()
    kept = "".join(each for each in text if each == "\n" or ord(each) in known)
    return "\n".join(" ".join(line.split()) for line in kept.splitlines())


@cache
def _known_signs() -> frozenset[int]:
    with as_file(files("guidance.fonts") / "Sans.ttf") as path, TTFont(path) as font:
        return frozenset(font.getBestCmap() or {})
