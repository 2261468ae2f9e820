"""Cookies planted or stolen, addresses that lead elsewhere, limits that are got around."""

from collections.abc import Awaitable, Callable
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.cli.console import PROXIES
from staff_console.attempts import MOST_BY_ACCOUNT, MOST_BY_ADDRESS
from staff_console.models import staff_sessions
from staff_console.passwords import Passwords
from staff_console.signing_in import Door
from staff_console.visit import COOKIE
from storage.actors import Role
from tests.staff_console.test_signing_in import EMAIL, give_password
from tests.staff_console.world import ADDRESS, PASSWORD, Browser, World


async def opens(world: World, cookie: str, path: str = "/") -> int:
    """Return what a browser elsewhere gets that shows nothing but a cookie."""
    async with world.stranger("198.51.100.9") as thief:
        thief.client.cookies.set(COOKIE, cookie)
        return (await thief.get(path)).status_code


async def test_a_planted_cookie_is_worth_nothing_once_its_victim_signs_in(bare: World):
    await bare.add(Role.EVENTS, email=EMAIL, factor=True)
    shown = ["planted-by-somebody-else"]
    async with bare.stranger() as victim:
        headers = {"cookie": f"{COOKIE}={shown[0]}"}
        given = {"email": EMAIL, "password": PASSWORD}
        for path, fields in (("/connexion", given), ("/connexion/code", {"code": bare.code()})):
            page = await victim.client.get(path, headers=headers)
            assert "set-cookie" not in page.headers
            fields["csrf"] = page.text.partition('name="csrf" value="')[2][:32]
            answer = await victim.client.post(path, data=fields, headers=headers)
            assert answer.status_code == 303
            shown.append(answer.headers["set-cookie"].partition("=")[2].partition(";")[0])
            headers = {"cookie": f"{COOKIE}={shown[-1]}"}
            victim.client.cookies.clear()
    assert len(set(shown)) == 3
    assert [await opens(bare, cookie) for cookie in shown] == [303, 303, 200]
    # The cookie of half-way, before the code, has no session either.
    left = await bare.store.read(lambda open_: open_.execute(select(staff_sessions)).all())
    assert len(left) == 1


async def _sign_out(browser: Browser, _: World, __: int) -> None:
    await browser.post("/deconnexion")


async def _change_password(browser: Browser, _: World, __: int) -> None:
    new = "le baobab donne son ombre"
    await browser.post("/compte", old=PASSWORD, new=new, again=new)


async def _sign_in_again(browser: Browser, _: World, __: int) -> None:
    assert (await browser.post("/connexion", email=EMAIL, password=PASSWORD)).status_code == 303


async def _wait(_: Browser, world: World, __: int) -> None:
    world.clock.forward(minutes=61)


async def _deactivate(_: Browser, world: World, number: int) -> None:
    async with world.browser(Role.ADMINISTRATOR) as boss:
        assert (await boss.post(f"/comptes/{number}", do="off", version="1")).status_code == 303


type End = Callable[[Browser, World, int], Awaitable[None]]


@pytest.mark.parametrize("end", [_sign_out, _change_password, _sign_in_again, _wait, _deactivate])
async def test_a_stolen_cookie_ends_with_its_session(bare: World, end: End):
    number = await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as browser:
        await give_password(browser)
        stolen = browser.client.cookies[COOKIE]
        assert await opens(bare, stolen) == 200
        await end(browser, bare, number)
    assert await opens(bare, stolen) == 303


async def test_a_stolen_cookie_has_the_roles_of_this_moment(bare: World):
    number = await bare.add(Role.EDITOR, email=EMAIL)
    async with bare.stranger() as browser, bare.browser(Role.ADMINISTRATOR) as boss:
        await give_password(browser)
        stolen = browser.client.cookies[COOKIE]
        assert await opens(bare, stolen, "/verification") == 200
        await boss.post(f"/comptes/{number}", do="roles", roles="reader", version="1")
        assert await opens(bare, stolen, "/verification") == 403


LEADS_AWAY = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example", "/\r\nSet-Cookie: a=b", "https:evil.example", "https://evil.example",
    "javascript:alert(1)", "/%09/evil.example", "/%2f%2fevil.example", "/%5cevil.example",
    "@evil.example", "/@evil.example", "/．/evil.example", "\u2044\u2044evil.example", "\u2215evil",
    "/\u202e//evil.example", "/..//evil.example", "/.//evil.example", "/\0/evil.example", "http:/x",
    "?suite=//evil.example", "#//evil.example", "/" + "x" * 490,
]  # fmt: skip


