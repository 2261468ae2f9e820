"""Accounts: invited, given roles, deactivated, with an audit entry each."""

import re

import pytest
from sqlalchemy import select

from staff_console.models import staff_invitations
from storage.actors import Actor, NotAllowedError, Role
from storage.keys import Keyring
from tests.staff_console.world import PASSWORD, SECRET, World

BOSS = Role.ADMINISTRATOR


async def invite(boss, email: str = "neuve@example.org", roles: tuple[str, ...] = ("editor",)):
    page = await boss.post("/comptes", email=email, roles=list(roles))
    found = re.search(r"http://console(/invitation/[\w-]+)<", page.text)
    assert found is not None
    return found.group(1)


async def test_an_invitation_makes_one_account_and_is_used_up(bare: World):
    async with bare.browser(BOSS) as boss, bare.stranger() as new:
        link = await invite(boss)
        assert "neuve@example.org" in (await new.get(link)).text
        assert "neuve@example.org" in (await new.get(link)).text  # a preview uses nothing up
        done = await new.post(link, password=PASSWORD, again=PASSWORD)
        assert done.headers["location"] == "/"
        assert (await new.get("/")).status_code == 200
        assert (await new.get(link)).status_code == 404
        assert (await new.post(link, password=PASSWORD, again=PASSWORD)).status_code == 404
    assert {"invitation:added", "account:added"} <= set(await bare.tags())


async def test_an_invitation_ends_by_itself_and_can_be_taken_back(bare: World):
    async with bare.browser(BOSS) as boss, bare.stranger() as new:
        link = await invite(boss)
        second = await invite(boss, "autre@example.org")
        await boss.post("/comptes/retirer", email="autre@example.org")
        assert (await new.get(second)).status_code == 404
        bare.clock.forward(days=3)
        assert (await new.get(link)).status_code == 404


async def test_the_link_of_an_invitation_stands_nowhere_in_the_database(bare: World):
    async with bare.browser(BOSS) as boss:
        token = (await invite(boss)).rpartition("/")[2]
    rows = await bare.store.read(
        lambda connection: connection.execute(select(staff_invitations)).all()
    )
    assert rows
    assert token not in str(rows)


async def test_a_deactivated_account_is_out_at_once(bare: World):
    number = await bare.add(Role.READER, email="part@example.org")
    async with bare.browser(BOSS) as boss, bare.stranger() as leaving:
        fields = {"email": "part@example.org", "password": PASSWORD}
        await leaving.get("/connexion")
        await leaving.post("/connexion", **fields)
        assert (await leaving.get("/")).status_code == 200
        done = await boss.post(f"/comptes/{number}", do="off", version="1")
        assert done.status_code == 303
        assert (await leaving.get("/")).status_code == 303
        assert (await leaving.post("/connexion", **fields)).status_code == 401
    assert "account:deactivated" in await bare.tags()


async def test_nobody_changes_the_own_account_and_somebody_must_administer(bare: World):
    async with bare.browser(BOSS, email="seule@example.org") as boss:
        page = await boss.get("/comptes")
        own = re.search(r'/comptes/(\d+)"', page.text)
        assert own is not None
        refused = await boss.post(f"/comptes/{own.group(1)}", do="off", version="1")
        assert refused.status_code == 422


async def test_a_lost_phone_is_forgotten_by_a_colleague(bare: World):
    number = await bare.add(Role.EVENTS, email="perdu@example.org", factor=True)
    async with bare.browser(BOSS) as boss, bare.stranger() as browser:
        await boss.post(f"/comptes/{number}", do="factor", version="1")
        await browser.get("/connexion")
        fields = {"email": "perdu@example.org", "password": PASSWORD}
        answer = await browser.post("/connexion", **fields)
        assert answer.headers["location"] == "/compte/second-facteur"


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMINISTRATOR])
async def test_the_service_itself_lets_administrators_alone_through(bare: World, role: Role):
    actor = Actor("x@example.org", frozenset({role}))
    accounts = bare.door.accounts
    with pytest.raises(NotAllowedError):
        await bare.store.read(accounts.all, actor)
    with pytest.raises(NotAllowedError):
        await bare.store.write(
            accounts.invite, actor, "a@example.org", [Role.READER], bare.clock.now()
        )


async def test_a_change_of_keys_keeps_the_second_factor(bare: World, migrated_url: str):
    await bare.add(Role.EVENTS, email="awa@example.org", factor=True)
    other = "Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"
    both = World(migrated_url, Keyring(other, previous="kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"))
    assert await both.store.write(both.door.accounts.rekey) == 1
    await both.store.close()
    after = World(migrated_url, Keyring(other))
    async with after.stranger() as browser:
        await browser.get("/connexion")
        await browser.post("/connexion", email="awa@example.org", password=PASSWORD)
        answer = await browser.post("/connexion/code", code=after.code(SECRET))
        assert answer.status_code == 303
    await after.store.close()
