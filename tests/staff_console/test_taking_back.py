"""What staff replaced or withdrew by mistake is taken back, for 30 days."""

from datetime import timedelta

from sqlalchemy import Connection

from storage.actors import Role
from storage.retention import purge
from tests.staff_console.test_two_at_once import FOCAL, GAO, SEGOU, form_of, listed
from tests.staff_console.world import World

ARTICLE = "/contenus/article/after_rape"
SIGNATURE = {"reviewed_by": "Mariam Koné", "reviewed_on": "2027-02-10", "do": "sign"}


async def test_a_replaced_list_of_focal_points_is_brought_back_and_so_is_the_other(world: World):
    async with world.browser(Role.EVENTS) as browser:
        await browser.post(FOCAL, **form_of(await browser.get(FOCAL)) | {"rows": listed(SEGOU)})
        await browser.post(FOCAL, **form_of(await browser.get(FOCAL)) | {"rows": listed(GAO)})
        page = form_of(await browser.get(FOCAL))
        back = {"do": "restore", "former": page["former"], "seen": page["seen"]}
        assert (await browser.post(FOCAL, **back)).status_code == 303
        page = form_of(await browser.get(FOCAL))
        assert page["rows"] == listed(SEGOU)
        await browser.post(FOCAL, do="restore", former=page["former"], seen=page["seen"])
        assert form_of(await browser.get(FOCAL))["rows"] == listed(GAO)
    assert "focal_points:restored" in await world.tags()


async def test_a_former_list_is_erased_at_once_or_after_30_days(world: World):
    async with world.browser(Role.EVENTS) as browser:
        for line in (SEGOU, GAO, SEGOU):
            page = form_of(await browser.get(FOCAL))
            await browser.post(FOCAL, **{**page, "rows": listed(line)})
        page = await browser.get(FOCAL)
        assert page.text.count("Remplacée le") == len((SEGOU, GAO))
        former = form_of(page)["former"]
        assert (await browser.post(FOCAL, do="erase", former=former)).status_code == 303
        assert (await browser.get(FOCAL)).text.count("Remplacée le") == 1

    def count(connection: Connection) -> int:
        return purge(connection, world.clock.now() + timedelta(days=31))["former_focal_points"]

    assert await world.store.write(count) == 1


async def test_a_withdrawn_signature_is_given_back_with_its_name_and_day(world: World):
    async with world.browser(Role.APPROVER) as browser:
        digest = form_of(await browser.get(ARTICLE))["digest"]
        signed = await browser.post(f"{ARTICLE}/signer", **SIGNATURE, digest=digest)
        assert signed.status_code == 303
        await browser.post(f"{ARTICLE}/signer", do="withdraw")
        page = await browser.get(ARTICLE)
        assert "Retirer la signature" not in page.text
        assert "Reprendre cette signature" in page.text
        await browser.post(f"{ARTICLE}/signer", do="restore")
        page = await browser.get(ARTICLE)
        assert "Mariam Koné, " in page.text
        assert "Retirer la signature" in page.text
        again = await browser.post(f"{ARTICLE}/signer", do="restore")
        assert again.status_code == 422
    assert (await world.tags())[-1] == "content:restored"


async def test_a_withdrawn_signature_goes_after_30_days(world: World):
    async with world.browser(Role.APPROVER) as browser:
        digest = form_of(await browser.get(ARTICLE))["digest"]
        await browser.post(f"{ARTICLE}/signer", **SIGNATURE, digest=digest)
        await browser.post(f"{ARTICLE}/signer", do="withdraw")

    def count(connection: Connection) -> int:
        return purge(connection, world.clock.now() + timedelta(days=31))["content_reviews"]

    assert await world.store.write(count) == 1
