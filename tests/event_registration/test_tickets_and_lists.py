"""Tickets, calendar files, exports and the list for the door."""

import csv
import io
from datetime import timedelta

import pytest
import segno
from icalendar import Calendar
from openpyxl import load_workbook
from PIL import Image, ImageOps

from event_registration.exporting import COLUMNS, Format, door_list, export
from event_registration.schemas import Point
from event_registration.tickets import HEIGHT, WIDTH, calendar_file, draw_ticket
from tests.event_registration.people import NOW, STARTS, People, a_gathering

FORMULAS = ["＝1+1", "=1+1", "+223", "-1", "@SUM(A1)"]


def test_a_ticket_is_a_picture_that_shows_its_code() -> None:
    lines = ["lundi 8 mars 2027, 9 h", "Palais de la culture", "5 personnes"]
    one = draw_ticket("Musow ka don 2027", lines, 5, "JIF27-K4WP-7")
    picture = Image.open(io.BytesIO(one))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(one) < 60_000  # for weak networks
    assert one == draw_ticket("Musow ka don 2027", lines, 5, "JIF27-K4WP-7")
    assert one != draw_ticket("Musow ka don 2027", lines, 5, "JIF27-K4WP-8")
    assert one != draw_ticket("Musow ka don 2027", lines, 4, "JIF27-K4WP-7")


def _module(pixels: Image.Image, box: tuple[int, int, int, int], at: tuple[int, int]) -> bool:
    """Whether a square of a code in a picture is dark, seen in its middle."""
    left, top, right, side = box
    step = (right - left) / side
    column, row = at
    value = pixels.getpixel((left + (column + 0.5) * step, top + (row + 0.5) * step))
    assert isinstance(value, int)
    return value < 128


@pytest.mark.parametrize("code", ["JIF27-K4WP-7", "JPO27KYSGO-9ZQX-2"])
def test_the_qr_on_the_ticket_holds_the_code_square_by_square(code: str) -> None:
    picture = Image.open(io.BytesIO(draw_ticket("JIF", ["Bamako"], 1, code))).convert("L")
    wanted = [list(map(bool, row)) for row in segno.make(code, error="m", micro=False).matrix]
    area = (WIDTH - 420, 120, WIDTH, HEIGHT)  # beside all words
    dark = ImageOps.invert(picture.crop(area)).getbbox()
    assert dark is not None
    left, top, right = dark[0] + area[0], dark[1] + area[1], dark[2] + area[0]
    box = (left, top, right, len(wanted))
    read = [
        [_module(picture, box, (x, y)) for x in range(len(row))] for y, row in enumerate(wanted)
    ]
    assert read == wanted
    quiet = picture.crop((left - 20, top - 20, left, top))
    assert quiet.getextrema() == (255, 255)


def test_letters_of_bambara_are_drawn_and_not_boxes() -> None:
    pictures = {draw_ticket("", [sign], 1, "A") for sign in "ɛɔɲŋ"}
    assert len(pictures) == 4


@pytest.mark.parametrize("line", ["mot " * 400, "m" * 3_000, ""])
def test_a_ticket_with_too_much_on_it_is_still_one(line: str) -> None:
    assert draw_ticket(line, [line], 50, "JIF27-K4WP-7").startswith(b"\x89PNG")


async def test_the_calendar_file_says_when_and_where_and_rings_nothing(people: People) -> None:
    made = await people.register(1)
    gathering = people.gathering
    content = calendar_file(
        gathering, name="JIF", venue="Palais; Bamako", note=made.code, uid="1@jigi", now=NOW
    )
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["dtstart"].dt == STARTS
    assert event["dtend"].dt == gathering.ends_at
    assert (str(event["location"]), str(event["description"])) == ("Palais; Bamako", made.code)
    assert "geo" not in event
    assert not Calendar.from_ical(content).walk("VALARM")


async def test_the_calendar_file_has_the_point_where_one_is_known(people: People) -> None:
    changed = a_gathering(point=Point(12.64, -8.0))
    await people.store.write(
        people.desk.gatherings.change, people.gathering.id, changed, actor="x", now=NOW
    )
    moved = await people.store.read(people.desk.gatherings.get, people.gathering.id)
    content = calendar_file(moved, name="", venue="", note="", uid="1", now=NOW)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["geo"].to_ical() == "12.64;-8.0"


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_cell_of_an_export_is_a_formula(people: People, formula: str) -> None:
    await people.register(1, organization=f"{formula} Femmes", acronym=formula)
    rows = await people.store.read(people.desk.decisions.of_gathering, people.gathering.id)
    text = export(rows, Format.CSV).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert tuple(row) == COLUMNS
    assert row["organization"] == f"'{formula} Femmes"
    assert row["phone"] == "'+223 76 12 34 56"
    assert (row["women"], row["wants_stand"]) == ("1", "no")
    sheet = load_workbook(io.BytesIO(export(rows, Format.XLSX))).active
    assert sheet is not None
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert f"'{formula} Femmes" in {cell.value for cell in cells}


@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_part_of_a_cell_is_a_formula_where_a_french_excel_splits_it(
    people: People, formula: str
) -> None:
    await people.register(1, organization=f"Femmes;{formula}", acronym=f'F; "{formula}"')
    rows = await people.store.read(people.desk.decisions.of_gathering, people.gathering.id)
    (line,) = export(rows, Format.CSV).decode("utf-8-sig").splitlines()[1:]
    assert f"Femmes;'{formula}" in line
    parts = [part.lstrip(' "') for part in line.split(";")]
    assert [part for part in parts if part.startswith(tuple("=+-@"))] == []
    sheet = load_workbook(io.BytesIO(export(rows, Format.XLSX))).active
    assert sheet is not None
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert f"Femmes;{formula}" in cells


async def test_the_list_for_the_door_holds_all_who_come_on_as_many_pages_as_it_takes(
    people: People,
) -> None:
    headings = ("Code", "Organisation", "Contact", "F + H", "")
    await people.register(1, women=5, organization="Musow Jɛkulu")
    await people.register(2, women=5)
    await people.register(3)  # waits
    rows = await people.store.read(people.desk.decisions.of_gathering, people.gathering.id)
    small = door_list("JIF 2027", headings, rows, NOW)
    assert small.startswith(b"%PDF")
    assert small.count(b"/Type /Page\n") == 1
    coming = [row for row in rows if row.id != 3]
    assert len(door_list("JIF 2027", headings, coming, NOW + timedelta(0))) == len(small)
    large = door_list("JIF 2027", headings, coming * 60, NOW)
    assert large.count(b"/Type /Page\n") > 3
