"""Other words of a confirmed entry come in with a file, and live with a second person."""

import csv
import io
import re

from sqlalchemy import Connection, select

from referral_directory.models import Service
from referral_directory.verification import verify
from storage.actors import Role
from tests.referral_directory.files import ORGANIZATION, SERVICE, as_csv
from tests.staff_console.test_imports import looked_at, preview
from tests.staff_console.world import Browser, World

NEW = "On écoute, sans rien demander."


def confirm(connection: Connection, world: World) -> None:
    now = world.clock.now()
    verify(connection, "osc-mopti", by="A", on=now.date(), now=now)


async def brought_in(browser: Browser) -> None:
    """Send back the exported directory with other words for one confirmed service."""
    out = (await browser.post("/export", form="csv", reason="essai")).content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["slug"] == "osc-mopti"]
    assert len(rows) == 1
    text = as_csv([row | {"name_fr": NEW} for row in rows])
    looked = await looked_at(browser, text.encode())
    assert "1 changement de ce que le public lit" in looked.text
    agreed = await preview(browser, text)
    written = await browser.post("/import/ecrire", **agreed)
    assert written.status_code == 303
    assert (
        "Dont 1 à valider par une autre personne"
        in (await browser.get(written.headers["location"])).text
    )


async def name_of(world: World) -> str:
    def read(connection: Connection) -> str:
        named = select(Service.name_fr).where(Service.slug == "osc-mopti")
        return str(connection.execute(named).scalar_one())

    return await world.store.read(read)


async def test_a_second_person_approves_what_an_import_shows(world: World):
    await world.store.write(confirm, world)
    before = await name_of(world)
    async with world.browser(Role.APPROVER) as one, world.browser(Role.APPROVER) as other:
        await brought_in(one)
        assert await name_of(world) == before
        own = (await one.get("/validations")).text
        assert "Une autre personne valide cet import" in own
        page = (await other.get("/validations")).text
        assert "sans rien demander" in page
        found = re.search(r'name="at" value="([^"]+)"', page)
        assert found is not None
        at = found.group(1)
        assert (await one.post("/validations", at=at)).status_code == 422
        assert await name_of(world) == before
        assert (await other.post("/validations", at="hier")).status_code == 404
        assert (await other.post("/validations", at=at)).status_code == 303
        assert "sans rien demander" in await name_of(world)
        assert "Rien n'attend" in (await other.get("/validations")).text


async def test_an_editor_cannot_approve_an_import(world: World):
    await world.store.write(confirm, world)
    async with world.browser(Role.APPROVER) as one, world.browser(Role.EDITOR) as editor:
        await brought_in(one)
        found = re.search(r'datetime="([^"]+)"', (await editor.get("/validations")).text)
        assert found is None
        at = world.clock.now().isoformat()
        assert (await editor.post("/validations", at=at)).status_code in {403, 422}


async def test_a_second_person_publishes_a_public_structure_that_came_with_a_file(world: World):
    structure = SERVICE | {"kind": "public_structure", "place": "", "areas": "mali", "mark": "C"}
    async with world.browser(Role.APPROVER) as one, world.browser(Role.APPROVER) as other:
        agreed = await preview(one, as_csv([ORGANIZATION, structure]))
        assert (await one.post("/import/ecrire", **agreed)).status_code == 303
        assert await status_of(world, "ecoute-neuve") == "in_review"
        page = (await other.get("/validations")).text
        assert "publication" in page
        assert "On écoute" in page
        found = re.search(r'name="at" value="([^"]+)"', page)
        assert found is not None
        assert (await one.post("/validations", at=found.group(1))).status_code == 422
        assert await status_of(world, "ecoute-neuve") == "in_review"
        assert (await other.post("/validations", at=found.group(1))).status_code == 303
    assert await status_of(world, "ecoute-neuve") == "published"


async def status_of(world: World, slug: str) -> str:
    def read(connection: Connection) -> str:
        return str(
            connection.execute(select(Service.status).where(Service.slug == slug)).scalar_one()
        )

    return await world.store.read(read)
