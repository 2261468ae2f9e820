"""A group as a bar: the fewer sex from the left, and a line at the 30 % it must reach."""

import io

from PIL import Image, ImageDraw, ImageFont

from guidance.quota import Group, Sex

WIDTH, HEIGHT = 640, 200
_MARGIN, _TOP, _BOTTOM = 20, 60, 130
_INK, _PAPER = "#202020", "#ffffff"
_COLOURS = {Sex.WOMAN: "#7a3b8f", Sex.MAN: "#2a7f62"}
_TEXT_SIZE = 22
_MOST_CELLS = 60  # beyond it the lines between people would be all there is


def draw_bar(group: Group) -> bytes:
    """Return a PNG of the shares of women and men. The order of a list stands in the answer's text.

    Args:
        group: at least one person.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    fewer = group.fewer
    order = (fewer,) * group.number(fewer) + (fewer.other,) * group.number(fewer.other)
    inner = WIDTH - 2 * _MARGIN
    for place, sex in enumerate(order):
        left = _MARGIN + inner * place // group.size
        right = _MARGIN + inner * (place + 1) // group.size
        outline = _PAPER if group.size <= _MOST_CELLS else None
        draw.rectangle((left, _TOP, right, _BOTTOM), fill=_COLOURS[sex], outline=outline)
    line = _MARGIN + inner * 3 // 10
    draw.line((line, _TOP - 20, line, _BOTTOM + 20), fill=_INK, width=3)
    font = ImageFont.load_default(_TEXT_SIZE)
    draw.text((line, _TOP - 24), "30 %", fill=_INK, font=font, anchor="ms")
    for sex, place, anchor in ((fewer, _MARGIN, "ls"), (fewer.other, WIDTH - _MARGIN, "rs")):
        words = f"{sex.value} {group.number(sex)}"
        draw.text((place, HEIGHT - 20), words, fill=_COLOURS[sex], font=font, anchor=anchor)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
