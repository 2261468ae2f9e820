"""Prints a directory in large letters: A4 pages, entries kept whole, a code to scan at the head.

It loads a PDF library, some thirty megabytes: import it only where somebody prints.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import override

import segno
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

FONTS = Path(__file__).resolve().parents[1] / "locales" / "fonts"

_FACE = "Sans"
_MARGIN, _CODE_SIDE = 16.0, 34.0  # millimetres
_TITLE, _HEADING, _NAME, _NUMBER, _TEXT, _SMALL = 26.0, 18.0, 15.0, 20.0, 13.0, 11.0
_LEADING = 0.46  # millimetres of a line for each point of its letters
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # the page itself says of when it is


@dataclass(frozen=True, slots=True)
class Block:
    """One entry on paper.

    Attributes:
        name: What it is called.
        other_name: The same in the other language; empty where nobody wrote it.
        numbers: As one dials them, in the largest letters of all.
        lines: What else is said.
        checked: The day of its confirmation, in both languages.
    """

    name: str
    other_name: str
    numbers: tuple[str, ...]
    lines: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading in both languages.

    Attributes:
        words: What is said where there is none, in both languages.
    """

    heading: str
    blocks: tuple[Block, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A directory to print.

    Attributes:
        title: In the largest letters, in both languages.
        advice: What to know before using it, in both languages.
        address: What the code to scan holds; empty for no code.
        scan: What the code is for, in both languages.
        sections: In their order.
        foot: At the foot of each page: of when it is.
    """

    title: tuple[str, ...]
    advice: tuple[str, ...]
    address: str
    scan: str
    sections: tuple[Section, ...]
    foot: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph: its letters, the space above it, and whether a line is drawn there."""

    text: str
    size: float
    bold: bool = False
    above: float = 0
    ruled: bool = False


class _Pages(FPDF):
    """A4 pages with a foot; signs that the letters lack (pictographs) are left out."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_creation_date(_NO_DATE)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 6)
        for style, name in (("", "Sans.ttf"), ("B", "Sans-Bold.ttf")):
            self.add_font(_FACE, style, FONTS / name)

    @override
    def footer(self) -> None:
        """Write the foot of a page; the library calls this."""
        self.set_y(-_MARGIN)
        # The library puts the number of pages in the place of its sign once it knows it.
        self.words(f"{self._foot}  ·  {self.page_no()} / {self.str_alias_nb_pages}", _SMALL)

    def words(self, text: str, size: float, *, bold: bool = False, width: float = 0) -> None:
        """Write a paragraph."""
        self.set_font(_FACE, "B" if bold else "", size)
        self.multi_cell(
            width,
            size * _LEADING,
            self._printable(text),
            align="L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def height(self, piece: _Piece) -> float:
        """Return how much of a page a paragraph takes."""
        self.set_font(_FACE, "B" if piece.bold else "", piece.size)
        text = self._printable(piece.text)
        leading = piece.size * _LEADING
        taken = self.multi_cell(0, leading, text, dry_run=True, output=MethodReturnValue.HEIGHT)
        assert isinstance(taken, float | int)  # noqa: S101  # as asked for, which the types cannot say
        return piece.above + taken

    def piece(self, piece: _Piece) -> None:
        """Write a paragraph that `height` has measured."""
        if piece.ruled:
            y = self.get_y() + piece.above / 2
            self.line(_MARGIN, y, self.w - _MARGIN, y)
        if piece.above:
            self.ln(piece.above)
        self.words(piece.text, piece.size, bold=piece.bold)

    def code(self, address: str) -> None:
        """Draw the code to scan into the upper right corner."""
        matrix = segno.make(address, error="m", micro=False).matrix
        cell = _CODE_SIDE / len(matrix)
        left = self.w - _MARGIN - _CODE_SIDE
        for row, bits in enumerate(matrix):
            for column, bit in enumerate(bits):
                if bit:
                    x, y = left + column * cell, _MARGIN + row * cell
                    self.rect(x, y, cell, cell, style="F")

    def _printable(self, text: str) -> str:
        cmap = self.fonts[_FACE.lower()].cmap  # type: ignore[union-attr]  # both fonts were added from files
        kept = "".join(sign for sign in text if ord(sign) in cmap)
        return " ".join(kept.split())


def print_directory(sheet: Sheet) -> bytes:
    """Return the directory as a PDF."""
    pages = _Pages(sheet.foot)
    pages.add_page()
    beside = pages.epw - (_CODE_SIDE + 6 if sheet.address else 0)
    if sheet.address:
        pages.code(sheet.address)
    for line in sheet.title:
        pages.words(line, _TITLE, bold=True, width=beside)
    if sheet.address:
        pages.ln(1)
        pages.words(sheet.scan, _SMALL, width=beside)
        pages.set_y(max(pages.get_y(), _MARGIN + _CODE_SIDE + 4))
    pages.ln(2)
    for line in sheet.advice:
        pages.words(line, _TEXT)
    for section in sheet.sections:
        _section(pages, section)
    return bytes(pages.output())


def _section(pages: _Pages, section: Section) -> None:
    if not section.blocks:
        pages.piece(_Piece(section.heading, _HEADING, bold=True, above=4))
        for line in section.words:
            pages.piece(_Piece(line, _TEXT))
    for number, block in enumerate(section.blocks):
        pieces = list(_pieces(block))
        if number == 0:
            pieces.insert(0, _Piece(section.heading, _HEADING, bold=True, above=4))
        # An entry is not torn apart by the end of a page, nor a heading from its first entry.
        if pages.will_page_break(sum(map(pages.height, pieces))):
            pages.add_page()
        for piece in pieces:
            pages.piece(piece)


def _pieces(block: Block) -> Iterator[_Piece]:
    yield _Piece(block.name, _NAME, bold=True, above=4, ruled=True)
    if block.other_name:
        yield _Piece(block.other_name, _NAME)
    for number in block.numbers:
        yield _Piece(number, _NUMBER, bold=True)
    for line in block.lines:
        yield _Piece(line, _TEXT)
    yield _Piece(block.checked, _SMALL)
