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
_TITLE_SIZE, _LINE_SIZE, _CODE_SIZE = 40, 28, 56
_MOST_LINES = 9


def font_file() -> str:
    """Return the path of a font that has the letters of Bambara."""
    with as_file(files("event_registration").joinpath("fonts", "DejaVuSans.ttf")) as path:
        return str(path)


def draw_ticket(title: str, lines: Sequence[str], code: str) -> bytes:
    """Return a ticket as a PNG picture.

    Args:
        title: which gathering, in the registrant's language.
        lines: when, where, for how many; a line that is too long is broken, and what does not
            fit is left out.
        code: the registration's code, drawn large and as a QR.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    path = font_file()
    title_font, line_font, code_font = (
        ImageFont.truetype(path, size) for size in (_TITLE_SIZE, _LINE_SIZE, _CODE_SIZE)
    )
    pen.rectangle((0, 0, WIDTH, 110), fill=_BAND)
    heading = _wrap(title, title_font, WIDTH - 2 * _MARGIN)
    pen.text((_MARGIN, 30), heading[0] if heading else "", font=title_font, fill=_PAPER)
    room = WIDTH - _QR_SIDE - 3 * _MARGIN
    broken = [part for line in lines for part in _wrap(line, line_font, room)]
    for number, part in enumerate(broken[:_MOST_LINES]):
        pen.text((_MARGIN, 140 + number * 36), part, font=line_font, fill=_INK)
    pen.text((_MARGIN, HEIGHT - 90), code, font=code_font, fill=_INK)
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
