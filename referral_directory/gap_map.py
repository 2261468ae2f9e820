"""Draws the gaps as maps of Mali, as SVG or PNG: a small map for each need, a mark for each cercle.

Marks differ in form and not in colour alone: a full dot where a verified service is, a ring where
one serves the whole region, a cross where there is none.
"""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from referral_directory.border import OUTLINE
from referral_directory.gaps import Cover, Gaps
from referral_directory.labels import VALUE_LABELS
from referral_directory.vocabulary import Need

FONTS = Path(__file__).resolve().parents[1] / "locales" / "fonts"

_PANEL, _GAP, _MARGIN = 300.0, 16.0, 24.0
_HEAD, _FOOT, _TITLE = 84.0, 66.0, 40.0
_LINE = 20.0
_NARROW_FOOT = 22 + 7 * _LINE
_COLUMNS = 3
_LAND, _BORDER, _PAPER, _INK, _SOFT = "#f3efe6", "#8a8272", "#ffffff", "#1f1f1f", "#5a5a5a"
_COLOURS = {Cover.HERE: "#1b7f5c", Cover.REGION: "#1b7f5c", Cover.NONE: "#b3261e"}
_RADIUS = 4.6
_SIZES = {"title": 24.0, "panel": 16.0, "small": 13.0}
_CLOSE = 7.0
"""Marks nearer to each other than this are moved apart, as the communes of Bamako are."""


@dataclass(frozen=True, slots=True)
class _Polygon:
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    x: float
    y: float
    cover: Cover
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    x: float
    y: float
    text: str
    size: str
    colour: str = _INK


type _Shape = _Polygon | _Mark | _Words


@dataclass(frozen=True, slots=True)
class _Drawing:
    width: float
    height: float
    shapes: tuple[_Shape, ...]


def draw_svg(gaps: Gaps, day: str, needs: Sequence[Need] = tuple(Need)) -> str:
    """Return the maps as SVG; each mark has the cercle's name as its title.

    Args:
        gaps: What to draw.
        day: Of the data, as people read it.
        needs: Which; one small map each.
    """
    drawing = _drawing(gaps, day, needs)
    size = f'width="{drawing.width:g}" height="{drawing.height:g}"'
    box = f"0 0 {drawing.width:g} {drawing.height:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}" role="img" {_LETTERS}>',
        f"<title>{escape(_TITLE_WORDS)}</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        *(_svg(shape) for shape in drawing.shapes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def draw_png(gaps: Gaps, day: str, needs: Sequence[Need] = tuple(Need), scale: int = 2) -> bytes:
    """Return the maps as a PNG, `scale` pixels for each unit of the drawing."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # the bot never draws maps

    drawing = _drawing(gaps, day, needs)
    size = (round(drawing.width * scale), round(drawing.height * scale))
    picture = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(picture)
    fonts = {
        name: ImageFont.truetype(
            FONTS / ("Sans-Bold.ttf" if name != "small" else "Sans.ttf"), pixels
        )
        for name, pixels in ((name, round(units * scale)) for name, units in _SIZES.items())
    }
    for shape in drawing.shapes:
        match shape:
            case _Polygon(points):
                scaled = [(x * scale, y * scale) for x, y in points]
                draw.polygon(scaled, fill=_LAND, outline=_BORDER, width=scale)
            case _Words(x, y, text, name, colour):
                draw.text((x * scale, y * scale), text, fill=colour, font=fonts[name], anchor="ls")
            case _Mark():
                _paint(draw, shape, scale)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


_LETTERS = 'font-family="DejaVu Sans, Arial, sans-serif"'
_TITLE_WORDS = "Où il n'y a pas de service vérifié"


def _drawing(gaps: Gaps, day: str, needs: Sequence[Need]) -> _Drawing:
    columns = min(_COLUMNS, len(needs))
    narrow = columns == 1
    foot = _NARROW_FOOT if narrow else _FOOT
    rows = math.ceil(len(needs) / columns)
    width = 2 * _MARGIN + columns * _PANEL + (columns - 1) * _GAP
    project = _Projection(_PANEL)
    panel = _TITLE + project.height
    height = _HEAD + rows * (panel + _GAP) + foot
    shapes: list[_Shape] = [
        _Words(_MARGIN, 40, _TITLE_WORDS, "panel" if narrow else "title"),
        _Words(_MARGIN, 60, f"Mali, cercle par cercle, au {day}", "small", _SOFT),
    ]
    for number, need in enumerate(needs):
        left = _MARGIN + number % columns * (_PANEL + _GAP)
        top = _HEAD + number // columns * (panel + _GAP)
        shapes += _panel(gaps, need, left, top, project)
    shapes += _narrow_legend(height - foot + 22) if narrow else _legend(height - foot + 22)
    return _Drawing(width, height, tuple(shapes))


class _Projection:
    """Puts degrees on paper: equal distances near the middle of Mali, as wide as a panel."""

    def __init__(self, width: float) -> None:
        longitudes = [longitude for longitude, _ in OUTLINE]
        latitudes = [latitude for _, latitude in OUTLINE]
        self._west, self._north = min(longitudes), max(latitudes)
        middle = math.radians((max(latitudes) + min(latitudes)) / 2)
        self._x = width / (max(longitudes) - self._west)
        self._y = self._x / math.cos(middle)
        self.height = (self._north - min(latitudes)) * self._y

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return how far from the panel's upper left corner."""
        return (longitude - self._west) * self._x, (self._north - latitude) * self._y


