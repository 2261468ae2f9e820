"""Every address of the console, asked by somebody who means harm: no error, no effect, French."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select

from staff_console.headers import SECURITY_HEADERS
from staff_console.pages import PAGES
from staff_console.visit import COOKIE, LARGEST_NUMBER, Page
from storage.actors import Role
from storage.database import Base
from tests.staff_console.test_every_page import address
from tests.staff_console.world import Browser, World

ACTING = [page for page in PAGES if page.act is not None]
ENGLISH = ("Not Found", "Not Allowed", "Internal Server", "Bad Request", "boundary", "Error")
FIELDS = (
    *("at", "capacity", "code", "confirmed_on", "digest", "do", "email", "form", "into"),
    *("latitude", "number", "password", "people", "place", "reason", "reviewed_on", "rows"),
    *("seen", "slug", "starts_at", "subject", "suite", "token", "valid_until", "version"),
)
DEEDS = {
    "/annuaire/{subject}/{slug}/faire": ("close", "reopen", "delete", "restrict"),
    "/verification": ("right", "silent", "closed"),
    "/validations/{number:int}": ("approve", "reject", "withdraw"),
    "/rencontres/{number:int}": ("publish", "cancel", "copy"),
    "/rencontres/{number:int}/accueil": ("enter",),
    "/inscriptions/{number:int}": ("approve", "refuse", "withdraw", "merge", "undo"),
    "/contenus/{kind}/{key}/signer": ("withdraw",),
    "/compte/telegram": ("unlink",),
    "/comptes/{number:int}": ("roles", "off", "on", "factor"),
}
"""What a form may ask for in its field `do`."""
ODD = ["9" * 30, "9" * 20, str(LARGEST_NUMBER), str(2**40), "-1", "1_0", "\0", "é", "x" * 5_001]


def refused_well(answer: httpx.Response, what: str) -> None:
    """Fail unless an answer is no error of ours, in French, with every header."""
    assert answer.status_code < 500, f"{what}: {answer.status_code}"
    assert not any(word in answer.text for word in ENGLISH), f"{what}: {answer.text[:100]}"
    for name, value in SECURITY_HEADERS.items():
        stricter = {"no-referrer"} if name == "referrer-policy" else set()
        assert answer.headers[name] in {value, *stricter}, what


def everything(connection: Connection) -> str:
    """Return all that stands in the database but who is signed in and how often that failed."""
    spared = {"staff_sessions", "staff_attempts"}
    tables = [each for each in Base.metadata.sorted_tables if each.name not in spared]
    return json.dumps(
        {each.name: sorted(map(repr, connection.execute(select(each)).all())) for each in tables}
    )


async def test_no_number_that_a_row_can_not_have_breaks_a_page(bare: World):
    async with bare.browser(Role.ADMINISTRATOR) as browser:
        for page in PAGES:
            path = address(page)
            for name in ("depuis", "avant"):
                for odd in ("9" * 30, "9" * 199, "²", "-5", "%00"):
                    answer = await browser.get(f"{path}?{name}={odd}")
                    refused_well(answer, f"{path} {name} {odd}")
            for number in ("9" * 30, str(LARGEST_NUMBER + 1), str(2**40), "0"):
                if "7" in path:
                    answer = await browser.get(path.replace("7", number))
                    assert answer.status_code in {404, 405} or "/validations/" in path
                    refused_well(answer, path)
                    refused_well(await browser.post(path.replace("7", number)), path)


@pytest.mark.parametrize(
    "path",
    ["/annuaire?nom=%00", "/annuaire/service/%00", "/journal?qui=%00", "/contenus?mot=%00"],
)
async def test_no_sign_that_a_database_refuses_breaks_a_page(bare: World, path: str):
    async with bare.browser(Role.ADMINISTRATOR) as browser:
        answer = await browser.get(path)
        assert answer.status_code == 404
        refused_well(answer, path)


async def test_no_contents_of_a_form_break_a_page(bare: World):
    async with bare.browser(Role.ADMINISTRATOR) as browser:
        token = browser.client.cookies[COOKIE]
        for page in ACTING:
            for odd in ODD:
                browser.client.cookies.set(COOKIE, token)  # « sortir » is one of the pages
                fields = dict.fromkeys(FIELDS, odd)
                refused_well(await browser.post(address(page), **fields), page.path)
                for deed in DEEDS.get(page.path, ()):
                    for numbers in ({}, {"version": "1", "number": "1"}):
                        sent = {**fields, **numbers, "do": deed}
                        what = f"{page.path} {deed} {odd[:30]}"
                        refused_well(await browser.post(address(page), **sent), what)
            if page.path == "/deconnexion":
                token = await bare.token(Role.ADMINISTRATOR)


UNHEARD = (
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=x; charset=unicode_escape",
    "multipart/form-data; boundary=x; charset=nothing",
    "application/x-www-form-urlencoded; charset=utf-16",
    "\xff",
)
HALF_A_SIGN = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\\ud800\r\n--x--\r\n'


async def test_a_number_that_no_row_can_have_is_not_looked_for(bare: World):
    async with bare.browser(Role.ADMINISTRATOR) as browser:
        for number in ("9" * 20, "-" + "9" * 19):
            answer = await browser.post("/import/annuler", number=number)
            assert "trop grand" in answer.text
            refused_well(answer, number)


async def test_no_method_and_no_kind_of_body_breaks_a_page(bare: World):
    async with bare.browser(Role.ADMINISTRATOR) as browser:
        before = await bare.store.read(everything)
        for path in [*map(address, PAGES), "/prestataire/x"]:
            for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD"):
                answer = await browser.client.request(method, path)
                assert answer.status_code == 405, method
                refused_well(answer, f"{method} {path}")
        for path in [*map(address, ACTING), "/prestataire/x"]:
            for kind in UNHEARD:
                headers = {"content-type": kind.encode("latin-1")}
                answer = await browser.client.post(path, content=HALF_A_SIGN, headers=headers)
                assert answer.status_code in {400, 403, 410}, kind
                refused_well(answer, f"{kind} {path}")
        assert await bare.store.read(everything) == before


async def test_what_breaks_is_answered_with_every_header_and_in_french(
    bare: World, caplog: pytest.LogCaptureFixture
):
    """Nothing can be read any more, not even who it is that asks."""
    async with bare.browser(Role.READER) as browser:

        def drop(connection: Connection) -> None:
            Base.metadata.tables["staff_sessions"].drop(connection)

        await bare.store.write(drop)
        for path in ("/", "/connexion", "/rien", "/comptes"):
            answer = await browser.get(path)
            assert answer.status_code == 500
            assert answer.text == "Un problème est arrivé ici. Rien n'a été changé."
            for name, value in SECURITY_HEADERS.items():
                assert answer.headers[name] == value, path
        assert browser.client.cookies[COOKIE] not in caplog.text
        assert "staff_sessions" not in caplog.text


async def test_a_form_of_another_session_changes_nothing(world: World):
    """The token of a form is worth nothing beside another cookie, whoever's it is."""
    async with (
        world.browser(Role.ADMINISTRATOR) as mine,
        world.browser(Role.ADMINISTRATOR) as theirs,
        world.stranger() as nobody,
    ):
        await nobody.get("/connexion")
        before = await world.store.read(everything)
        for page in ACTING:
            for token in (theirs.csrf, nobody.csrf):
                answer = await mine.client.post(address(page), data={"csrf": token})
                assert answer.status_code == 403, page.path
                refused_well(answer, page.path)
            two = {"csrf": [mine.csrf, theirs.csrf]}
            assert (await mine.client.post(address(page), data=two)).status_code == 403
            in_address = f"{address(page)}?csrf={mine.csrf}"
            assert (await mine.client.post(in_address)).status_code == 403
        assert await world.store.read(everything) == before


