"""The paper that sheets are printed on: a PDF in the letters of both languages.

It loads a PDF library and a font reader, some thirty megabytes: `guidance.sheets` imports it only
when somebody wants a sheet.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

A4, A5 = (210.0, 297.0), (148.0, 210.0)  # millimetres
TEXT = 10.5  # points; what a list is printed in
FONTS = Path(__file__).resolve().parents[1] / "locales" / "fonts"
_FACE = "Sans"
_MARGIN = 10.0  # millimetres
_QR_SIDE = 26.0
_LINE = 4.6
_TITLE, _SMALL = 14, 7
_HELD_TOGETHER = re.compile(r" (?=[%:;?!»])|(?<=«) ")  # as French sets them
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # a sheet says nothing about when it was made


class Paper:
    """A PDF in the letters of both languages; signs that they lack (pictographs) are left out."""

    def __init__(self, width: float, height: float) -> None:
        self._pdf = FPDF(format=(width, height))
        self._pdf.set_creation_date(_NO_DATE)
        self._pdf.set_margin(_MARGIN)
        self._pdf.set_auto_page_break(auto=True, margin=_MARGIN)
        for style, name in (("", "Sans.ttf"), ("B", "Sans-Bold.ttf")):
            self._pdf.add_font(_FACE, style, FONTS / name)
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

    def head(self, title: str, advice: Sequence[str]) -> None:
        """Write a title beside the code, and under it how to read on."""
        width = self._pdf.epw - _QR_SIDE - 4
        self._words(title, _TITLE, bold=True, width=width)
        self._pdf.ln(_LINE / 3)
        for line in advice:
            self._words(line, _SMALL + 1, width=width)
        self._pdf.set_y(max(self._pdf.get_y(), _MARGIN + _QR_SIDE) + 3)

    def title(self, title: str) -> None:
        """Write a title over the whole width."""
        self._words(title, _TITLE, bold=True)
        self._pdf.ln(_LINE / 3)

    def paragraphs(self, paragraphs: Sequence[str], size: float = TEXT) -> None:
        """Write paragraphs with a little space between them."""
        for paragraph in paragraphs:
            self._words(paragraph, size)
            self._pdf.ln(_LINE / 3)

    def height(self, paragraphs: Sequence[str], size: float) -> float:
        """Return what `paragraphs` would take, in millimetres."""
        return sum(self._height(each, size) + _LINE / 3 for each in paragraphs)

    def title_height(self, title: str) -> float:
        """Return what a rule with a title under it would take, in millimetres."""
        return _LINE / 3 + _LINE / 2 + self._height(title, _TITLE, bold=True) + _LINE / 3

    def room(self, notes: Sequence[str]) -> float:
        """Return what is left of the page above this small print, in millimetres."""
        return self._foot(notes) - self._pdf.get_y()

    def rule(self) -> None:
        """Draw a line across the page."""
        self._pdf.ln(_LINE / 3)
        height = self._pdf.get_y()
        self._pdf.line(_MARGIN, height, self._pdf.w - _MARGIN, height)
        self._pdf.ln(_LINE / 2)

    def entry(self, heading: str, advice: str) -> None:
        """Write a heading with its advice, both on one page."""
        with self._pdf.unbreakable():
            self._words(heading, TEXT, bold=True)
            self._words(advice, TEXT)
        self._pdf.ln(_LINE / 2)

    def foot(self, notes: Sequence[str]) -> None:
        """Write the small print at the bottom of the page, or below what stands there."""
        self._pdf.set_y(max(self._pdf.get_y(), self._foot(notes)))
        for note in notes:
            self._words(note, _SMALL)

    def finished(self) -> bytes:
        """Return the document."""
        return bytes(self._pdf.output())

    def _foot(self, notes: Sequence[str]) -> float:
        """Return where small print begins that ends with the page."""
        needed = sum(self._height(note, _SMALL) for note in notes)
        return self._pdf.h - _MARGIN - needed - 0.1

    def _height(self, text: str, size: float, *, bold: bool = False) -> float:
        found = self._words(text, size, bold=bold, dry_run=True, output=MethodReturnValue.HEIGHT)
        return float(found)

    def _words(
        self, text: str, size: float, *, bold: bool = False, width: float = 0, **how: Any
    ) -> Any:
        self._pdf.set_font(_FACE, "B" if bold else "", size)
        return self._pdf.multi_cell(
            width,
            size * 0.48,
            _HELD_TOGETHER.sub("\N{NO-BREAK SPACE}", printable(text)),
            align="L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
            **how,
        )


def printable(text: str) -> str:
    """Return `text` without the signs that the sheet's letters lack."""
    known = _known_signs()
    kept = "".join(each for each in text if each == "\n" or ord(each) in known)
    return "\n".join(" ".join(line.split()) for line in kept.splitlines())


@cache
def _known_signs() -> frozenset[int]:
    with TTFont(FONTS / "Sans.ttf") as font:
        return frozenset(font.getBestCmap() or {})
