"""The page behind a provider's link: opening it changes nothing, only a press does."""

from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from referral_directory.edits import open_edits
from referral_directory.provider_links import ProviderLinks
from referral_directory.verification import verify
from referral_directory.versions import version_of
from storage.actors import Actor, Role
from storage.audit import Audit
from tests.staff_console.test_in_chromium import DESKTOP, WIDTH, served
from tests.staff_console.world import ADDRESS, World
from tests.web_chat.conftest import PHONE, browser

__all__ = ["browser"]
EDITOR = Actor("awa@example.org", frozenset({Role.EDITOR}))


@pytest.fixture
async def path(world: World) -> str:
    """The path of a link for the one-stop centre of Mopti, which is verified."""

    def make(connection) -> str:
        now = world.clock.now()
        verify(connection, "osc-mopti", by="A", on=now.date(), now=now)
        return ProviderLinks(world.keyring).make(connection, EDITOR, "osc-mopti", now)

    return f"/prestataire/{await world.store.write(make)}"


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=world.app)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


async def trail(world: World) -> list[str]:
    entries = await world.store.read(Audit().of, "osc-mopti")
    return [f"{one.actor} {one.tag}" for one in entries]


async def test_fetching_the_link_changes_nothing(world: World, client, path):
    before = await trail(world)
    version = await world.store.read(version_of, "service", "osc-mopti")
    for method in ("GET", "HEAD", "GET"):
        answer = await client.request(method, path)
        assert answer.status_code == 200
    assert "Est-ce toujours juste" in answer.text
    assert "A bɛɛ tiɲɛ don" in answer.text
    assert await trail(world) == before
    assert await world.store.read(version_of, "service", "osc-mopti") == version


async def test_the_page_is_closed_to_scripts_caches_and_onlookers(client, path):
    headers = (await client.get(path)).headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert "set-cookie" not in headers


async def test_a_press_confirms_once(world: World, client, path):
    answer = await client.post(path, data={"do": "confirm"})
    assert "confirmée pour aujourd'hui" in unescape(answer.text)
    assert (await trail(world))[-1] == "provider:osc-mopti service:verified"
    again = await client.post(path, data={"do": "confirm"})
    assert again.status_code == 410
    assert "ne sert plus" in again.text


async def test_a_correction_waits_for_approval(world: World, client, path):
    answer = await client.post(path, data={"do": "correct", "fees_note_fr": "<b>Gratuit</b>"})
    assert "relit avant de changer" in answer.text
    (edit,) = await world.store.read(open_edits, EDITOR)
    assert (edit.proposed_by, edit.changes[0].new) == ("provider:osc-mopti", "<b>Gratuit</b>")
    page = await client.get(path)
    assert "Gratuit" not in page.text


async def test_what_is_not_understood_is_shown_again_and_escaped(client, path):
    answer = await client.post(path, data={"do": "correct", "hours": '"><script>x</script>'})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("token", ["x", "a.b", "%00", "é.é"])
async def test_any_other_link_says_the_same_to_everybody(client, token):
    answer = await client.get(f"/prestataire/{token}")
    assert answer.status_code == 410
    assert "ne sert plus" in answer.text


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_page_fits_a_phone_and_is_accessible(
    browser: Browser, world: World, path, size, tmp_path
):
    async with served(world) as address:
        context = await browser.new_context(viewport=size)
        page = await context.new_page()
        await page.goto(address + path)
        await page.get_by_text("Corriger").click()
        await page.screenshot(path=tmp_path / "provider.png", full_page=True)
        assert await page.evaluate(WIDTH) == 0
        found = await Axe().run(page)
        serious = [
            one["id"]
            for one in found.response["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == []
        await context.close()
