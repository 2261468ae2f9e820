"""A form that is refused comes back filled, with the reason beside the field to be mended."""

import re
from html import unescape

import httpx
import pytest

from event_registration.schemas import Gathering
from storage.actors import Role
from tests.event_registration.people import STAFF, People, a_gathering
from tests.staff_console.sights import propose_label, put_shelter
from tests.staff_console.world import World


@pytest.fixture
async def gathering(world: World) -> Gathering:
    new, now = a_gathering(needs_approval=True), world.clock.now()
    added = await world.store.write(world.desk.gatherings.add, new, actor=STAFF, now=now)
    await world.store.write(world.desk.gatherings.publish, added.id, actor=STAFF, now=now)
    return added


def check(page: httpx.Response, field: str, *typed: str) -> None:
    """Look that a form came back: what was typed, and the mistake beside its field."""
    assert page.status_code == 422, page.text[-500:]
    text = unescape(page.text)
    assert re.search(rf'role="alert".*?<a href="#{field}">', text)
    control = re.search(rf'<(?:input|textarea|select|fieldset)[^>]*\bid="{field}"[^>]*>', text)
    assert control is not None
    assert f'aria-describedby="{field}-erreur' in control[0]
    assert "autofocus" in control[0]
    assert text.count("autofocus") == 1
    assert re.search(rf'id="{field}-erreur">[^<]+<', text)
    for words in typed:
        assert words in text


async def test_where_a_refuge_is(world: World):
    await world.store.write(put_shelter, world.clock.now())
    here = "/annuaire/service/refuge-essai/lieu"
    async with world.browser(Role.APPROVER) as browser:
        page = await browser.get(here)
        version = re.search(r'name="version" value="(\d+)"', page.text)
        assert version is not None
        form = {"version": version[1], "place": "bamako", "address": "Rue du canari"}
        for field, wrong in (
            ("place", {"place": "nulle part"}),
            ("latitude", {"latitude": "nord", "longitude": "-8"}),
            ("longitude", {"latitude": "12.6"}),
            ("hours", {"hours": "quand il fait jour"}),
        ):
            sent = form | wrong
            check(await browser.post(here, **sent), field, "Rue du canari", *wrong.values())


async def test_an_invitation(world: World):
    async with world.browser(Role.ADMINISTRATOR) as browser:
        wrong = await browser.post("/comptes", email="pas une adresse", roles=["editor"])
        check(wrong, "email", 'value="pas une adresse"')
        assert re.search(r'value="editor" checked', wrong.text)
        check(await browser.post("/comptes", email="a@example.org"), "roles", "a@example.org")


async def test_a_gathering_is_copied_called_off_or_taken_along(world: World, gathering: Gathering):
    here = f"/rencontres/{gathering.id}"
    async with world.browser(Role.EVENTS) as browser:
        copied = await browser.post(here, do="copy", code="!", starts_at="2028-03-08T09:00")
        check(copied, "code", 'value="!"', 'value="2028-03-08T09:00"')
        copied = await browser.post(here, do="copy", code="JIF28", starts_at="demain")
        check(copied, "starts_at", 'value="JIF28"', 'value="demain"')
        check(await browser.post(here, do="cancel"), "sure")
        taken = await browser.post(f"{here}/export", reason="", form="xlsx")
        check(taken, "reason", '<option value="xlsx" selected>')
        # From the page of a refused file the other forms still go to the gathering.
        assert re.findall(r'<form method="post">', taken.text) == []


async def test_the_reason_of_a_refusal(world: World, gathering: Gathering):
    await People(world.store, world.desk, gathering).register(1)
    async with world.browser(Role.EVENTS) as browser:
        check(await browser.post("/inscriptions/1", do="refuse", reason=" "), "reason")
        long = "trop " * 400
        check(await browser.post("/inscriptions/1", do="refuse", reason=long), "reason", long[:200])


async def test_the_reason_why_a_proposal_is_turned_down(world: World):
    number = await world.store.write(propose_label, "Tout autre", world.clock.now())
    async with world.browser(Role.APPROVER) as browser:
        check(await browser.post(f"/validations/{number}", do="reject", reason=" "), "reason")
        late = await browser.post(f"/validations/{number}", do="reject", reason="déjà fait")
        assert late.status_code == 303
        again = await browser.post(f"/validations/{number}", do="reject", reason="encore")
        assert again.status_code == 422
        assert "déjà traitée" in again.text
