"""Sheets to print: an article in both languages with a code to scan, and a project's gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidance.paper import Paper

_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5)  # points, of an article's text


@dataclass(frozen=True, slots=True)
class Side:
    """What a sheet says in one language.

    Attributes:
        advice: small, beside the code: what to do with it.
    """

    title: str
    paragraphs: tuple[str, ...]
    advice: str = ""


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


@dataclass(frozen=True, slots=True)
class ListPart:
    """A list in one language: entries with a line of advice each, and what stands above them."""

    title: str
    summary: tuple[str, ...]
    entries: tuple[tuple[str, str], ...]


def print_article(sheet: ArticleSheet) -> bytes:
    """Return a PDF of A5: one language after the other, a code to scan at the top.

    The letters are as large as one page allows; what fits no page goes on to a second.
    """
    from guidance.paper import A5, Paper  # noqa: PLC0415  # 30 MB of libraries, only to print

    paper = Paper(*A5)
    paper.code(sheet.address)
    paper.head(sheet.sides[0].title, [side.advice for side in sheet.sides])
    size = _largest_size(paper, sheet)
    for number, side in enumerate(sheet.sides):
        if number:
            paper.rule()
            paper.title(side.title)
        paper.paragraphs(side.paragraphs, size)
    paper.foot(sheet.notes)
    return paper.finished()


def _largest_size(paper: "Paper", sheet: ArticleSheet) -> float:
    room = paper.room(sheet.notes) - sum(paper.title_height(each.title) for each in sheet.sides[1:])
    for size in _SIZES:
        if sum(paper.height(side.paragraphs, size) for side in sheet.sides) <= room:
            return size
    return _SIZES[-1]


def print_list(parts: Sequence[ListPart], notes: Sequence[str]) -> bytes:
    """Return an A4 PDF: each part with its title and entries, and small print."""
    from guidance.paper import A4, Paper  # noqa: PLC0415  # 30 MB of libraries, only to print

    paper = Paper(*A4)
    for number, part in enumerate(parts):
        if number:
            paper.rule()
        paper.title(part.title)
        paper.paragraphs(part.summary)
        for heading, advice in part.entries:
            paper.entry(heading, advice)
    paper.foot(notes)
    return paper.finished()
