"""Pages stay small where thousands wait, and nothing is out of reach."""

import re
from html import unescape

from sqlalchemy import Connection, insert, select

from referral_directory.life_tables import EntryEdit
from referral_directory.models import Organization
from storage.actors import Role
from tests.staff_console.world import NOW, World

MANY = 150
LIGHT = 60_000


async def let_many_wait(world: World) -> None:
    def put(connection: Connection) -> None:
        slug = connection.execute(select(Organization.slug)).scalars().first()
        for number in range(MANY):
            row = {
                "subject": "organization",
                "slug": slug,
                "base_version": 1,
                "state": "open",
                "origin": "import",
                "publishes": False,
                "before": {"name_fr": "Avant"},
                "after": {"name_fr": f"Après {number}"},
                "proposed_by": "import@example.org",
                "proposed_at": NOW,
            }
            connection.execute(insert(EntryEdit).values(**row))

    await world.store.write(put)


async def test_a_large_import_waits_on_small_pages_and_every_change_can_be_seen(world: World):
    await let_many_wait(world)
    async with world.browser(Role.APPROVER) as browser:
        assert f"<b>{MANY}</b> propositions à valider" in (await browser.get("/")).text
        page = (await browser.get("/validations")).text
        assert f"1 à 20 sur {MANY}" in page
        assert f"Valider les {MANY} ensemble" in page
        seen = set(re.findall(r"Après (\d+)", page))
        while following := re.search(r'href="(\?import=[^"]+)"', page):
            page = (await browser.get("/validations" + unescape(following.group(1)))).text
            assert len(page) < LIGHT
            seen |= set(re.findall(r"Après (\d+)", page))
        assert len(seen) == MANY
        assert (await browser.get("/validations?import=hier")).status_code == 200
        none = await browser.get("/validations?import=2020-01-01T00:00:00%2B00:00")
        assert none.status_code == 404
