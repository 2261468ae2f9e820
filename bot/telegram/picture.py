"""The bot's picture: a window and a rising sun, which tell nothing (`jigi telegram setup`)."""

import io

from PIL import Image, ImageDraw

SIDE = 640
"""Telegram shows it as a circle: what matters lies in the middle."""

_SCALE = 4  # drawn larger and made smaller, so that edges are smooth
_WALL, _FRAME, _SKY, _SUN = "#1f4b50", "#f6f1e7", "#cfe3dc", "#e9b44c"


def draw_picture() -> bytes:
    """Return the picture as a JPEG, the one form that Telegram takes for a profile."""
    side = SIDE * _SCALE
    picture = Image.new("RGB", (side, side), _WALL)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = (int(side * part) for part in (0.27, 0.24, 0.73, 0.76))
    thick = int(side * 0.03)
    middle, cross = (left + right) // 2, (top + bottom) // 2
    draw.rounded_rectangle(
        (left - thick, top - thick, right + thick, bottom + thick), thick, fill=_FRAME
    )
    draw.rectangle((left, top, right, bottom), fill=_SKY)
    radius = int(side * 0.13)
    draw.pieslice(
        (middle - radius, bottom - radius, middle + radius, bottom + radius), 180, 360, fill=_SUN
    )
    draw.rectangle((middle - thick // 2, top, middle + thick // 2, bottom), fill=_FRAME)
    draw.rectangle((left, cross - thick // 2, right, cross + thick // 2), fill=_FRAME)
    draw.rectangle((left - thick, bottom, right + thick, bottom + thick), fill=_FRAME)
    written = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(written, "JPEG", quality=90)
    return written.getvalue()
