"""A real browser for the page, and the page served on loopback."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bot.conversation.ports import Driver
from bot.web_chat.app import build_app
from tests.fakes.web_chat import FakeClock

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 360, "height": 740}

Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; its tests skip where there is none, and fail in CI."""
    if CHROMIUM is None:
        reason = "no chromium program on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        await running.close()


@asynccontextmanager
async def served(driver: Driver, clock: FakeClock) -> AsyncIterator[str]:
    """Serve the chat on a free loopback port; the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = build_app(driver, clock)
        config = uvicorn.Config(app, log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            await serving


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Browser) -> AsyncIterator[Open]:
    """Open the page of a driver at phone size; an error in its scripts fails the test."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_it(
            driver: Driver, clock: FakeClock | None = None, **options: object
        ) -> Page:
            address = await stack.enter_async_context(served(driver, clock or FakeClock()))
            context = await new_context(browser, options)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(10_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: _note_policy(said.text, errors))
            await page.goto(address)
            await page.wait_for_selector(".item.bot")
            return page

        yield open_it
    assert errors == []


async def new_context(browser: Browser, options: dict[str, object]) -> BrowserContext:
    """Open a context that knows nothing of any other."""
    return await browser.new_context(**{"viewport": PHONE, "locale": "fr-FR", **options})  # type: ignore[arg-type]  # Playwright's own names


def _note_policy(text: str, errors: list[str]) -> None:
    """A refused script or style is a fault of the page, although nothing breaks."""
    if "Content Security Policy" in text or "Trusted" in text:
        errors.append(text)
