"""Two people and one form: the second saver reads what changed and by whom, and loses nothing."""

import asyncio
import re
from dataclasses import replace
from html import unescape

import httpx
import pytest
from sqlalchemy import Connection

from event_registration.schemas import Gathering
from referral_directory.confidential import Whereabouts, write_whereabouts
from referral_directory.loading import load_starter
from referral_directory.versions import version_of
from staff_console.accounts import Account
from staff_console.events import Events, fingerprint
from staff_console.focal_points import (
    HEADINGS,
    read_focal_points,
    replace_focal_points,
    seen_of,
)
from storage.actors import Actor, Role
from storage.keys import Keyring
from storage.store import open_store
from tests.event_registration.people import STAFF, a_gathering
from tests.staff_console.sights import (
    APPROVER,
    HIDDEN_ADDRESS,
    move_refuge,
    put_entries,
    put_shelter,
    relabel,
)
from tests.staff_console.world import World

ENTRY = "/annuaire/phone/tel-17"
REFUGE = "/annuaire/service/refuge-essai/lieu"
OTHER_ADDRESS = "sous le manguier bleu"
BOSS = Role.ADMINISTRATOR
_CELL = re.compile(r"<t([hd])[^>]*>(.*?)</t\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
UNTOUCHED = "pas touché"


def differences(page: httpx.Response) -> dict[str, tuple[str, str, str]]:
    """Return what the page says changed: label -> before, theirs, mine."""
    body = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [
        [unescape(_TAG.sub("", cell)).strip() for _, cell in _CELL.findall(row)]
        for row in body.split("</tr>")
        if "<th" in row
    ]
    return {name: (before, theirs, mine) for name, before, theirs, mine in rows}


def form_of(page: httpx.Response) -> dict[str, str]:
    """Return what a browser would send of the page's form with its first `version` or `seen`."""
    inputs = re.findall(
        r'<input (?:id="[^"]*" )?(?:type="\w+" )?name="([\w.-]+)"(?: type="[\w-]+")? '
        r'value="([^"]*)"',
        page.text,
    )
    areas = re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', page.text)
    chosen = re.findall(
        r'<select [^>]*name="(\w+)"[^>]*>(?:(?!</select>).)*?<option value="([^"]*)" selected',
        page.text,
        re.DOTALL,
    )
    fields = {name: unescape(value) for name, value in [*inputs, *areas, *chosen]}
    return {name: value for name, value in fields.items() if name != "csrf"}


@pytest.fixture
async def gathering(world: World) -> Gathering:
    new, now = a_gathering(needs_approval=True), world.clock.now()
    return await world.store.write(world.desk.gatherings.add, new, actor=STAFF, now=now)


async def test_an_entry_shows_before_theirs_and_mine_and_who_it_was(world: World):
    async with world.browser(Role.EDITOR) as editor:
        form = form_of(await editor.get(f"{ENTRY}/modifier"))
        await world.store.write(relabel, world, "Tout autre")
        mine = form | {"label_bm": "Polisi", "note": "à moi"}
        stale = await editor.post(f"{ENTRY}/modifier", **mine)
        assert stale.status_code == 409
        assert APPROVER.name in stale.text
        changed = differences(stale)["Libellé en français"]
        assert changed == (form["label_fr"], "Tout autre", UNTOUCHED)
        again = form_of(stale)
        assert again["label_fr"] == "Tout autre"
        assert (again["label_bm"], again["note"]) == ("Polisi", "à moi")
        assert again["version"] != form["version"]
        assert (await editor.post(f"{ENTRY}/modifier", **again)).status_code == 303


async def test_where_both_wrote_ones_own_text_stands_in_the_field(world: World):
    async with world.browser(Role.EDITOR) as editor:
        form = form_of(await editor.get(f"{ENTRY}/modifier"))
        await world.store.write(relabel, world, "Tout autre")
        stale = await editor.post(f"{ENTRY}/modifier", **form | {"label_fr": "Le mien"})
        before, theirs, mine = differences(stale)["Libellé en français"]
        assert (before, theirs) == (form["label_fr"], "Tout autre")
        assert mine.startswith("Le mien")
        assert "Vous y avez écrit aussi" in mine
        assert form_of(stale)["label_fr"] == "Le mien"


async def test_an_entry_saved_between_reading_and_writing_is_told_at_once(world: World):
    raced, racing = world.raced()
    async with raced.browser(Role.EDITOR) as editor:
        form = form_of(await editor.get(f"{ENTRY}/modifier"))
        racing.first = lambda connection: relabel(connection, world, "Tout autre")
        stale = await editor.post(f"{ENTRY}/modifier", **form | {"note": "à moi"})
        assert stale.status_code == 409
        assert differences(stale)["Libellé en français"][1:] == ("Tout autre", UNTOUCHED)
        again = form_of(stale)
        assert (again["label_fr"], again["note"]) == ("Tout autre", "à moi")
        assert (await editor.post(f"{ENTRY}/modifier", **again)).status_code == 303


async def test_a_gathering_shows_before_theirs_and_mine_and_who_it_was(
    world: World, gathering: Gathering
):
    """Two have the form open: one moves the gathering, the other changes the number of places."""
    here = f"/rencontres/{gathering.id}/modifier"
    async with (
        world.browser(Role.EVENTS, email="premiere@example.org") as first,
        world.browser(Role.EVENTS) as second,
    ):
        form = form_of(await second.get(here)) | {"needs_approval": "oui"}
        moved = form | {"venue_fr": "Stade, Kayes", "most_delegates": "7"}
        assert (await first.post(here, **moved)).status_code == 303

        stale = await second.post(here, **form | {"capacity": "55", "most_delegates": "9"})
        assert stale.status_code == 409
        assert "premiere@example.org" in stale.text
        told = differences(stale)
        assert told["Lieu en français"] == (form["venue_fr"], "Stade, Kayes", UNTOUCHED)
        before, theirs, mine = told["Personnes par organisation"]
        assert (before, theirs, mine[:1]) == (form["most_delegates"], "7", "9")
        again = form_of(stale) | {"needs_approval": "oui"}
        assert (again["venue_fr"], again["capacity"]) == ("Stade, Kayes", "55")
        assert (await second.post(here, **again)).status_code == 303
    now = await world.store.read(world.desk.gatherings.get, gathering.id)
    assert (now.venue.fr, now.capacity, now.most_delegates) == ("Stade, Kayes", 55, 9)


async def test_a_gathering_saved_between_reading_and_writing_is_told_at_once(
    world: World, gathering: Gathering
):
    raced, racing = world.raced()
    here = f"/rencontres/{gathering.id}/modifier"
    async with raced.browser(Role.EVENTS) as second:
        form = form_of(await second.get(here)) | {"needs_approval": "oui"}

        def enlarge(connection: Connection) -> None:
            world.desk.gatherings.resize(
                connection, gathering.id, 77, actor="autre@example.org", now=world.clock.now()
            )

        racing.first = enlarge
        stale = await second.post(here, **form | {"venue_fr": "Stade, Kayes"})
        assert stale.status_code == 409
        assert "autre@example.org" in stale.text
        assert differences(stale)["Places"] == (form["capacity"], "77", UNTOUCHED)
        again = form_of(stale) | {"needs_approval": "oui"}
        assert (again["venue_fr"], again["capacity"]) == ("Stade, Kayes", "77")
        assert (await second.post(here, **again)).status_code == 303


async def test_of_an_account_the_second_reads_which_roles_and_who(bare: World):
    number = await bare.add(Role.READER)
    path = f"/comptes/{number}"
    async with (
        bare.browser(BOSS, email="premiere@example.org") as one,
        bare.browser(BOSS) as other,
    ):
        form = form_of(await other.get(path))
        first = await one.post(path, **form, do="roles", roles=["reader", "editor"])
        assert first.status_code == 303
        second = await other.post(path, **form, do="roles", roles=["reader", "events"])
        assert second.status_code == 409
        assert "premiere@example.org" in second.text
        assert differences(second) == {"Rôle Saisie": ("non", "oui", UNTOUCHED)}
        ticked = re.findall(r'name="roles" value="(\w+)" checked', second.text)
        assert ticked == ["reader", "editor", "events"]
        again = await other.post(path, **form_of(second), do="roles", roles=ticked)
        assert again.status_code == 303


async def test_of_an_account_that_was_closed_meanwhile_nobody_is_misled(bare: World):
    number = await bare.add(Role.READER)
    raced, racing = bare.raced()
    path = f"/comptes/{number}"
    boss = Actor("premiere@example.org", frozenset({BOSS}))

    def close(connection: Connection) -> None:
        accounts, now = bare.door.accounts, bare.clock.now()
        accounts.set_active(connection, boss, number, is_active=False, version=1, now=now)

    async with raced.browser(BOSS) as other:
        form = form_of(await other.get(path))
        racing.first = close
        stale = await other.post(path, **form, do="roles", roles=["editor"])
        assert stale.status_code == 409
        assert boss.name in stale.text
        assert differences(stale) == {"Compte actif": ("oui", "non", UNTOUCHED)}
        assert "Réactiver" in stale.text
    account: Account = await bare.store.read(bare.door.accounts.get, boss, number)
    assert account.roles == {Role.READER}


async def test_s37_the_whereabouts_another_wrote_are_shown_to_approvers_and_on_record(world: World):
    await put_entries(world)
    raced, racing = world.raced()
    async with raced.browser(Role.APPROVER, email="moi@example.org") as approver:
        form = form_of(await approver.get(REFUGE))
        readings = [each for each in await world.audit() if each.tag == "service:read_restricted"]
        racing.first = lambda connection: move_refuge(connection, world, OTHER_ADDRESS)
        stale = await approver.post(REFUGE, **form | {"note": "la clé chez Awa"})
        assert stale.status_code == 409
        assert APPROVER.name in stale.text
        told = differences(stale)
        assert told == {"Adresse": (HIDDEN_ADDRESS, OTHER_ADDRESS, UNTOUCHED)}
        again = form_of(stale)
        assert (again["address"], again["note"]) == (OTHER_ADDRESS, "la clé chez Awa")
        after = [each for each in await world.audit() if each.tag == "service:read_restricted"]
        assert len(after) == len(readings) + 1
        assert after[-1].actor == "moi@example.org"
        assert (await approver.post(REFUGE, **again)).status_code == 303
    log = str(await world.audit())
    for kept_back in (HIDDEN_ADDRESS, OTHER_ADDRESS, "la clé"):
        assert kept_back not in log


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.EVENTS])
async def test_s37_no_other_role_gets_the_conflict_of_whereabouts_to_see(world: World, role: Role):
    await put_entries(world)
    async with world.browser(role) as browser:
        refused = await browser.post(REFUGE, version="1", address="ailleurs")
        assert refused.status_code == 403
        assert HIDDEN_ADDRESS not in refused.text


