"""Nothing that Jigi writes for spreadsheets is run there: all that writes tables is known here."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.cli.directory_lists import cells_of_links
from referral_directory.provider_links import LinkToSend

ROOT = Path(__file__).parents[2]
WRITERS = {
    # By test_exchange.py::test_no_cell_is_a_formula and test_cells_of_people.py.
    "referral_directory/tables.py",
    # By tests/event_registration/test_tickets_and_lists.py.
    "event_registration/exporting.py",
    # Below.
    "bot/cli/directory_lists.py",
    # Headings and instructions of ours alone.
    "referral_directory/templates.py",
    # Text in a field of a form, which only that form reads again.
    "staff_console/focal_points.py",
    # Our own list of places, for this repository.
    "referral_directory/places_build.py",
}
_WRITES = re.compile(r"csv\.(?:writer|DictWriter)|\bDataset\(|openpyxl\.Workbook\(")


def test_every_module_that_writes_a_table_is_known() -> None:
    packages = ("bot", "staff_console", "referral_directory", "event_registration", "guidance")
    found = {
        str(path.relative_to(ROOT))
        for package in (*packages, "storage")
        for path in (ROOT / package).rglob("*.py")
        if _WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert found == WRITERS


@pytest.mark.parametrize("formula", ["=1+1", "+223", "-1", "@SUM(A1)", "＝1+1", "\t=1"])
def test_no_cell_of_the_providers_links_is_a_formula(formula: str) -> None:
    link = LinkToSend("s", formula, f"a;{formula}", formula, date(2026, 11, 1), "x")
    _, cells = cells_of_links([link])
    assert cells[0] == cells[2] == f"'{formula}"
    parts = [part for cell in cells for part in re.split(r"[;\r\n]", cell)]
    assert [part for part in parts if re.match(r"[=+\-@＝\t]", part)] == []
