"""The door reads QR codes with the browser's camera: a file plays the camera."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import segno
from playwright.async_api import async_playwright, expect

from storage.actors import Role
from storage.keys import Keyring
from tests.staff_console.conftest import filled_world
from tests.staff_console.sights import furnish
from tests.staff_console.test_in_chromium import Served, page_of, served
from tests.web_chat.conftest import CHROMIUM, FLAGS, browser

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
__all__ = ["browser"]
WIDTH, HEIGHT = 640, 480


def film(code: str, path: Path) -> None:
    """Write a film in which a QR code is held still (Y4M: a header, then frames of planes)."""
    modules = [list(row) for row in segno.make_qr(code, error="m").matrix_iter(scale=10, border=4)]
    rows = []
    for y in range(HEIGHT):
        row = modules[y - 40] if 0 <= y - 40 < len(modules) else []
        dark = [row[x - 150] if 0 <= x - 150 < len(row) else 0 for x in range(WIDTH)]
        rows.append(bytes(20 if each else 235 for each in dark))
    frame = b"FRAME\n" + b"".join(rows) + bytes([128]) * (WIDTH * HEIGHT // 2)
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(header + frame * 10)


@pytest_asyncio.fixture(loop_scope="module")
async def console(filled_template: Path, tmp_path: Path, keyring: Keyring) -> AsyncIterator[Served]:
    async with filled_world(filled_template, tmp_path, keyring) as world:
        paths = await furnish(world)
        async with served(world) as address:
            yield Served(world, address, paths)


async def test_a_ticket_held_to_the_camera_finds_its_delegation(
    browser: object, console: Served, tmp_path: Path
):
    del browser  # asked for, so that this skips where there is no Chromium
    one = await console.world.store.read(console.world.desk.registrations.get, 1)
    film(one.code, tmp_path / "ticket.y4m")
    camera = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'ticket.y4m'}",
    )
    async with async_playwright() as playwright:
        own = await playwright.chromium.launch(
            executable_path=CHROMIUM or shutil.which("chromium"), args=[*FLAGS, *camera]
        )
        async with page_of(own, console, Role.EVENTS, permissions=["camera"]) as page:
            door = next(path for path in console.paths if path.endswith("/accueil"))
            await page.goto(console.address + door)
            await page.click("#camera-start")
            await expect(page.locator(".card h2")).to_contain_text("Benkadi")
            await page.click("text=Faire entrer")
            await expect(page.get_by_role("status").first).to_contain_text("Entrée")
        await own.close()


async def test_over_plain_http_the_page_says_so_and_takes_typed_codes(
    browser: object, console: Served
):
    del browser  # as above
    mapped = f"--host-resolver-rules=MAP console.test {console.address.removeprefix('http://')}"
    async with async_playwright() as playwright:
        own = await playwright.chromium.launch(
            executable_path=CHROMIUM or shutil.which("chromium"), args=[*FLAGS, mapped]
        )
        plain = Served(console.world, "http://console.test", console.paths)
        async with page_of(own, plain, Role.EVENTS) as page:
            door = next(path for path in console.paths if path.endswith("/accueil"))
            await page.goto(plain.address + door)
            await expect(page.locator("#camera-line")).to_contain_text("https")
            await expect(page.locator("#camera-start")).to_be_hidden()
            one = await console.world.store.read(console.world.desk.registrations.get, 1)
            await page.fill("#code", one.code)
            await page.keyboard.press("Enter")
            await expect(page.locator(".card h2")).to_contain_text("Benkadi")
        await own.close()