HEAD = ",".join(HEADINGS.values())
SEGOU = "genre,Ségou,DRPFEF,Point focal,Bureau de Ségou,,,"
MOPTI = "genre,Mopti,DRPFEF,Point focal,Bureau de Mopti,,,"
KAYES = "genre,Kayes,DRPFEF,Point focal,Bureau de Kayes,,,"
GAO = "femmes,Gao,CAFO,Présidente,Bureau de Gao,,,"
FOCAL = "/points-focaux"


def listed(*lines: str) -> str:
    return "\n".join([HEAD, *lines, ""])


async def test_focal_points_are_put_together_line_by_line(world: World):
    async with (
        world.browser(Role.EVENTS, email="premiere@example.org") as first,
        world.browser(Role.EVENTS) as second,
    ):
        empty = form_of(await first.get(FOCAL))
        await first.post(FOCAL, **empty | {"rows": listed(SEGOU, MOPTI, KAYES)})
        form = form_of(await second.get(FOCAL))
        moved = MOPTI.replace("Bureau de Mopti", "Guichet unique")
        saved = await first.post(FOCAL, **form | {"rows": listed(SEGOU, moved, GAO)})
        assert saved.status_code == 303

        mine = SEGOU.replace("Bureau de Ségou", "Mairie")
        stale = await second.post(FOCAL, **form | {"rows": listed(mine, MOPTI, KAYES)})
        assert stale.status_code == 409
        assert "premiere@example.org a remplacé la liste" in stale.text
        absent = "pas dans la liste"
        assert differences(stale) == {
            "Genre, Mopti, DRPFEF, Point focal": (MOPTI, moved, UNTOUCHED),
            "Femmes, Gao, CAFO, Présidente": (absent, GAO, UNTOUCHED),
            "Genre, Kayes, DRPFEF, Point focal": (KAYES, absent, UNTOUCHED),
        }
        again = form_of(stale)
        assert set(again["rows"].split("\n")) == set(listed(mine, moved, GAO).split("\n"))
        assert (await second.post(FOCAL, **again)).status_code == 303
        page = form_of(await second.get(FOCAL))
    assert set(page["rows"].split("\n")) == set(listed(mine, moved, GAO).split("\n"))