@pytest.mark.parametrize("target", LEADS_AWAY)
async def test_signing_in_leads_nowhere_else_however_it_is_written(world: World, target: str):
    await world.add(Role.READER, email=EMAIL)
    async with world.stranger() as browser:
        await browser.client.get("/connexion", params={"suite": target})
        sent = {"email": EMAIL, "password": PASSWORD, "suite": target}
        answer = await browser.post("/connexion", **sent)
        assert answer.status_code in {303, 400}
        reached = urljoin("https://console/connexion", answer.headers.get("location", "/"))
        assert urlsplit(reached).netloc == "console"
        assert not answer.headers.get("location", "/").startswith(("//", "/\\"))
        assert answer.headers.get("location", "/").isascii()
        assert [line for line in answer.headers.get_list("set-cookie") if "a=b" in line] == []


class Counting(PasswordHasher):
    """Remembers with which parameters it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked: list[object] = []

    def verify(self, hash: str | bytes, password: str | bytes):  # noqa: A002  # argon2-cffi's name
        self.asked.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


async def test_an_unknown_and_a_closed_account_cost_the_same_hash_as_a_wrong_password(bare: World):
    await bare.add(Role.READER, email=EMAIL)
    number = await bare.add(Role.READER, email="closed@example.org")
    await _deactivate(Browser(httpx.AsyncClient(), bare.keyring), bare, number)
    hasher = Counting()
    door = Door(bare.store, Passwords(hasher))
    told = []
    for email, word in ((EMAIL, "faux, et encore"), ("nobody@example.org", PASSWORD),
                        ("closed@example.org", PASSWORD)):  # fmt: skip
        with pytest.raises(Exception, match="adresse") as refused:
            await door.give_password(email, word, "192.0.2.1", bare.clock.now())
        told.append((type(refused.value), str(refused.value)))
    assert len(set(told)) == 1
    assert len(hasher.asked) == 3
    assert len(set(map(repr, hasher.asked))) == 1


@pytest.mark.parametrize(
    ("from_address", "status"), [("127.0.0.1", 429), ("203.0.113.5", 429)], ids=["proxy", "direct"]
)
async def test_a_forged_forwarded_address_gets_around_no_limit(
    bare: World, from_address: str, status: int
):
    """A proxy adds the true address at the end; who comes without one is not believed at all."""
    app = ProxyHeadersMiddleware(bare.app, trusted_hosts=PROXIES)
    transport = httpx.ASGITransport(app, client=(from_address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        browser = Browser(client, bare.keyring)
        await browser.get("/connexion")
        for number in range(MOST_BY_ADDRESS + 1):
            forged = f"10.9.8.{number}, 203.0.113.7"
            fields = {"csrf": browser.csrf, "email": f"n{number}@example.org", "password": "x"}
            answer = await client.post(
                "/connexion", data=fields, headers={"x-forwarded-for": forged}
            )
            assert answer.status_code == (status if number == MOST_BY_ADDRESS else 401)


async def test_many_addresses_together_can_not_guess_a_code(bare: World):
    await bare.add(Role.EVENTS, email=EMAIL, factor=True)
    async with bare.stranger() as browser:
        await give_password(browser)
        half_way = browser.client.cookies[COOKIE]
    for number in range(MOST_BY_ACCOUNT):
        async with bare.stranger(f"198.51.100.{number}") as browser:
            browser.client.cookies.set(COOKIE, half_way)
            answer = await browser.post("/connexion/code", code="000000")
    assert answer.status_code == 429
    async with bare.stranger("192.0.2.200") as browser:
        browser.client.cookies.set(COOKIE, half_way)
        assert (await browser.post("/connexion/code", code=bare.code())).status_code == 429


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 303), (30, 303), (60, 401)])
async def test_a_clock_may_go_wrong_by_half_a_minute(bare: World, seconds: int, status: int):
    await bare.add(Role.EVENTS, email=EMAIL, factor=True)
    bare.clock.forward(seconds=seconds)
    code = bare.code()
    bare.clock.forward(seconds=-seconds)
    async with bare.stranger() as browser:
        await give_password(browser)
        assert (await browser.post("/connexion/code", code=code)).status_code == status


async def test_an_older_code_is_worth_nothing_after_a_newer_one(bare: World):
    await bare.add(Role.EVENTS, email=EMAIL, factor=True)
    older = bare.code()
    bare.clock.forward(seconds=30)
    for code, status in ((bare.code(), 303), (older, 401)):
        async with bare.stranger() as browser:
            await give_password(browser)
            assert (await browser.post("/connexion/code", code=code)).status_code == status
