"""Gatherings, registrations and the door, as staff work with them."""

import html
import re
from html import unescape

import pytest

from event_registration.schemas import Gathering
from event_registration.vocabulary import RegistrationState as State
from guidance.training import TrainingRequest
from staff_console.events import Events
from staff_console.rendering import open_templates
from storage.actors import Actor, NotAllowedError, Role
from tests.event_registration.people import STAFF, People, a_gathering
from tests.staff_console.world import World

TIMES = {
    "starts_at": "2027-03-08T09:00",
    "ends_at": "2027-03-08T17:00",
    "opens_at": "2027-02-01T08:00",
    "closes_at": "2027-03-01T18:00",
    "correct_until": "2027-03-03T18:00",
}
FORM = {
    "code": "JIF27",
    "kind": "jif",
    "name_fr": "Journée internationale de la femme",
    "venue_fr": "Palais de la culture, Bamako",
    "capacity": "10",
    "most_delegates": "5",
    "needs_approval": "oui",
    **TIMES,
}


@pytest.fixture
async def gathering(world: World) -> Gathering:
    new = a_gathering(needs_approval=True)
    now = world.clock.now()
    added = await world.store.write(world.desk.gatherings.add, new, actor=STAFF, now=now)
    await world.store.write(world.desk.gatherings.publish, added.id, actor=STAFF, now=now)
    return added


@pytest.fixture
def people(world: World, gathering: Gathering) -> People:
    return People(world.store, world.desk, gathering)


async def test_a_gathering_is_entered_published_moved_copied_and_called_off(world: World):
    async with world.browser(Role.EVENTS) as browser:
        added = await browser.post("/rencontres/nouvelle", **FORM)
        here = added.headers["location"]
        assert "Brouillon" in (await browser.get(here)).text
        await browser.post(here, do="publish")
        form = await browser.get(f"{here}/modifier")
        seen = re.search(r'name="seen" value="(\w+)"', form.text)
        assert seen is not None
        changed = {**FORM, "venue_fr": "Stade, Kayes", "seen": seen.group(1)}
        assert (await browser.post(f"{here}/modifier", **changed)).status_code == 303
        assert "Stade, Kayes" in (await browser.get(here)).text
        stale = await browser.post(f"{here}/modifier", **changed | {"capacity": "20"})
        assert stale.status_code == 409
        assert "entre-temps (le lieu)." in stale.text
        copied = await browser.post(here, do="copy", code="JIF28", starts_at="2028-03-08T09:00")
        assert "JIF28" in (await browser.get(copied.headers["location"])).text
        assert (await browser.post(here, do="cancel")).status_code == 422
        await browser.post(here, do="cancel", sure="oui")
        assert "Annulée" in (await browser.get(here)).text
    tags = await world.tags()
    for tag in ("added", "published", "changed", "cancelled"):
        assert f"gathering:{tag}" in tags


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}"(?: type="[^"]*")? value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found.group(1))


async def test_a_mistake_does_not_hide_what_another_saved(world: World, gathering: Gathering):
    here = f"/rencontres/{gathering.id}/modifier"
    async with world.browser(Role.EVENTS) as browser:
        page = (await browser.get(here)).text
        form = {name: field(page, f"was.{name}") for name in re.findall(r'name="was\.(\w+)"', page)}
        seen = field(page, "seen")
        assert (await browser.post(here, **form, seen=seen)).status_code == 303
        await browser.post(here, **{**form, "venue_fr": "Stade, Kayes", "seen": seen})
        wrong = await browser.post(here, **{**form, "capacity": "beaucoup", "seen": seen})
        assert wrong.status_code == 422
        assert field(wrong.text, "seen") == seen


async def test_what_was_typed_stays_after_a_mistake(world: World):
    async with world.browser(Role.EVENTS) as browser:
        answer = await browser.post("/rencontres/nouvelle", **FORM | {"capacity": "beaucoup"})
        assert answer.status_code == 422
        assert "Un nombre est attendu." in answer.text
        assert 'value="Palais de la culture, Bamako"' in answer.text


async def test_registrations_are_approved_refused_and_merged(
    world: World, gathering: Gathering, people: People
):
    for number in (1, 2):
        await people.register(number)
    await people.register(3, organization="Association Benkadi numéro 1", although_similar=True)
    async with world.browser(Role.EVENTS) as browser:
        page = await browser.get(f"/rencontres/{gathering.id}/inscriptions")
        assert page.text.count("à examiner") >= 3
        await browser.post("/inscriptions/1", do="approve")
        await browser.post("/inscriptions/2", do="refuse", reason="Dossier incomplet")
        assert "Dossier incomplet" in (await browser.get("/inscriptions/2")).text
        twins = await browser.get(f"/rencontres/{gathering.id}/doublons")
        assert "Garder la première" in twins.text
        merged = await browser.post("/inscriptions/3", do="merge", into="1")
        assert merged.headers["location"] == "/inscriptions/1"
    assert await people.state_of(1) is State.CONFIRMED
    assert await people.state_of(2) is State.REFUSED
    assert await people.state_of(3) is State.MERGED
    assert {"registrations:listed", "registration:read"} <= set(await world.tags())