async def test_a_line_that_both_changed_stays_as_one_wrote_it_and_is_marked(world: World):
    async with world.browser(Role.EVENTS) as browser:
        await browser.post(FOCAL, **form_of(await browser.get(FOCAL)) | {"rows": listed(SEGOU)})
        form = form_of(await browser.get(FOCAL))
        theirs, mine = SEGOU.replace("Bureau", "Mairie"), SEGOU.replace("Bureau", "Préfecture")
        await browser.post(FOCAL, **form | {"rows": listed(theirs)})
        stale = await browser.post(FOCAL, **form | {"rows": listed(mine)})
        before, other, own = differences(stale)["Genre, Ségou, DRPFEF, Point focal"]
        assert (before, other) == (SEGOU, theirs)
        assert own.startswith(mine)
        assert "Vous y avez écrit aussi" in own
        assert form_of(stale)["rows"] == listed(mine)


async def test_of_two_who_write_whereabouts_at_the_same_moment_one_is_told(
    bare: World, migrated_url: str, keyring: Keyring
):
    """Two processes, each with connections of its own, as two consoles have them."""
    await bare.store.write(load_starter, now=bare.clock.now())
    await bare.store.write(put_shelter, bare.clock.now())
    version = await bare.store.read(version_of, "service", "refuge-essai")
    stores = [open_store(migrated_url, keyring) for _ in range(2)]

    def write(connection: Connection, address: str) -> None:
        write_whereabouts(
            connection,
            APPROVER,
            "refuge-essai",
            version=version,
            where=Whereabouts(place="bamako", address=address),
            now=bare.clock.now(),
        )

    jobs = (store.write(write, f"rue {at}") for at, store in enumerate(stores))
    ended = await asyncio.gather(*jobs, return_exceptions=True)
    for store in stores:
        await store.close()
    assert sorted(type(each).__name__ for each in ended) == ["EntryChangedError", "NoneType"]


