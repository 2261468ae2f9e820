"""The console in a real browser: phone width, keyboard, accessibility, no JavaScript."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from staff_console.pages import PAGES
from staff_console.visit import COOKIE
from storage.actors import Role
from storage.keys import Keyring
from tests.staff_console.conftest import filled_world
from tests.staff_console.sights import SHOWN, furnish
from tests.staff_console.world import PASSWORD, World
from tests.web_chat.conftest import PHONE, browser

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
DESKTOP = {"width": 1280, "height": 800}
__all__ = ["browser"]
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Served:
    """A console on a port of its own, with everything in it that a page can show."""

    world: World
    address: str
    paths: list[str]


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(world.app, log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def page_of(
    browser: Browser, console: Served, *roles: Role, **options: object
) -> AsyncIterator[Page]:
    """A page in which somebody is signed in; a refused script or style fails the test."""
    errors: list[str] = []
    settings = {"viewport": PHONE, "locale": "fr-FR", **options}
    context = await browser.new_context(**settings)  # type: ignore[arg-type]  # Playwright's own names
    if roles:
        token = await console.world.token(*roles)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": console.address}])
    page = await context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: _note(said.text, errors))
    yield page
    await context.close()
    assert errors == []


def _note(text: str, errors: list[str]) -> None:
    if "Content Security Policy" in text or "Trusted" in text:
        errors.append(text)


@pytest_asyncio.fixture(loop_scope="module")
async def console(filled_template: Path, tmp_path: Path, keyring: Keyring) -> AsyncIterator[Served]:
    async with filled_world(filled_template, tmp_path, keyring) as world:
        paths = await furnish(world)
        async with served(world) as address:
            yield Served(world, address, paths)


async def test_every_page_that_shows_something_is_looked_at():
    shown = {page.path for page in PAGES if page.show is not None and page.role is not None}
    files = {path for path in shown if path.endswith((".svg", ".xlsx"))}
    assert shown - files == set(SHOWN)


async def faults_of(page: Page) -> list[object]:
    """Return what is seriously wrong with a page for those who can't see or have a small screen."""
    too_wide = await page.evaluate(WIDTH)
    found = await Axe().run(page)
    serious = [
        (each["id"], each["nodes"][0]["html"][:200])
        for each in found.response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    return [*([f"{too_wide} pixels too wide"] if too_wide > 0 else []), *serious]


async def test_no_page_is_wider_than_a_phone_and_none_has_serious_faults(
    browser: Browser, console: Served
):
    faults: dict[str, object] = {}
    async with page_of(browser, console, Role.ADMINISTRATOR) as page:
        for path in [*console.paths, "/rien", "/compte/second-facteur"]:
            await page.goto(console.address + path)
            faults[path] = await faults_of(page)
        await page.goto(console.address + "/import")
        row = (
            b"record,slug,kind,name_fr,source\norganization,essai-a,ngo,Essai,x\nservice,Faux,,,\n"
        )
        file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": row}
        await page.set_input_files("#file", file)  # type: ignore[arg-type]  # Playwright's own type
        await page.click("text=Voir l'aperçu")
        await expect(page.locator("h1")).to_contain_text("Aperçu")
        faults["preview"] = await faults_of(page)
    async with page_of(browser, console) as page:
        await page.goto(console.address + "/connexion")
        faults["/connexion"] = await faults_of(page)
    assert {path: found for path, found in faults.items() if found} == {}


async def test_signing_in_with_password_and_code_by_keyboard_without_javascript(
    browser: Browser, console: Served
):
    await console.world.add(Role.EVENTS, email="awa@example.org", factor=True)
    async with page_of(browser, console, java_script_enabled=False) as page:
        await page.goto(console.address + "/rencontres")
        for _ in range(2):
            await page.keyboard.press("Tab")
        await page.keyboard.type("awa@example.org")
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Votre code")
        await page.fill("#code", console.world.code())
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Aujourd'hui")
        await page.locator("summary").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="Rencontres", exact=True)).to_be_visible()


async def test_the_queue_is_worked_with_the_keyboard_alone(browser: Browser, console: Served):
    async with page_of(browser, console, Role.EDITOR, java_script_enabled=False) as page:
        await page.goto(console.address + "/verification")
        first = await page.locator(".card h2").inner_text()
        for _ in range(40):
            await page.keyboard.press("Tab")
            if await page.locator("button:focus", has_text="Pas de réponse").count():
                break
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("essai 1")
        assert await page.locator(".card h2").inner_text() != first
        link = page.locator(".card a.button").first
        assert (await link.get_attribute("href") or "").startswith("tel:")
