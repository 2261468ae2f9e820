"""Pictures of the console's pages, small enough to lie among the documents.

`pytest tests/staff_console -k is_accessible --pictures docs/images/console` takes all of them anew.
"""

import io
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

COLOURS = 32
TALLEST = 1100
"""Longer pages are cut: what follows is more of the same."""


async def take_picture(page: Page, path: Path) -> None:
    """Write a picture of a page with a palette, half as wide for a desktop's."""
    # What the keyboard stood on before is no part of the page.
    await page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    await page.wait_for_timeout(150)
    whole = Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")
    cut = whole.crop((0, 0, whole.width, min(whole.height, TALLEST)))
    path.parent.mkdir(parents=True, exist_ok=True)
    small = cut.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
