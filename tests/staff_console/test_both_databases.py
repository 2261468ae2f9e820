"""Every page opens on SQLite and on PostgreSQL, with something on it."""

from referral_directory.loading import load_starter
from storage.actors import Role
from tests.staff_console.sights import BOSS, furnish
from tests.staff_console.world import World


async def test_every_page_opens_with_something_on_it(bare: World):
    await bare.store.write(load_starter, now=bare.clock.now())
    # Who is signed in already is sent on from there.
    paths = [path for path in await furnish(bare) if path != "/connexion"]
    paths += ["/annuaire?nom=police&etat=published", "/annuaire?sorte=phone", "/journal?quoi=phone"]
    async with bare.browser(Role.ADMINISTRATOR, email=BOSS) as browser:
        found = {path: (await browser.get(path)).status_code for path in paths}
    assert {path: status for path, status in found.items() if status != 200} == {}
