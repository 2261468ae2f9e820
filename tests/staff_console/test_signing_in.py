"""Signing in: passwords, second factor, recovery codes, limits, sessions that end."""

import re

import pytest
from argon2 import PasswordHasher

from staff_console.attempts import MOST_BY_ADDRESS, MOST_BY_BOTH
from staff_console.passwords import Passwords
from staff_console.visit import COOKIE
from storage.actors import Role
from tests.staff_console.world import PASSWORD, Browser, World, csrf_of

EMAIL = "awa@example.org"


async def give_password(browser: Browser, password: str = PASSWORD, email: str = EMAIL):
    page = await browser.get("/connexion")
    fields = {"email": email, "password": password, "csrf": csrf_of(page)}
    return await browser.client.post("/connexion", data=fields)


async def test_a_reader_signs_in_with_address_and_password(bare: World):
    await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as browser:
        assert (await browser.get("/")).headers["location"] == "/connexion?suite=/"
        answer = await give_password(browser, email="  Awa@Example.org ")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert EMAIL in (await browser.get("/")).text
    assert (await bare.tags())[-1] == "account:signed_in"


async def test_a_wrong_password_and_an_unknown_address_are_told_apart_by_nothing(bare: World):
    await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as browser:
        wrong = await give_password(browser, "pas le bon mot de passe")
        unknown = await give_password(browser, email="personne@example.org")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("personne@example.org", "")


async def test_who_sees_personal_data_gives_a_code_as_well(bare: World):
    await bare.add(Role.EVENTS, email=EMAIL, factor=True)
    async with bare.stranger() as browser:
        assert (await give_password(browser)).headers["location"] == "/connexion/code"
        assert (await browser.get("/")).headers["location"] == "/connexion/code"
        wrong = await browser.post("/connexion/code", code="000000")
        assert wrong.status_code == 401
        before = browser.client.cookies[COOKIE]
        right = await browser.post("/connexion/code", code=bare.code())
        assert right.headers["location"] == "/"
        assert browser.client.cookies[COOKIE] != before
        assert (await browser.get("/")).status_code == 200


async def test_a_code_is_taken_once(bare: World):
    await bare.add(Role.EVENTS, email=EMAIL, factor=True)
    for status in (303, 401):
        async with bare.stranger() as browser:
            await give_password(browser)
            answer = await browser.post("/connexion/code", code=bare.code())
            assert answer.status_code == status


@pytest.mark.parametrize("role", [Role.APPROVER, Role.EVENTS, Role.ADMINISTRATOR])
async def test_without_a_second_factor_such_a_role_sees_nothing_but_its_setting_up(
    world: World, role: Role
):
    await world.add(role, email=EMAIL)
    async with world.stranger() as browser:
        assert (await give_password(browser)).headers["location"] == "/compte/second-facteur"
        assert (await browser.get("/")).headers["location"] == "/compte/second-facteur"
        page = await browser.get("/compte/second-facteur")
        shown = re.search(r'class="key">([A-Z2-7 ]+)<', page.text)
        assert shown is not None
        secret = shown.group(1).replace(" ", "")
        assert (await browser.get("/compte/second-facteur")).text.count("<svg") == 1
        done = await browser.post("/compte/second-facteur", code=world.code(secret))
        codes = re.findall(r"<code>([a-z2-9-]{19})</code>", done.text)
        assert len(set(codes)) == 10
        assert (await browser.get("/")).status_code == 200
    # A recovery code lets in once, in the place of the phone.
    for status in (303, 401):
        async with world.stranger() as browser:
            await give_password(browser)
            answer = await browser.post("/connexion/code", code=codes[3].upper())
            assert answer.status_code == status
    assert "account:recovery_code_used" in await world.tags()