def _panel(
    gaps: Gaps, need: Need, left: float, top: float, project: _Projection
) -> Iterator[_Shape]:
    missing = gaps.missing(need)
    yield _Words(left, top + 16, VALUE_LABELS[Need][need], "panel")
    yield _Words(
        left, top + 33, f"rien de vérifié dans {missing} sur {len(gaps.rows)}", "small", _SOFT
    )
    down = top + _TITLE
    outline = (project.point(*corner) for corner in OUTLINE)
    yield _Polygon(tuple((left + x, down + y) for x, y in outline))
    taken: list[tuple[float, float]] = []
    for row in gaps.rows:
        x, y = _free(project.point(row.longitude, row.latitude), taken)
        taken.append((x, y))
        yield _Mark(left + x, down + y, row.covers[need], f"{row.name} ({row.region_name})")


def _free(point: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the point, or one beside it where another mark stands already."""
    for step in range(24):
        ring, angle = 2 * _CLOSE * math.ceil(step / 6) / 1.6, step * math.pi / 3
        x, y = point[0] + ring * math.cos(angle), point[1] + ring * math.sin(angle)
        if all(math.dist((x, y), other) >= _CLOSE for other in taken):
            return x, y
    return point


_LEGEND = (
    (Cover.HERE, "un service vérifié dans le cercle"),
    (Cover.REGION, "un service vérifié pour toute la région"),
    (Cover.NONE, "aucun"),
)
_LEFT_OUT = ("Sans les lieux protégés,", "ni les lignes pour tout le pays.")
_SOURCES = ("Contours : Natural Earth.", "Chefs-lieux : GeoNames (CC BY 4.0).")


def _legend(top: float) -> Iterator[_Shape]:
    x = _MARGIN + _RADIUS
    for cover, words in _LEGEND:
        yield _Mark(x, top, cover)
        yield _Words(x + 12, top + 5, words, "small")
        x += 34 + len(words) * 7.4
    line = " ".join((*_LEFT_OUT, *_SOURCES))
    yield _Words(_MARGIN, top + 26, line, "small", _SOFT)


def _narrow_legend(top: float) -> Iterator[_Shape]:
    """Yield the legend line under line, for one map alone, which is no wider than a phone."""
    for cover, words in _LEGEND:
        yield _Mark(_MARGIN + _RADIUS, top, cover)
        yield _Words(_MARGIN + _RADIUS + 12, top + 5, words, "small")
        top += _LINE
    for words in (*_LEFT_OUT, *_SOURCES):
        yield _Words(_MARGIN, top + 5, words, "small", _SOFT)
        top += _LINE


def _svg(shape: _Shape) -> str:
    match shape:
        case _Polygon(points):
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            return f'<polygon points="{corners}" fill="{_LAND}" stroke="{_BORDER}"/>'
        case _Words(x, y, text, name, colour):
            weight = "" if name == "small" else ' font-weight="bold"'
            size = f'font-size="{_SIZES[name]:g}"{weight}'
            return f'<text x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}">{escape(text)}</text>'
        case _Mark(x, y, cover, name):
            title = f"<title>{escape(name)}</title>" if name else ""
            return f'<g class="{cover}">{title}{_svg_mark(x, y, cover)}</g>'


def _svg_mark(x: float, y: float, cover: Cover) -> str:
    colour = _COLOURS[cover]
    if cover is Cover.NONE:
        arm = _RADIUS * 0.8
        there, back = f"l{2 * arm:.1f},{2 * arm:.1f}", f"l-{2 * arm:.1f},{2 * arm:.1f}"
        path = f"M{x - arm:.1f},{y - arm:.1f}{there}m0,-{2 * arm:.1f}{back}"
        return f'<path d="{path}" stroke="{colour}" stroke-width="2" fill="none"/>'
    fill = colour if cover is Cover.HERE else _PAPER
    circle = f'cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS - 0.8:g}"'
    return f'<circle {circle} fill="{fill}" stroke="{colour}" stroke-width="1.6"/>'


def _paint(draw: Any, mark: _Mark, scale: int) -> None:
    colour = _COLOURS[mark.cover]
    x, y = mark.x * scale, mark.y * scale
    if mark.cover is Cover.NONE:
        arm = _RADIUS * 0.8 * scale
        for way in (1, -1):
            draw.line(
                (x - arm, y - way * arm, x + arm, y + way * arm), fill=colour, width=2 * scale
            )
        return
    radius = (_RADIUS - 0.2) * scale
    fill = colour if mark.cover is Cover.HERE else _PAPER
    box = (x - radius, y - radius, x + radius, y + radius)
    draw.ellipse(box, fill=fill, outline=colour, width=round(1.6 * scale))
