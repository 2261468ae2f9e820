"""What holds for every page: roles, forms of ours, headers, size, words that stay words."""

import pytest
from starlette.responses import Response

from staff_console.app import build_app
from staff_console.headers import SECURITY_HEADERS
from staff_console.pages import PAGES
from staff_console.visit import COOKIE, Page, Visit
from storage.actors import Actor, Role
from tests.staff_console.world import World

ROLED = [page for page in PAGES if page.role is not None]
SHOWN = [page for page in ROLED if page.show is not None]


def address(page: Page) -> str:
    """Return an address of a page; what varies names nothing that is there."""
    path = page.path
    for name, value in (
        ("{number:int}", "7"),
        ("{event:int}", "7"),
        ("{subject}", "service"),
        ("{slug}", "rien"),
        ("{kind}", "text"),
        ("{key}", "rien"),
        ("{token}", "x"),
    ):
        path = path.replace(name, value)
    assert "{" not in path, path
    return path


@pytest.mark.parametrize("role", list(Role))
async def test_each_page_opens_for_its_roles_alone(world: World, role: Role):
    async with world.browser(role) as browser:
        for page in SHOWN:
            status = (await browser.get(address(page))).status_code
            may = Actor("x", frozenset({role})).may(page.role)
            assert status in ({200, 404} if may else {403}), page.path


async def test_nobody_who_is_not_signed_in_sees_or_changes_anything(world: World):
    async with world.stranger() as browser:
        await browser.get("/connexion")
        for page in ROLED:
            for method in page.methods:
                ask = browser.get if method == "GET" else browser.post
                answer = await ask(address(page))
                assert answer.status_code == 303, page.path
                assert answer.headers["location"].startswith("/connexion"), page.path


async def test_a_page_that_is_not_there_keeps_the_menu_of_who_is_signed_in(world: World):
    async with world.browser(Role.READER) as browser:
        missing = await browser.get("/nulle-part")
        assert missing.status_code == 404
        assert 'href="/annuaire"' in missing.text
    async with world.stranger() as browser:
        missing = await browser.get("/nulle-part")
        assert missing.status_code == 404
        assert "/annuaire" not in missing.text


async def test_no_form_is_taken_without_the_token_of_its_browser(world: World):
    async with world.browser(Role.ADMINISTRATOR) as browser:
        for page in PAGES:
            if page.act is None:
                continue
            path = address(page)
            for token in ("", "0" * 32):
                answer = await browser.client.post(path, data={"csrf": token})
                assert answer.status_code == 403, path
                assert "expiré" in answer.text
        assert (await browser.get("/")).status_code == 200


async def test_the_cookie_is_for_the_server_alone(world: World):
    async with world.stranger() as browser:
        cookie = (await browser.get("/connexion")).headers["set-cookie"]
        assert cookie.startswith(COOKIE)
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
    async with world.stranger() as browser:
        secure = await browser.client.get("https://console/connexion")
        assert "Secure" in secure.headers["set-cookie"]
        assert "max-age" in secure.headers["strict-transport-security"]


async def test_every_answer_carries_the_headers(world: World):
    async with world.browser(Role.ADMINISTRATOR) as browser:
        for path in ("/", "/connexion", "/rien", "/static/rien", "/healthz"):
            headers = (await browser.get(path)).headers
            for name, value in SECURITY_HEADERS.items():
                assert headers[name] == value, path
    assert "unsafe" not in SECURITY_HEADERS["content-security-policy"]


async def test_a_body_that_is_too_large_is_not_read(world: World):
    async with world.browser(Role.ADMINISTRATOR) as browser:
        answer = await browser.post("/comptes", email="x" * 400_000)
        assert answer.status_code == 413

        async def endless():
            for _ in range(100):
                yield b"x=" + b"y" * 10_000 + b"&"

        answer = await browser.client.post(
            "/comptes",
            content=endless(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 413


async def test_who_is_refused_is_told_why_and_led_back(world: World):
    async with world.browser(Role.ADMINISTRATOR) as browser:
        gone = await browser.get("/annuaire/phone/rien")
        assert (gone.status_code, "Introuvable" in gone.text) == (404, True)
        deed = "/annuaire/phone/tel-17/faire"
        odd = await browser.post(deed, do="sing", version=1)
        assert odd.status_code == 422
        assert 'href="/annuaire/phone/tel-17">Retour à la page d' in odd.text
        late = await browser.post(deed, do="close", version=77)
        assert late.status_code == 409
        assert 'href="/annuaire/phone/tel-17">Retour à la page d' in late.text
        forged = await browser.client.post("/validations/7", data={"csrf": "x"})
        assert forged.status_code == 403
        assert 'href="/validations/7">Retour à la page d' in forged.text
        for path in ("/journal?avant=", "/annuaire?depuis=", "/contenus?depuis="):
            assert (await browser.get(path + "9" * 60)).status_code == 200
        large = await browser.post("/comptes", email="x" * 400_000)
        assert "256 Ko au plus" in large.text
        upload = {"file": ("liste.csv", b"x" * 21 * 1024 * 1024)}
        large = await browser.client.post("/import/apercu", files=upload)
        assert large.status_code == 413
        assert "20 Mo au plus" in large.text
        assert 'href="/import">Retour' in large.text


async def test_what_breaks_is_said_without_its_words(world: World):
    async def broken(_: Visit) -> Response:
        raise ValueError("mot de personne")

    pages = (Page(path="/", show=broken, act=broken, role=Role.READER),)
    world.app = build_app(world.console, pages)
    async with world.browser(Role.READER) as browser:
        for answer in (await browser.get("/"), await browser.post("/")):
            assert answer.status_code == 500
            assert "Rien n&#39;a été changé" in answer.text
            assert 'href="/">Retour' in answer.text
            assert "personne" not in answer.text


async def test_own_pages_are_light_and_load_nothing_from_elsewhere(world: World):
    async with world.browser(Role.ADMINISTRATOR) as browser:
        style = len((await browser.get("/static/console.css")).content)
        for page in SHOWN:
            answer = await browser.get(address(page))
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            assert len(answer.content) + style < 100_000, page.path
            for mark in ('src="http', 'href="http', "<style", "style=", " onclick="):
                assert mark not in answer.text, page.path