async def test_of_two_who_change_a_gathering_at_the_same_moment_one_is_told(
    bare: World, migrated_url: str, keyring: Keyring
):
    now = bare.clock.now()
    new = a_gathering(needs_approval=True)
    added = await bare.store.write(bare.desk.gatherings.add, new, actor=STAFF, now=now)
    seen = fingerprint(added)
    stores = [open_store(migrated_url, keyring) for _ in range(2)]

    def change(connection: Connection, capacity: int) -> None:
        events = Events(bare.desk, Actor("x@example.org", frozenset({Role.EVENTS})), now)
        events.change(connection, added.id, replace(added, capacity=capacity), seen)

    jobs = (store.write(change, 50 + at) for at, store in enumerate(stores))
    ended = await asyncio.gather(*jobs, return_exceptions=True)
    for store in stores:
        await store.close()
    assert sorted(type(each).__name__ for each in ended) == ["ChangedMeanwhileError", "NoneType"]


async def test_of_two_who_replace_the_focal_points_at_the_same_moment_one_is_told(
    bare: World, migrated_url: str, keyring: Keyring
):
    await bare.store.write(load_starter, now=bare.clock.now())
    actor, now = Actor("x@example.org", frozenset({Role.EVENTS})), bare.clock.now()
    seen = seen_of(await bare.store.read(read_focal_points, actor))
    stores = [open_store(migrated_url, keyring) for _ in range(2)]
    jobs = (
        store.write(replace_focal_points, actor, [HEAD, line], seen, now)
        for store, line in zip(stores, (SEGOU, GAO), strict=True)
    )
    ended = await asyncio.gather(*jobs, return_exceptions=True)
    for store in stores:
        await store.close()
    assert sorted(type(each).__name__ for each in ended) == ["ChangedMeanwhileError", "int"]
