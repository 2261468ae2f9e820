"""Entries, edits by two, the queue, refuges, the bin, as staff work with them."""

import re

from referral_directory.versions import version_of
from storage.actors import Role
from tests.staff_console.sights import HIDDEN_ADDRESS, propose_label, put_entries
from tests.staff_console.world import Browser, World

ENTRY = "/annuaire/phone/tel-17"
REFUGE = "/annuaire/service/refuge-essai"


def inputs_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input [^>]*?name="(\w+)" type="\w+" value="([^"]*)"', page))


async def fields_of(browser: Browser, path: str) -> dict[str, str]:
    page = (await browser.get(path)).text
    found = inputs_of(page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    return {**found, "version": version.group(1)}


async def number_of_edit(browser: Browser) -> str:
    found = re.search(r'"/validations/(\d+)"', (await browser.get("/validations")).text)
    assert found is not None
    return found.group(1)


async def test_s27_an_edit_waits_until_a_second_person_approves(world: World):
    new = {"label_fr": "Police secours du canari"}
    async with world.browser(Role.EDITOR) as editor, world.browser(Role.APPROVER) as approver:
        sent = {**await fields_of(editor, f"{ENTRY}/modifier"), **new}
        assert (await editor.post(f"{ENTRY}/modifier", **sent)).status_code == 303
        facts = (await editor.get(ENTRY)).text.partition("Propositions")[0]
        assert "canari" not in facts
        path = f"/validations/{await number_of_edit(approver)}"
        assert "Police secours du canari" in (await approver.get(path)).text
        assert (await editor.post(path, do="approve")).status_code == 403
        assert (await approver.post(path, do="approve")).status_code == 303
        assert "canari" in (await approver.get(ENTRY)).text.partition("Propositions")[0]
        assert (await approver.post(path, do="approve")).status_code == 422


async def test_nobody_approves_what_they_proposed_but_in_an_installation_of_one(world: World):
    async with world.browser(Role.APPROVER) as one:
        sent = await fields_of(one, f"{ENTRY}/modifier") | {"label_fr": "Autre libellé"}
        await one.post(f"{ENTRY}/modifier", **sent)
        path = f"/validations/{await number_of_edit(one)}"
        refused = await one.post(path, do="approve")
        assert refused.status_code == 422
        assert "Une autre personne" in refused.text
    alone = world.alone()
    async with alone.browser(Role.APPROVER, email="seule@example.org") as one:
        sent = await fields_of(one, f"{ENTRY}/modifier") | {"label_fr": "Encore un autre"}
        await one.post(f"{ENTRY}/modifier", **sent)
        paths = re.findall(r'"(/validations/\d+)"', (await one.get("/validations")).text)
        assert "une seule personne" in (await one.get(paths[-1])).text
        assert (await one.post(paths[-1], do="approve")).status_code == 303


async def test_a_mistake_does_not_hide_that_another_has_saved(world: World):
    async with world.browser(Role.EDITOR) as editor, world.browser(Role.APPROVER) as approver:
        old = await fields_of(editor, f"{ENTRY}/modifier")
        number = await world.store.write(propose_label, "Tout autre", world.clock.now())
        await approver.post(f"/validations/{number}", do="approve")
        wrong = await editor.post(f"{ENTRY}/modifier", **old | {"confirmed_on": "hier"})
        assert wrong.status_code == 422
        assert f'name="version" value="{old["version"]}"' in wrong.text


async def test_an_edit_is_refused_with_its_reason_and_withdrawn_by_its_author(world: World):
    now = world.clock.now()
    first = await world.store.write(propose_label, "Un", now)
    second = await world.store.write(propose_label, "Deux", now)
    async with (
        world.browser(Role.APPROVER) as approver,
        world.browser(Role.EDITOR, email="saisie@example.org") as author,
    ):
        assert (await approver.post(f"/validations/{first}", do="reject")).status_code == 422
        await approver.post(f"/validations/{first}", do="reject", reason="Pas de source")
        assert "Pas de source" in (await author.get(f"/validations/{first}")).text
        await author.post(f"/validations/{second}", do="withdraw")
        assert "retirée" in (await author.get(f"/validations/{second}")).text


async def test_s37_the_whereabouts_of_a_refuge_are_read_by_approvers_and_on_record(world: World):
    await put_entries(world)
    async with world.browser(Role.EDITOR) as editor, world.browser(Role.APPROVER) as approver:
        assert (await editor.get(f"{REFUGE}/lieu")).status_code == 403
        for path in ("/annuaire?nom=refuge", REFUGE, f"{REFUGE}/modifier", "/verification"):
            for browser in (editor, approver):
                page = await browser.get(path)
                assert page.status_code == 200, path
                assert HIDDEN_ADDRESS not in page.text, path
        assert "service:read_restricted" not in await world.tags()
        page = await approver.get(f"{REFUGE}/lieu")
        assert HIDDEN_ADDRESS in page.text
        assert (await world.tags())[-1] == "service:read_restricted"
        version = await world.store.read(version_of, "service", "refuge-essai")
        fields = {"place": "bamako", "address": "ailleurs", "version": str(version)}
        assert (await approver.post(f"{REFUGE}/lieu", **fields)).status_code == 303
        assert (await approver.post(f"{REFUGE}/lieu", **fields)).status_code == 409
    assert HIDDEN_ADDRESS not in str(await world.audit())


async def test_a_deleted_entry_is_brought_back(world: World):
    async with world.browser(Role.EDITOR) as editor:
        version = await world.store.read(version_of, "phone", "tel-17")
        await editor.post(f"{ENTRY}/faire", do="delete", version=str(version))
        assert (await editor.get(ENTRY)).status_code == 404
        assert "Reprendre" in (await editor.get("/corbeille")).text
        done = await editor.post("/corbeille", subject="phone", slug="tel-17")
        assert done.headers["location"] == ENTRY
        assert (await editor.get(ENTRY)).status_code == 200
    assert {"phone:deleted", "phone:restored"} <= set(await world.tags())


async def test_the_queue_goes_from_one_entry_to_the_next(world: World):
    await put_entries(world)
    async with world.browser(Role.EDITOR) as editor:
        page = (await editor.get("/verification")).text
        assert 'href="tel:' in page
        one = dict(re.findall(r'name="(subject|slug|version|apres)" value="([^"]*)"', page))
        later = (await editor.get(f"/verification?apres={one['subject']}:{one['slug']}")).text
        assert f'name="slug" value="{one["slug"]}"' not in later
        assert (await editor.post("/verification", **one, do="silent")).status_code == 303
        assert f'name="slug" value="{one["slug"]}"' not in (await editor.get("/verification")).text
        stale = await editor.post("/verification", **one | {"version": "999"}, do="right")
        assert stale.status_code == 409
        done = await editor.post("/verification", **one, do="right")
        assert done.status_code == 303
    assert "phone:verified" in await world.tags()


async def test_search_finds_by_name_and_wild_cards_are_only_signs(world: World):
    async with world.browser(Role.READER) as reader:
        assert "tel-17" in (await reader.get("/annuaire?nom=police")).text
        assert "Rien de tel." in (await reader.get("/annuaire?nom=%25%25")).text
        assert "Suite" in (await reader.get("/annuaire")).text


async def test_a_link_for_the_provider_opens_its_page_and_none_is_made_for_a_refuge(world: World):
    await put_entries(world)
    async with world.browser(Role.EDITOR) as editor, world.stranger() as provider:
        lines = (await editor.get("/annuaire?sorte=service&etat=published")).text
        slugs = re.findall(r'/annuaire/service/([a-z0-9-]+)"', lines)
        pages = {slug: (await editor.get(f"/annuaire/service/{slug}")).text for slug in slugs[:9]}
        slug = next(slug for slug, page in pages.items() if f"/{slug}/lien" in page)
        page = (await editor.post(f"/annuaire/service/{slug}/lien")).text
        found = re.search(r'http://console(/prestataire/[^<"]+)', page)
        assert found is not None
        assert (await provider.get(found.group(1))).status_code == 200
        assert (await editor.post(f"{REFUGE}/lien")).status_code == 422
