"""A walk past every page of the console, those too that one only reaches by doing something.

The tests look at each with axe-core, and take a picture of each where `--pictures` names a folder.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pyotp
from playwright.async_api import Browser, Page, expect
from sqlalchemy import Connection

from staff_console.sessions import Stage, open_session
from staff_console.visit import COOKIE
from storage.actors import Role
from tests.staff_console.sights import BOSS, MORE, SHOWN, move_refuge, promote, relabel
from tests.staff_console.world import PASSWORD, World
from tests.web_chat.conftest import PHONE

BAD_FILE = (
    "record,slug,kind,name_fr,source\n"
    "organization,essai-a,ngo,Essai,x\n"
    "organization,police-nationale,police,Police du Mali,x\n"
    "service,Faux,,,\n"
)


@dataclass
class Served:
    """A console on a port of its own, with everything in it that a page can show."""

    world: World
    address: str
    paths: list[str]
    boss: int | None = None


@asynccontextmanager
async def page_of(
    browser: Browser, console: Served, *roles: Role, email: str = "", **options: object
) -> AsyncIterator[Page]:
    """A page in which somebody is signed in; a refused script or style fails the test."""
    errors: list[str] = []
    settings = {"viewport": PHONE, "locale": "fr-FR", **options}
    context = await browser.new_context(**settings)  # type: ignore[arg-type]  # Playwright's own names
    if roles:
        token = await _token(console, roles, email)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": console.address}])
    page = await context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: _note(said.text, errors))
    yield page
    await context.close()
    assert errors == []


async def _token(console: Served, roles: tuple[Role, ...], email: str) -> str:
    world = console.world
    if email != BOSS:
        return await world.token(*roles, email=email)
    if console.boss is None:
        console.boss = await world.add(*roles, email=email, factor=True)
    return await world.store.write(open_session, console.boss, Stage.OPEN, world.clock.now())


def _note(text: str, errors: list[str]) -> None:
    if "Content Security Policy" in text or "Trusted" in text:
        errors.append(text)


type Look = Callable[[Page, str], Awaitable[None]]


async def tour(browser: Browser, console: Served, look: Look, **options: object) -> None:
    """Stand on every page in turn, and look at it.

    Args:
        browser: Chromium.
        console: furnished.
        look: is given the page and a name for what it shows.
        options: for the browser's contexts: the size, no scripts.
    """
    boss: dict[str, object] = {"email": BOSS, **options}
    async with page_of(browser, console, Role.ADMINISTRATOR, **boss) as page:  # type: ignore[arg-type]  # options of the context
        for path in console.paths:
            if not path.startswith(("/invitation", "/prestataire", "/connexion")):
                await page.goto(console.address + path)
                await look(page, _name(console, path))
        await _by_doing(page, console, look)
        await _refusals(page, console, look)
        await _conflicts(page, console, look)
    async with page_of(browser, console, **options) as page:
        for path in console.paths:
            if path.startswith(("/invitation", "/prestataire", "/connexion")):
                await page.goto(console.address + path)
                await look(page, path.split("/")[1])
        await _signing_in(page, console, look)
    async with page_of(browser, console, Role.READER, **options) as page:
        for path, name in (("/", "today-reader"), ("/comptes", "refused")):
            await page.goto(console.address + path)
            await look(page, name)


def _name(console: Served, path: str) -> str:
    return named([*SHOWN, *MORE][console.paths.index(path)])


def named(route: str) -> str:
    """Return a name for a page that is the same on every run: from its route, not from its ids."""
    return re.sub(r"[{}/:]+", "-", route.replace(":int", "")).strip("-") or "aujourd-hui"


async def _by_doing(page: Page, console: Served, look: Look) -> None:
    at = console.address
    await page.goto(at + "/rien")
    await look(page, "not-found")
    await page.goto(at + "/compte")
    await page.click("text=Lier un téléphone")
    await look(page, "telegram-code")
    await page.goto(at + "/annuaire/service/osc-mopti")
    await page.click("text=Faire un lien pour le prestataire")
    await look(page, "provider-link")
    await page.goto(at + "/comptes")
    await page.fill("#email", f"invitee{page.viewport_size['width']}@example.org")  # type: ignore[index]  # contexts have a size
    await page.check("#role-editor")
    await page.click("text=Faire le lien d'invitation")
    await look(page, "invited")
    await page.goto(at + "/import")
    file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": BAD_FILE.encode()}
    await page.set_input_files("#file", file)  # type: ignore[arg-type]  # Playwright's own type
    await page.click("text=Voir l'aperçu")
    await expect(page.locator("h1")).to_contain_text("Aperçu")
    await look(page, "import-preview")
    await page.goto(at + next(path for path in console.paths if path.endswith("/accueil")))
    one = await console.world.store.read(console.world.desk.registrations.get, 1)
    for code, name in (("ABC", "door-wrong"), (one.code, "door-found")):
        await page.fill("#code", code)
        await page.click("text=Chercher")
        await look(page, name)


async def _refusals(page: Page, console: Served, look: Look) -> None:
    """Stand on forms that come back because something in them is not right."""
    gathering = next(each for each in console.paths if each.endswith("/accueil")).rsplit("/", 1)[0]
    proposal = next(each for each in console.paths if each.startswith("/validations/"))
    forms = (
        (gathering, {"#code": "!", "#starts_at": "2028-03-08T09:00"}, "Copier", "refused-copy"),
        (gathering, {}, "Annuler la rencontre", "refused-calling-off"),
        (proposal, {"#reason": " "}, "Refuser", "refused-reason"),
    )
    for path, typed, button, name in forms:
        await page.goto(console.address + path)
        for field, words in typed.items():
            await page.fill(field, words)
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("alert")).to_contain_text("Aller au champ")
        await look(page, name)


async def _conflicts(page: Page, console: Served, look: Look) -> None:
    """Stand on forms that come back because somebody else has saved meanwhile."""
    world, at = console.world, console.address
    width = page.viewport_size["width"]  # type: ignore[index]  # contexts have a size
    gathering = int(next(each.split("/")[2] for each in console.paths if "/accueil" in each))
    account = int(next(each.split("/")[2] for each in console.paths if "/comptes/" in each))
    forms: tuple[tuple[str, str, str, Callable[[Connection], object], str], ...] = (
        (
            "/annuaire/phone/tel-17/modifier",
            "#label_fr",
            "Proposer",
            lambda connection: relabel(connection, world, f"Police secours {width}"),
            "conflict-entry",
        ),
        (
            "/annuaire/service/refuge-essai/lieu",
            "#note",
            "Enregistrer",
            lambda connection: move_refuge(connection, world, f"sous le manguier {width}"),
            "conflict-whereabouts",
        ),
        (
            f"/rencontres/{gathering}/modifier",
            "#theme_fr",
            "Enregistrer",
            lambda connection: world.desk.gatherings.resize(
                connection, gathering, width, actor="awa@example.org", now=world.clock.now()
            ),
            "conflict-gathering",
        ),
        (
            f"/comptes/{account}",
            "",
            "Enregistrer les rôles",
            lambda connection: promote(connection, world, account),
            "conflict-account",
        ),
    )
    for path, field, button, first, name in forms:
        await page.goto(at + path)
        if field:
            await page.fill(field, f"écrit par la seconde personne {width}")
        await world.store.write(first)
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("alert")).to_contain_text("entre-temps")
        await look(page, name)


async def _signing_in(page: Page, console: Served, look: Look) -> None:
    world, at = console.world, console.address
    width = page.viewport_size["width"]  # type: ignore[index]  # contexts have a size
    for factor in (True, False):
        email = f"entre-{width}-{factor}@example.org".lower()
        await world.add(Role.EVENTS, email=email, factor=factor)
        await page.context.clear_cookies()
        await page.goto(at + "/connexion")
        await page.fill("#email", email)
        await page.fill("#password", "un autre mot de passe" if factor else PASSWORD)
        await page.click("text=Entrer")
        if factor:
            await look(page, "sign-in-wrong")
            await page.fill("#password", PASSWORD)
            await page.click("text=Entrer")
            await expect(page.locator("h1")).to_have_text("Votre code")
            await look(page, "sign-in-code")
    await look(page, "second-factor")
    secret = (await page.locator("code").first.inner_text()).replace(" ", "")
    await page.fill("#code", pyotp.TOTP(secret).at(world.clock.now()))
    await page.click("text=Confirmer")
    await expect(page.locator(".codes li")).to_have_count(10)
    await look(page, "recovery-codes")
