"""The import wizard: preview, write, undo; and what goes out with a reason."""

import asyncio
import re

import httpx

from storage.actors import Role
from tests.staff_console.world import Browser, World

HEAD = "record,slug,kind,name_fr,source,status,mark"
GOOD = f"{HEAD}\norganization,essai-a,ngo,Essai A,visite,draft,U\n"
BAD = GOOD + "organization,Pas Un Slug,ngo,Essai B,visite,draft,U\n"


async def looked_at(browser: Browser, content: bytes, name: str = "liste.csv") -> httpx.Response:
    """Send a file, and wait for its preview as a browser without scripts does."""
    answer = await browser.upload("/import/apercu", name, content)
    return await waited(browser, answer)


async def waited(browser: Browser, answer: httpx.Response) -> httpx.Response:
    """Follow where an answer leads, and load a page that waits until it has waited enough."""
    while answer.status_code == 303 or 'http-equiv="refresh"' in answer.text:
        path = answer.headers["location"] if answer.status_code == 303 else answer.url.path
        await asyncio.sleep(0.02)
        answer = await browser.get(path)
    return answer


async def preview(browser: Browser, text: str, name: str = "liste.csv") -> dict[str, str]:
    page = await looked_at(browser, text.encode(), name)
    assert page.status_code == 200, page.text
    return dict(re.findall(r'name="(token|seen)" value="([^"]+)"', page.text))


async def test_a_file_is_looked_at_written_and_undone(world: World):
    async with world.browser(Role.APPROVER) as browser:
        agreed = await preview(browser, GOOD)
        assert "essai-a" not in str(await world.audit())
        done = await browser.post("/import/ecrire", **agreed)
        assert done.status_code == 303
        assert "1 ajoutées" in (await browser.get("/import")).text
        page = await waited(browser, done)
        assert "essai-a" in page.text
        number = re.search(r'name="number" value="(\d+)"', page.text)
        assert number is not None
        assert (await browser.post("/import/annuler", number=number.group(1))).status_code == 303
        assert "annulé le" in (await browser.get("/import")).text
        again = await browser.post("/import/annuler", number=number.group(1))
        assert again.status_code == 422
    assert {"import:written", "import:undone"} <= set(await world.tags())


async def test_a_wrong_row_is_named_and_nothing_is_written_unless_it_is_left_out(world: World):
    async with world.browser(Role.APPROVER) as browser:
        page = await looked_at(browser, BAD.encode())
        assert "lettres sans accent" in page.text
        agreed = await preview(browser, BAD)
        assert (await browser.post("/import/ecrire", **agreed)).status_code == 422
        assert "import:written" not in await world.tags()
        assert (await browser.post("/import/ecrire", **agreed, partial="oui")).status_code == 303


async def test_an_editor_looks_and_an_approver_writes(world: World):
    async with world.browser(Role.EDITOR) as browser:
        agreed = await preview(browser, GOOD)
        assert agreed == {}
        assert (await browser.post("/import/ecrire")).status_code == 403


async def test_nobody_writes_the_file_of_somebody_else_and_none_after_an_hour(world: World):
    async with world.browser(Role.APPROVER) as one, world.browser(Role.APPROVER) as other:
        agreed = await preview(one, GOOD)
        assert (await other.post("/import/ecrire", **agreed)).status_code == 404
        world.clock.forward(minutes=59)
        await one.get("/import")
        world.clock.forward(minutes=2)
        assert (await one.post("/import/ecrire", **agreed)).status_code == 404


async def test_files_of_other_kinds_and_sizes_are_refused_with_a_sentence(world: World):
    async with world.browser(Role.EDITOR) as browser:
        for name, content in (("x.exe", b"MZ"), ("x.csv", b""), ("x.xlsx", b"PK no workbook")):
            answer = await browser.upload("/import/apercu", name, content)
            assert answer.status_code == 422, name
        large = await browser.upload("/import/apercu", "x.csv", b"x" * (21 * 1024 * 1024))
        assert large.status_code == 413


async def test_s37_the_directory_goes_out_with_a_reason_only(world: World):
    async with world.browser(Role.EDITOR) as browser:
        assert (await browser.post("/export", form="csv", reason="")).status_code == 422
        answer = await browser.post("/export", form="csv", reason="Réunion du cluster")
        assert answer.content.startswith(b"\xef\xbb\xbfrecord,")
    noted = [each for each in await world.audit() if each.tag == "directory:exported"]
    assert [each.note for each in noted] == ["Réunion du cluster"]
