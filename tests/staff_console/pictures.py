"""Pictures of the console's pages, small enough to lie among the documents.

`pytest tests/staff_console -k is_accessible --pictures docs/images/console` takes all of them anew.
"""

import io
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

COLOURS = (
    "1b2429 4d5b63 ffffff f3f5f4 c5ced1 1d4e5f 8a1f11 fdecea "
    "14532d e7f5ec fff3cd 5c4400 8f999e e4ecee 8ea6af f3efe6"
)
"""Those of the style sheet and of the map, with what lies between letters and paper: the same on
every picture, so that two pictures of one page are the same file."""

TALLEST = 860
"""Longer pages are cut: what follows is more of the same."""


def _palette() -> Image.Image:
    known = [int(each[at : at + 2], 16) for each in COLOURS.split() for at in (0, 2, 4)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(known + known[:3] * (256 - len(known) // 3))
    return palette


async def take_picture(page: Page, path: Path) -> None:
    """Write a picture of a page in the console's own sixteen colours."""
    # What the keyboard stood on before is no part of the page.
    await page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    await page.wait_for_timeout(150)
    whole = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
    cut = whole.crop((0, 0, whole.width, min(whole.height, TALLEST)))
    path.parent.mkdir(parents=True, exist_ok=True)
    small = cut.quantize(palette=_palette(), dither=Image.Dither.NONE)
    small.save(path, optimize=True, bits=4)
