"""Registrations for a spreadsheet and for the door."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import override

from fpdf import FPDF
from tablib import Dataset

from event_registration.phones import show_phone
from event_registration.schemas import Registration
from event_registration.tickets import font_file
from event_registration.vocabulary import RegistrationState

COLUMNS = (
    "code", "state", "organization", "acronym", "kind", "receipt", "region", "cercle",
    "contact_name", "contact_role", "phone", "women", "men", "young", "disabled", "places",
    "language", "needs", "wants_to_speak", "wants_stand", "photo_consent", "recommendations",
    "entered_at", "checked_in_at", "checked_in_people",
)  # fmt: skip
"""The columns of an export, in this order."""

# What a spreadsheet takes for the beginning of a formula (OWASP's list).
# Full-width signs count too where the spreadsheet's language is an East Asian one.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A French Excel splits a comma file at semicolons and line ends, in quotes or not.
_FORMULA_INSIDE = re.compile(r"(?<=[;\n\r])([\"' \t\u00a0]*[=+\-@＝＋－＠])")
_ROW_HEIGHT = 9


class Format(StrEnum):
    """As what registrations are exported."""

    CSV = "csv"
    XLSX = "xlsx"


def export(registrations: Iterable[Registration], form: Format) -> bytes:
    """Return registrations as a file; no cell of it is a formula."""
    rows = [[_cell(value) for value in _row(each)] for each in registrations]
    if form is Format.CSV:
        rows = [[_unsplit(cell) for cell in row] for row in rows]
    table = Dataset(*rows)
    table.headers = COLUMNS
    if form is Format.CSV:
        # The mark in front tells spreadsheets that it is UTF-8.
        return str(table.export("csv")).encode("utf-8-sig")
    return bytes(table.export("xlsx"))


def door_list(
    title: str, headings: Sequence[str], registrations: Iterable[Registration], printed_at: datetime
) -> bytes:
    """Return a printable list (PDF) of the confirmed delegations, by name of organisation.

    Args:
        title: which gathering.
        headings: of the columns: code, organisation, contact, women and men, a box to tick.
        registrations: of one gathering; those that are not confirmed are left out.
        printed_at: stands on every page, aware UTC.
    """
    coming = [each for each in registrations if each.state is RegistrationState.CONFIRMED]
    coming.sort(key=lambda each: each.application.organization.casefold())
    pages = _Pages(f"{title} · {printed_at.astimezone(UTC):%d/%m/%Y %H:%M}")
    pages.add_page()
    with pages.table(
        col_widths=(23, 42, 36, 11, 12),
        line_height=_ROW_HEIGHT - 4,
        padding=1,
        text_align="LEFT",
    ) as table:
        heading = table.row()
        for name in headings:
            heading.cell(name)
        for each in coming:
            answers = each.application
            row = table.row()
            row.cell(each.code)
            row.cell(answers.organization)
            row.cell(f"{answers.contact_name} {show_phone(answers.phone)}")
            row.cell(f"{answers.women} + {answers.men}")
            row.cell("☑" if each.checked_in_at else "☐")
    return bytes(pages.output())


class _Pages(FPDF):
    """Pages with the title above and their number below."""

    def __init__(self, title: str) -> None:
        super().__init__(orientation="portrait", format="A4")
        self._title = title
        self.add_font("DejaVu", fname=font_file())
        self.add_font("DejaVu", style="B", fname=font_file())
        self.set_font("DejaVu", size=9)

    @override
    def header(self) -> None:
        """Write the title."""
        self.set_font("DejaVu", size=11)
        self.cell(0, _ROW_HEIGHT, self._title)
        self.ln(_ROW_HEIGHT + 2)
        self.set_font("DejaVu", size=9)

    @override
    def footer(self) -> None:
        """Write the page's number."""
        self.set_y(-15)
        self.cell(0, _ROW_HEIGHT, str(self.page_no()), align="R")


def _row(registration: Registration) -> list[object]:
    answers = registration.application
    return [
        registration.code,
        registration.state.value,
        answers.organization,
        answers.acronym,
        answers.kind.value,
        answers.receipt,
        answers.region,
        answers.cercle or "",
        answers.contact_name,
        answers.contact_role,
        show_phone(answers.phone),
        answers.women,
        answers.men,
        answers.young,
        answers.disabled,
        registration.places,
        answers.language.value,
        ", ".join(need.value for need in answers.needs),
        answers.wants_to_speak,
        answers.wants_stand,
        answers.photo_consent,
        " | ".join(answers.recommendations),
        registration.entered_at,
        registration.checked_in_at,
        registration.checked_in_people,
    ]


def _unsplit(cell: str | int) -> str | int:
    """Return a cell with an apostrophe wherever a formula would begin if it were split."""
    return _FORMULA_INSIDE.sub(r"'\1", cell) if isinstance(cell, str) else cell


def _cell(value: object) -> str | int:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return value
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        case _:
            text = str(value)
            # An apostrophe in front makes it a text for every spreadsheet.
            return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