async def test_a_role_given_later_asks_for_the_second_factor_from_the_next_page_on(bare: World):
    number = await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as browser, bare.browser(Role.ADMINISTRATOR) as boss:
        await give_password(browser)
        assert (await browser.get("/")).status_code == 200
        path = f"/comptes/{number}"
        done = await boss.post(path, do="roles", roles=["reader", "events"], version="1")
        assert done.status_code == 303
        assert (await browser.get("/")).headers["location"] == "/compte/second-facteur"


async def test_after_five_failures_even_the_right_password_waits(bare: World):
    await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as browser:
        for _ in range(MOST_BY_BOTH):
            assert (await give_password(browser, "faux, et encore faux")).status_code == 401
        barred = await give_password(browser)
        assert barred.status_code == 429
        assert "10:15" in barred.text
    async with bare.stranger("192.0.2.99") as elsewhere:
        assert (await give_password(elsewhere)).status_code == 303
    bare.clock.forward(minutes=16)
    async with bare.stranger() as browser:
        assert (await give_password(browser)).status_code == 303


async def test_one_network_address_can_not_try_many_accounts(bare: World):
    async with bare.stranger() as browser:
        statuses = [
            (await give_password(browser, email=f"nom{number}@example.org")).status_code
            for number in range(MOST_BY_ADDRESS + 1)
        ]
    assert statuses == [401] * MOST_BY_ADDRESS + [429]


async def test_s37_a_session_ends_after_an_hour_without_a_step(bare: World):
    async with bare.browser(Role.READER) as browser:
        for _ in range(3):
            bare.clock.forward(minutes=59)
            assert (await browser.get("/")).status_code == 200
        bare.clock.forward(minutes=61)
        assert (await browser.get("/")).headers["location"].startswith("/connexion")


async def test_s37_a_session_ends_after_twelve_hours_whatever_is_done(bare: World):
    async with bare.browser(Role.READER) as browser:
        for _ in range(15):
            bare.clock.forward(minutes=48)
            answer = await browser.get("/")
        assert answer.headers.get("location", "").startswith("/connexion")


async def test_signing_out_everywhere_ends_the_other_browser_too(bare: World):
    await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as one, bare.stranger() as other:
        await give_password(one)
        await give_password(other)
        await one.post("/deconnexion", partout="oui")
        for browser in (one, other):
            assert (await browser.get("/")).status_code == 303


async def test_a_new_password_ends_the_other_sessions(bare: World):
    await bare.add(Role.READER, email=EMAIL)
    new = "le baobab donne son ombre"
    async with bare.stranger() as one, bare.stranger() as other:
        await give_password(one)
        await give_password(other)
        fields = {"old": "pas celui-là du tout", "new": new, "again": new}
        assert (await one.post("/compte", **fields)).status_code == 401
        assert (await one.post("/compte", **fields | {"old": PASSWORD})).status_code == 303
        assert (await one.get("/")).status_code == 200
        assert (await other.get("/")).status_code == 303
        assert (await give_password(other, new)).status_code == 303
    assert "account:password_changed" in await bare.tags()


@pytest.mark.parametrize("password", ["court", "aaaaaaaaaaaaaaaa", "awa awa awa awa", "x" * 201])
async def test_a_password_that_can_be_guessed_is_refused(bare: World, password: str):
    await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as browser:
        await give_password(browser)
        fields = {"old": PASSWORD, "new": password, "again": password}
        assert (await browser.post("/compte", **fields)).status_code == 422


async def test_an_outdated_hash_is_renewed():
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    checked = await Passwords().check(old, PASSWORD)
    assert checked.is_right
    assert checked.renewed is not None
    assert (await Passwords().check(checked.renewed, PASSWORD)).renewed is None


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "x"])
async def test_signing_in_leads_to_no_other_site(bare: World, target: str):
    await bare.add(Role.READER, email=EMAIL)
    async with bare.stranger() as browser:
        await browser.get("/connexion")
        fields = {"email": EMAIL, "password": PASSWORD, "suite": target}
        assert (await browser.post("/connexion", **fields)).headers["location"] == "/"
