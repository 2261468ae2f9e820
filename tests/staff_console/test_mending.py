"""Gaps and their map, entries to mend, templates, and a phone linked to an account."""

import re

import pytest

from referral_directory.gaps import find_gaps
from referral_directory.labels import VALUE_LABELS
from referral_directory.vocabulary import Need
from staff_console.mending import table_of
from staff_console.wording import WORDS
from storage.actors import Role
from storage.staff_links import StaffLinks
from tests.staff_console.test_imports import looked_at
from tests.staff_console.world import PASSWORD, World

CHAT = 7_123_456_789


def test_every_need_has_its_words():
    assert set(VALUE_LABELS[Need]) == set(Need) == set(WORDS["need"])


async def test_the_gaps_are_a_table_and_a_map(world: World):
    async with world.browser(Role.READER) as reader:
        assert "Cercle par cercle" in (await reader.get("/manques")).text
        drawn = await reader.get("/manques/carte.svg")
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert drawn.text.startswith("<svg")
        assert "style=" not in drawn.text


async def test_one_need_has_a_map_of_its_own_that_fits_a_phone(world: World):
    gaps = await world.store.read(find_gaps, world.clock.now())
    async with world.browser(Role.READER) as reader:
        page = (await reader.get("/manques?besoin=legal")).text
        assert "Manques : Droit" in page
        assert 'src="/manques/carte.svg?besoin=legal"' in page
        drawn = (await reader.get("/manques/carte.svg?besoin=legal")).text
        assert 'width="348"' in drawn
        assert drawn.count('<g class="') == len(gaps.rows) + 3  # each cercle, and the legend
        assert "Natural Earth" in drawn
        assert "GeoNames" in drawn
        assert ">Soins<" not in drawn
        all_needs = (await reader.get("/manques?besoin=rien")).text
        assert "<h1>Manques</h1>" in all_needs


@pytest.mark.parametrize("needs", [tuple(Need), (Need.LEGAL,)])
async def test_the_table_of_gaps_says_of_every_cercle_what_the_map_does(world: World, needs):
    gaps = await world.store.read(find_gaps, world.clock.now())
    lines = table_of(gaps, needs)
    told = {(each.region, name): each.missing for each in lines for name in each.cercles}
    assert told == {
        (row.region_name, row.name): tuple(need for need in row.missing if need in needs)
        for row in gaps.rows
    }
    assert len(lines) < len(gaps.rows)


async def test_each_flaw_leads_to_the_field_that_needs_mending(world: World):
    async with world.browser(Role.EDITOR) as editor:
        page = (await editor.get("/qualite")).text
        links = re.findall(r'href="(/annuaire/[^"#]+)#(\w+)"', page)
        assert links
        path, field = links[0]
        assert f'id="{field}"' in (await editor.get(path)).text


async def test_the_template_can_be_sent_back_as_it_is(world: World):
    async with world.browser(Role.EDITOR) as editor:
        template = await editor.get("/import/modele.xlsx")
        page = await looked_at(editor, template.content, "modele.xlsx")
        assert page.status_code == 200
        assert "ne changerait rien" in page.text


async def test_a_phone_is_linked_by_a_code_and_is_never_worth_more_than_its_account(world: World):
    links, store, now = StaffLinks(world.keyring), world.store, world.clock.now()
    number = await world.add(Role.EDITOR, email="tel@example.org", factor=True)
    async with world.browser(Role.ADMINISTRATOR) as boss, world.stranger() as staff:
        await staff.get("/connexion")
        await staff.post("/connexion", email="tel@example.org", password=PASSWORD)
        await staff.post("/connexion/code", code=world.code())
        shown = re.search(r"/lier (\w+)<", (await staff.post("/compte/telegram", do="link")).text)
        assert shown is not None
        linked = await store.write(links.link, shown.group(1), CHAT, now)
        assert linked is not None
        assert linked.may(Role.EDITOR)
        assert "1 téléphone lié" in (await staff.get("/compte")).text
        await boss.post(f"/comptes/{number}", do="roles", roles=["reader"], version="1")
        after = await store.read(links.actor_of, CHAT, now)
        assert after is not None
        assert not after.may(Role.EDITOR)
        await boss.post(f"/comptes/{number}", do="off", version="2")
        assert await store.read(links.actor_of, CHAT, now) is None
