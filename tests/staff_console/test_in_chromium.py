"""The console in a real browser: phone width, keyboard, accessibility, no JavaScript."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize, expect
from starlette.routing import Route

from staff_console.pages import PAGES
from staff_console.rendering import TEMPLATES
from storage.actors import Role
from storage.keys import Keyring
from tests.staff_console.conftest import filled_world
from tests.staff_console.pictures import take_picture
from tests.staff_console.reading import codes_of, unreadable_on
from tests.staff_console.sights import BY_DOING, PUBLIC, SHOWN, furnish
from tests.staff_console.touring import Served, named, page_of, tour
from tests.staff_console.world import PASSWORD, World
from tests.web_chat.conftest import PHONE, browser

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
DESKTOP = ViewportSize(width=1280, height=800)
__all__ = ["Served", "browser", "page_of"]
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OVERFLOW = WIDTH
LIGHT = 100_000
READABLE = 30
THUMB = 44
"""Pixels of what a thumb hits."""
PARTS_OF_A_DATE = 8
TRANSFER = """() => performance.getEntries()
  .filter((each) => ["navigation", "resource"].includes(each.entryType))
  .reduce((sum, each) => sum + (each.encodedBodySize || 0), 0)"""
"""Bytes of the page with all it loads, as they came over the line."""

_PRESSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary"
MARK_ALL = f"""() => {{
  const seen = [...document.querySelectorAll("{_PRESSABLE}")].filter(
    (each) => each.checkVisibility({{ visibilityProperty: true }}));
  seen.forEach((each, number) => {{ each.dataset.tour = String(number); }});
  return seen.length;
}}"""
WHERE = """() => {
  const at = document.activeElement;
  if (!at || at.dataset.tour === undefined) return null;
  // The parts of a date draw their own focus inside the field, where no page can see it.
  const inside = ["date", "datetime-local"].includes(at.type) && !at.matches(":focus-visible");
  return { number: at.dataset.tour,
           outline: inside || getComputedStyle(at).outlineStyle !== "none",
           html: at.outerHTML.slice(0, 150) };
}"""
NOT_IN = """(reached) => [...document.querySelectorAll("[data-tour]")]
  .filter((each) => !reached.includes(each.dataset.tour))
  .map((each) => each.outerHTML.slice(0, 150))"""


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


@pytest_asyncio.fixture(loop_scope="module")
async def console(filled_template: Path, tmp_path: Path, keyring: Keyring) -> AsyncIterator[Served]:
    async with filled_world(filled_template, tmp_path, keyring) as world:
        paths = await furnish(world)
        async with served(world) as address:
            yield Served(world, address, paths)


async def test_every_page_that_shows_something_is_looked_at(world: World):
    """The list comes from the application's own routes: a new page can't be forgotten."""
    routes = {each.path for each in world.app.routes if isinstance(each, Route)}
    shown = {page.path for page in PAGES if page.show is not None}
    assert routes >= shown
    pages = {path for path in routes if path in shown or path not in {each.path for each in PAGES}}
    no_pages = {path for path in pages if path.endswith((".svg", ".xlsx", ".json"))}
    assert pages - no_pages - {"/healthz"} == {*SHOWN, *PUBLIC, *BY_DOING}


async def faults_of(page: Page) -> list[object]:
    """Return what is seriously wrong with a page for those who can't see or have a small screen."""
    too_wide = await page.evaluate(OVERFLOW)
    found = await Axe().run(page)
    serious = [
        (each["id"], each["nodes"][0]["html"][:200])
        for each in found.response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    return [*([f"{too_wide} pixels too wide"] if too_wide > 0 else []), *serious]


async def unreached_by_keyboard(page: Page) -> list[object]:
    """Return what can be pressed or filled in, and is not reached by Tab or shows no outline."""
    await page.evaluate("document.activeElement.blur()")
    wanted = await page.evaluate(MARK_ALL)
    reached: set[str] = set()
    parts = PARTS_OF_A_DATE * await page.locator("input[type^=date]").count()
    for _ in range(wanted + parts + 3):
        await page.keyboard.press("Tab")
        found = await page.evaluate(WHERE)
        if found is not None and not found["outline"]:
            return [f"no outline: {found['html']}"]
        if found is not None:
            reached.add(found["number"])
    missing = await page.evaluate(NOT_IN, sorted(reached))
    return [f"not reached: {each}" for each in missing]


async def useless_on_paper(page: Page) -> list[object]:
    """Return what a printed page would show, and nobody can press or fill in there."""
    await page.emulate_media(media="print")
    shown = await page.locator("button:visible, input:visible, select:visible, nav:visible").count()
    dated = await page.locator(".printed:visible").count()
    await page.emulate_media(media="screen")
    return [*([f"{shown} controls on paper"] if shown else []), *([] if dated else ["no date"])]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_every_page_is_accessible_and_light_and_none_is_too_wide(
    browser: Browser, console: Served, size: ViewportSize, pictures: Path | None
):
    faults: dict[str, object] = {}
    codes = await console.world.store.read(codes_of)
    bytes_of: dict[str, int] = {}

    async def look(page: Page, name: str) -> None:
        await page.wait_for_load_state()
        found = await faults_of(page)
        found += await unreadable_on(page, codes)
        if size == PHONE:
            found += await unreached_by_keyboard(page)
        elif name != "prestataire":
            found += await useless_on_paper(page)
        if found:
            faults[name] = found
        bytes_of[name] = await page.evaluate(TRANSFER)
        if pictures is not None:
            await take_picture(page, pictures / f"{name}-{size['width']}.png")

    await tour(browser, console, look, viewport=size)
    assert faults == {}
    assert {name: taken for name, taken in bytes_of.items() if taken > LIGHT} == {}
    # A template that no stop of the tour shows has never been looked at.
    drawn = {str(name) for _, name in console.world.console.templates.cache or {}}
    assert drawn == {path.name for path in TEMPLATES.glob("*.html")}


async def test_every_page_is_readable_without_javascript(browser: Browser, console: Served):
    read: set[str] = set()
    titles: dict[str, str] = {}
    routes = {named(path) for path in SHOWN}

    async def look(page: Page, name: str) -> None:
        if name in routes:
            title = await page.title()
            assert titles.setdefault(title, name) == name, title
        await expect(page.locator("h1"), name).to_be_visible()
        assert len(await page.locator("main").inner_text()) > READABLE, name
        read.add(name)

    await tour(browser, console, look, java_script_enabled=False)
    assert len(read) > len(console.paths)


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


async def test_the_queue_is_for_thumbs_and_prints_its_number(browser: Browser, console: Served):
    async with page_of(browser, console, Role.EDITOR) as page:
        await page.goto(console.address + "/verification")
        boxes = [await each.bounding_box() for each in await page.locator(".four > *, .call").all()]
        assert len(boxes) == 5
        assert all(box and box["height"] >= THUMB and box["width"] >= 2 * THUMB for box in boxes)
        assert max(box["y"] + box["height"] for box in boxes if box) < PHONE["height"]
        await page.emulate_media(media="print")
        await expect(page.locator(".call")).to_be_visible()
        await expect(page.locator(".four")).to_be_hidden()


async def test_the_keyboard_skips_the_menu_and_sees_that_it_does(browser: Browser, console: Served):
    async with page_of(browser, console, Role.EDITOR, viewport=DESKTOP) as page:
        await page.goto(console.address + "/verification")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await expect(page.locator(".skip")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        reached = []
        for _ in range(3):
            await page.keyboard.press("Tab")
            reached.append(await page.locator(":focus").inner_text())
    assert reached[0].startswith("Appeler")
    assert reached[1:] == ["Toujours juste", "Corriger"]


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