async def _sent(browser: Browser, page: Page, **fields: Any) -> httpx.Response:
    return await browser.post(address(page).replace("/rien", "/osc-mopti"), **fields)


@pytest.mark.parametrize("role", [None, *Role])
async def test_a_role_that_is_too_low_has_no_effect_whatever_it_sends(
    world: World, role: Role | None
):
    async with world.stranger() as browser:
        if role is None:
            await browser.get("/connexion")
        else:
            browser.client.cookies.set(COOKIE, await world.token(role))
        before = await world.store.read(everything)
        for page in ACTING:
            if page.role is None or (role is not None and may(role, page.path)):
                continue
            for deed in DEEDS.get(page.path, ("",)):
                answer = await _sent(
                    browser, page, do=deed, version="1", subject="service", slug="osc-mopti",
                    email="a@example.org", roles="administrator", reason="pour voir", sure="oui",
                )  # fmt: skip
                assert answer.status_code == (303 if role is None else 403), (page.path, deed)
        assert await world.store.read(everything) == before


OPENS_FOR = {
    "/annuaire/service/{slug}/lieu": {Role.APPROVER},
    "/annuaire/service/{slug}/lien": {Role.EDITOR, Role.APPROVER},
    "/annuaire/{subject}/{slug}/faire": {Role.EDITOR, Role.APPROVER},
    "/annuaire/{subject}/{slug}/modifier": {Role.EDITOR, Role.APPROVER},
    "/corbeille": {Role.EDITOR, Role.APPROVER},
    "/verification": {Role.EDITOR, Role.APPROVER},
    "/validations": {Role.EDITOR, Role.APPROVER},
    "/validations/{number:int}": {Role.EDITOR, Role.APPROVER},
    "/import/apercu": {Role.EDITOR, Role.APPROVER},
    "/import/ecrire": {Role.APPROVER},
    "/import/annuler": {Role.APPROVER},
    "/export": {Role.EDITOR, Role.APPROVER},
    "/rencontres/nouvelle": {Role.EVENTS},
    "/rencontres/{number:int}": {Role.EVENTS},
    "/rencontres/{number:int}/modifier": {Role.EVENTS},
    "/rencontres/{number:int}/export": {Role.EVENTS},
    "/rencontres/{number:int}/liste": {Role.EVENTS},
    "/rencontres/{number:int}/accueil": {Role.EVENTS},
    "/inscriptions/{number:int}": {Role.EVENTS},
    "/points-focaux": {Role.EVENTS},
    "/contenus/{kind}/{key}/signer": {Role.APPROVER},
    "/comptes": set(),
    "/comptes/retirer": set(),
    "/comptes/{number:int}": set(),
    "/compte/telegram": {Role.READER, Role.EDITOR, Role.APPROVER, Role.EVENTS},
    "/compte": {Role.READER, Role.EDITOR, Role.APPROVER, Role.EVENTS},
}
"""Who may send each form, besides administrators: as docs/console.md says, not as the pages do."""


def may(role: Role, path: str) -> bool:
    """Tell whether a role may send the form of an address."""
    return role is Role.ADMINISTRATOR or role in OPENS_FOR[path]


def test_the_table_of_roles_is_whole():
    assert set(OPENS_FOR) == {page.path for page in ACTING if page.role is not None}
