"""Work that takes long: how far it is, for whom, and that nobody else waits for it."""

import asyncio
import threading

from sqlalchemy import Connection

from referral_directory.import_progress import Progress, Stage, Watch
from storage.actors import Role
from tests.staff_console.test_imports import GOOD, looked_at, preview, waited
from tests.staff_console.world import NOW, World

AWA = "awa@example.org"
WRONG = (
    "record,slug,kind,name_fr,source,status,mark,action\n"
    "organization,essai-b,ngo,Essai B,visite,draft,U,\n"
    "organization,police-nationale,ngo,,,,,supprimer\n"
)


async def test_a_page_without_scripts_tells_how_far_it_is_and_loads_itself_again(world: World):
    ended = asyncio.Event()

    async def job(watch: Watch) -> object:
        watch.tell(Progress(Stage.WRITING, 500, 10_000))
        await ended.wait()
        return None

    work = world.console.works.start(AWA, "Écriture de liste.csv", job, NOW)
    path = f"/import/travail/{work.token}"
    async with world.browser(Role.APPROVER, email=AWA) as browser:
        await asyncio.sleep(0)
        page = await browser.get(path)
        assert "écriture : 500 sur 10000" in page.text
        assert '<noscript><meta http-equiv="refresh"' in page.text
        assert 'role="status"' in page.text
        state = (await browser.get(f"{path}/etat.json")).json()
        assert state == {"running": True, "label": "écriture : 500 sur 10000", "percent": 5}
    async with world.browser(Role.APPROVER) as other:
        assert (await other.get(path)).status_code == 404
        assert (await other.get(f"{path}/etat.json")).status_code == 404
    ended.set()
    await work.task


async def test_nobody_waits_for_what_takes_long(bare: World):
    begun, ended = threading.Event(), threading.Event()

    def take_long(_: Connection) -> str:
        begun.set()
        assert ended.wait(30)
        return "done"

    reading = asyncio.ensure_future(bare.console.workshop.read(take_long))
    await asyncio.to_thread(begun.wait, 30)
    async with bare.browser(Role.ADMINISTRATOR) as browser:
        for path in ("/annuaire", "/import", "/comptes"):
            assert (await browser.get(path)).status_code == 200
        done = await browser.post("/comptes", email="neuve@example.org", roles=["reader"])
        assert done.status_code == 200
        assert not reading.done()
    ended.set()
    assert await reading == "done"


async def test_what_broke_in_the_workshop_is_said_and_leaves_nothing_behind(world: World):
    async def job(_: Watch) -> object:
        raise OSError("a path that nobody should read")

    work = world.console.works.start(AWA, "Écriture", job, NOW)
    await asyncio.wait({work.task})
    async with world.browser(Role.APPROVER, email=AWA) as browser:
        page = await browser.get(f"/import/travail/{work.token}")
    assert page.status_code == 422
    assert "nobody should read" not in page.text
    assert "Rien n&#39;a été changé" in page.text


async def test_the_oldest_work_is_forgotten_and_never_what_still_runs(world: World):
    ended = asyncio.Event()

    async def long_job(_: Watch) -> object:
        await ended.wait()
        return None

    async def short_job(_: Watch) -> object:
        return None

    first = world.console.works.start(AWA, "longue", long_job, NOW)
    for _ in range(25):
        await world.console.works.start(AWA, "courte", short_job, NOW).task
    assert world.console.works.find(AWA, first.token) is first
    ended.set()
    await first.task


async def test_an_import_that_went_wrong_is_undone_from_its_page(world: World):
    police, new = "/annuaire/organization/police-nationale", "/annuaire/organization/essai-b"
    async with world.browser(Role.APPROVER) as approver:
        refused = await looked_at(approver, GOOD.replace("ngo", "ong?").encode())
        assert "Refusées" in refused.text
        agreed = await preview(approver, WRONG)
        page = await waited(approver, await approver.post("/import/ecrire", **agreed))
        number = str(page.url.path).rpartition("/")[2]
        assert "fermé" in (await approver.get(police)).text
        assert (await approver.get(new)).status_code == 200
    world.clock.forward(hours=7)
    async with world.browser(Role.APPROVER) as approver, world.browser(Role.EDITOR) as editor:
        seen = await editor.get(f"/import/{number}")
        assert "essai-b" in seen.text
        assert "Une personne qui valide peut" in seen.text
        assert (await editor.post("/import/annuler", number=number)).status_code == 403
        assert f"/import/{number}" in (await approver.get("/import")).text
        undone = await waited(approver, await approver.post("/import/annuler", number=number))
        assert "tout est comme avant" in undone.text
        assert ">publié<" in (await approver.get(police)).text
        assert (await approver.get(new)).status_code == 404
