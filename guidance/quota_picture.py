"""A group as a bar: the fewer sex from the left, and a line at the 30 % it must reach."""

import io
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from guidance.quota import Group, Sex, minimum_of_each, share

WIDTH, HEIGHT = 640, 220
_FONTS = Path(__file__).resolve().parents[1] / "locales" / "fonts"
_MARGIN, _TOP, _BOTTOM = 20, 70, 150
_INK, _PAPER = "#202020", "#ffffff"
# Dark and light, so that they differ in grey and for those who don't tell colours apart.
_COLOURS = {Sex.WOMAN: "#5b2a86", Sex.MAN: "#8fd0b5"}
_NAMES = {Sex.WOMAN: "F", Sex.MAN: "H"}
_TEXT_SIZE = 24
_MOST_CELLS = 60  # beyond it the lines between people would be all there is


def draw_bar(group: Group, *, judged: bool = True) -> bytes:
    """Return a PNG of the shares of women and men. The order of a list stands in the answer's text.

    Args:
        group: at least one person.
        judged: whether the minimum stands at the line; a result of an election has none.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    _draw_people(draw, group)
    _draw_line(draw, f"30 % (min. {minimum_of_each(group.size)})" if judged else "30 %")
    fewer = group.fewer
    for sex, place, anchor in ((fewer, _MARGIN, "ls"), (fewer.other, WIDTH - _MARGIN, "rs")):
        number = group.number(sex)
        words = f"{_NAMES[sex]} : {number} ({share(number, group.size).text} %)"
        draw.text((place, HEIGHT - 24), words, fill=_INK, font=_font(), anchor=anchor)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw_people(draw: ImageDraw.ImageDraw, group: Group) -> None:
    fewer, inner = group.fewer, WIDTH - 2 * _MARGIN
    order = (fewer,) * group.number(fewer) + (fewer.other,) * group.number(fewer.other)
    for place, sex in enumerate(order):
        left = _MARGIN + inner * place // group.size
        right = _MARGIN + inner * (place + 1) // group.size
        outline = _PAPER if group.size <= _MOST_CELLS else None
        draw.rectangle((left, _TOP, right, _BOTTOM), fill=_COLOURS[sex], outline=outline)


def _draw_line(draw: ImageDraw.ImageDraw, words: str) -> None:
    place = _MARGIN + (WIDTH - 2 * _MARGIN) * 3 // 10
    draw.line((place, _TOP - 16, place, _BOTTOM + 16), fill=_PAPER, width=9)
    draw.line((place, _TOP - 16, place, _BOTTOM + 16), fill=_INK, width=4)
    draw.text((place, _TOP - 24), words, fill=_INK, font=_font(), anchor="ms")


@cache
def _font() -> ImageFont.FreeTypeFont:
    with (_FONTS / "Sans-Bold.ttf").open("rb") as file:
        return ImageFont.truetype(io.BytesIO(file.read()), _TEXT_SIZE)
