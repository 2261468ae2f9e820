"""A ticket to show at the door: a picture with the code and its QR, and a calendar file."""

import io
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import as_file, files

import segno
from icalendar import Calendar, Event
from PIL import Image, ImageDraw, ImageFont

from event_registration.schemas import Gathering

WIDTH, HEIGHT = 1000, 560
_MARGIN = 40
_QR_SIDE = 360
_INK, _PAPER, _BAND = (20, 24, 40), (255, 255, 255), (18, 92, 92)
_TITLE_SIZES, _LINE_SIZE, _CODE_SIZE = (40, 32), 28, 56
_MOST_LINES = 7
_FIGURE = 34  # height of the little person beside the number of people


def font_file() -> str:
    """Return the path of a font that has the letters of Bambara."""
    with as_file(files("event_registration").joinpath("fonts", "DejaVuSans.ttf")) as path:
        return str(path)


def draw_ticket(title: str, lines: Sequence[str], people: int, code: str) -> bytes:
    """Return a ticket as a PNG picture.

    Args:
        title: which gathering, in the registrant's language; on two lines where it is long.
        lines: when, where, who; a line that is too long is broken, and what does not fit is left
            out.
        people: for how many; stands beside a drawn person, which needs no language.
        code: the registration's code, drawn large and as a QR.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    path = font_file()
    line_font = ImageFont.truetype(path, _LINE_SIZE)
    pen.rectangle((0, 0, WIDTH, 110), fill=_BAND)
    _draw_title(pen, title, path)
    room = WIDTH - _QR_SIDE - 3 * _MARGIN
    broken = [part for line in lines for part in _wrap(line, line_font, room)]
    for number, part in enumerate(broken[:_MOST_LINES]):
        pen.text((_MARGIN, 140 + number * 36), part, font=line_font, fill=_INK)
    _draw_person(pen, _MARGIN, HEIGHT - 150)
    at = (_MARGIN + _FIGURE, HEIGHT - 152)
    pen.text(at, f"× {people}", font=line_font, fill=_INK)
    pen.text((_MARGIN, HEIGHT - 90), code, font=_fitting(code, path, room), fill=_INK)
    picture.paste(_qr(code), (WIDTH - _QR_SIDE - _MARGIN, 150))
    out = io.BytesIO()
    picture.save(out, format="PNG", optimize=True)
    return out.getvalue()


def calendar_file(  # noqa: PLR0913  # what a calendar shows of an event
    gathering: Gathering, *, name: str, venue: str, note: str, uid: str, now: datetime
) -> bytes:
    """Return the gathering as a calendar file (iCalendar), without an alarm: phones are shared.

    Args:
        gathering: which.
        name: what it is called, in the registrant's language.
        venue: where it is.
        note: what stands under it, such as the code.
        uid: the same for the same registration, so that a second file replaces the first.
        now: when the file was made, aware UTC.
    """
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", gathering.starts_at)
    event.add("dtend", gathering.ends_at)
    event.add("summary", name)
    event.add("location", venue)
    event.add("description", note)
    if gathering.point is not None:
        event.add("geo", (gathering.point.latitude, gathering.point.longitude))
    calendar = Calendar()
    calendar.add("prodid", "-//Jigi//gatherings//FR")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _fitting(text: str, path: str, room: int) -> ImageFont.FreeTypeFont:
    """Return the largest font in which a text fits: a long code must not run into the QR."""
    font = ImageFont.truetype(path, _CODE_SIZE)
    longest = font.getlength(text)
    return font if longest <= room else ImageFont.truetype(path, int(_CODE_SIZE * room / longest))


def _draw_title(pen: ImageDraw.ImageDraw, title: str, path: str) -> None:
    large, small = (ImageFont.truetype(path, size) for size in _TITLE_SIZES)
    lines = _wrap(title, large, WIDTH - 2 * _MARGIN)
    if len(lines) <= 1:
        pen.text((_MARGIN, 30), "".join(lines), font=large, fill=_PAPER)
        return
    for number, line in enumerate(_wrap(title, small, WIDTH - 2 * _MARGIN)[:2]):
        pen.text((_MARGIN, 12 + number * 44), line, font=small, fill=_PAPER)


def _draw_person(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
    head, body = _FIGURE * 2 // 5, _FIGURE * 3 // 4
    middle = left + body // 2
    pen.ellipse((middle - head // 2, top, middle + head // 2, top + head), fill=_INK)
    pen.pieslice((left, top + head + 2, left + body, top + 2 * _FIGURE), 180, 360, fill=_INK)


def _qr(code: str) -> Image.Image:
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=10, border=2)
    # A whole number of points for each square would leave a gap: sharp edges matter more.
    return Image.open(out).convert("RGB").resize((_QR_SIDE, _QR_SIDE), Image.Resampling.NEAREST)


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break a text into lines that fit; a word that is too long is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while font.getlength(line) > width:
            line = line[:-1]
    return [*lines, line] if line else lines