async def test_a_delegation_enters_once_with_its_code(
    world: World, gathering: Gathering, people: People
):
    one = await people.register(1, women=2, men=1)
    door = f"/rencontres/{gathering.id}/accueil"
    async with world.browser(Role.EVENTS) as browser:
        early = await browser.post(door, code=one.code)
        assert "Pas confirmée" in early.text
        await browser.post("/inscriptions/1", do="approve")
        found = await browser.post(door, code=one.code.replace("-", " ").lower())
        assert "Benkadi" in found.text
        assert (await browser.post(door, code=one.code[:-1] + "2")).status_code == 422
        entered = await browser.post(door, code=one.code, do="enter", people="2")
        assert entered.status_code == 303
        again = await browser.post(door, code=one.code, do="enter", people="2")
        assert again.status_code == 422
        assert "déjà entrée" in again.text
        await browser.post("/inscriptions/1", do="undo")
    seen = await world.store.read(world.desk.registrations.get, 1)
    assert seen.checked_in_at is None


async def test_s37_an_export_needs_a_reason_and_leaves_it_in_the_log(
    world: World, gathering: Gathering, people: People
):
    await people.register(1, organization="=2+5")
    path = f"/rencontres/{gathering.id}/export"
    async with world.browser(Role.EVENTS) as browser:
        assert (await browser.post(path, form="csv", reason=" ")).status_code == 422
        answer = await browser.post(path, form="csv", reason="Badges pour l'accueil")
        assert "'=2+5" in answer.text
        assert "JIF27.csv" in answer.headers["content-disposition"]
        printed = await browser.post(f"/rencontres/{gathering.id}/liste")
        assert printed.content.startswith(b"%PDF")
    noted = [each for each in await world.audit() if each.tag == "registrations:exported"]
    assert [each.note for each in noted] == ["Badges pour l'accueil"]


async def test_what_organisations_write_stays_words(world: World, people: People):
    evil = "<script>alert(1)</script>"
    await people.register(1, contact_role=evil)
    async with world.browser(Role.EVENTS) as browser:
        page = (await browser.get("/inscriptions/1")).text
    assert evil not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.APPROVER])
def test_the_service_itself_lets_the_role_of_events_alone_through(world: World, role: Role):
    with pytest.raises(NotAllowedError):
        Events(world.desk, Actor("x@example.org", frozenset({role})), world.clock.now())


async def test_requests_for_training_are_read_with_a_note_in_the_log(world: World):
    request = TrainingRequest("quota", "segou", 5, 12, "2027-04", "Benkadi, 76 12 34 56")
    now, desk = world.clock.now(), world.console.training
    code = await world.store.write(desk.draft, request, now)
    async with world.browser(Role.EVENTS) as browser:
        assert "Benkadi" not in (await browser.get("/formations")).text
        await world.store.write(desk.ask, code, now)
        assert "Benkadi, 76 12 34 56" in (await browser.get("/formations")).text
    assert "training:listed" in await world.tags()


async def test_focal_points_are_replaced_whole_or_not_at_all(world: World):
    columns = "network,region,section,duty,channel,name,consent_on,name_anywhere"
    good = f"{columns}\ngender,segou,DRPFEF,Point focal genre,Bureau de Ségou,,,"
    async with world.browser(Role.EVENTS) as browser:
        first = field((await browser.get("/points-focaux")).text, "seen")
        sent = await browser.post("/points-focaux", rows=good, seen=first)
        assert sent.status_code == 303
        bad = good + "\nwomen,segou,X,Y,Z,Awa Sans Accord,,"
        seen = field((await browser.get("/points-focaux")).text, "seen")
        refused = await browser.post("/points-focaux", rows=bad, seen=seen)
        assert refused.status_code == 422
        assert "Ligne 3" in refused.text
        assert "Awa Sans Accord" in refused.text
        late = await browser.post("/points-focaux", rows=columns, seen=first)
        assert late.status_code == 409
        assert "Bureau de Ségou" in late.text
        page = (await browser.get("/points-focaux")).text
        assert "genre,Ségou,DRPFEF,Point focal genre,Bureau de Ségou,,," in page
        assert "Awa" not in page
        # What the page shows may come back as it is, and with more lines in French.
        shown = html.unescape(field_area(page, "rows"))
        more = shown + "Femmes,Mopti,CAFO,Présidente,Bureau de Mopti,Awa Traoré,3 mars 2026,oui\n"
        assert (
            await browser.post("/points-focaux", rows=more, seen=field(page, "seen"))
        ).is_redirect
        page = (await browser.get("/points-focaux")).text
        assert "femmes,Mopti,CAFO,Présidente,Bureau de Mopti,Awa Traoré,3 mars 2026,oui" in page
    assert "focal_points:replaced" in await world.tags()


def field_area(page: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None, name
    return found.group(1)


@pytest.mark.parametrize(
    ("number", "read"),
    [(0, "0 personne handicapée"), (1, "1 personne handicapée"), (2, "2 personnes handicapées")],
)
def test_a_number_and_its_words_agree(number: int, read: str):
    template = open_templates().from_string("{{ number|counted('personne handicapée') }}")
    assert template.render(number=number) == read
