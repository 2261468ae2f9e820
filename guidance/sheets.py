"""Sheets to print: an article in both languages with a code to scan, and a project's gaps."""

from collections.abc import Sequence
from dataclasses import dataclass


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
    from guidance.paper import A5, Paper  # noqa: PLC0415  # 30 MB of libraries, only to print

    paper = Paper(*A5)
    paper.code(sheet.address)
    for number, side in enumerate(sheet.sides):
        paper.side(side.title, side.paragraphs, beside_code=number == 0)
    for note in sheet.notes:
        paper.small(note)
    return paper.finished()


def print_list(title: str, entries: Sequence[tuple[str, str]], notes: Sequence[str]) -> bytes:
    """Return an A4 PDF: a title, entries with a line of advice each, and small print."""
    from guidance.paper import A4, Paper  # noqa: PLC0415  # 30 MB of libraries, only to print

    paper = Paper(*A4)
    paper.side(title, (), beside_code=False)
    for heading, advice in entries:
        paper.entry(heading, advice)
    for note in notes:
        paper.small(note)
    return paper.finished()
