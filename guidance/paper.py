"""The paper that sheets are printed on: a PDF in the letters of both languages.

It loads a PDF library and a font reader, some thirty megabytes: `guidance.sheets` imports it only
when somebody wants a sheet.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files

import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

A4, A5 = (210.0, 297.0), (148.0, 210.0)  # millimetres
_FACE = "Sans"
_MARGIN = 10.0  # millimetres
_QR_SIDE = 26.0
_LINE = 4.6
_TITLE, _TEXT, _SMALL = 14, 9.5, 7
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # a sheet says nothing about when it was made


class Paper:
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

    def side(self, title: str, paragraphs: Sequence[str], *, beside_code: bool) -> None:
        """Write a title and paragraphs."""
        width = self._pdf.epw - _QR_SIDE - 4 if beside_code else 0
        self._words(title, _TITLE, bold=True, width=width)
        if beside_code:
            self._pdf.set_y(max(self._pdf.get_y(), _MARGIN + _QR_SIDE + 3))
        for paragraph in paragraphs:
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
