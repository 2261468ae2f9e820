"""`jigi gatherings` and `jigi registrations`, each command as staff type it at a terminal."""

import csv
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from event_registration.desk import Desk
from event_registration.schemas import Registration
from storage.keys import Keyring
from storage.store import Store, open_store
from tests.bot_api.processes import SECRET
from tests.event_registration.people import an_application
from tests.process.jigi import Ended, run_jigi

pytestmark = pytest.mark.process


class Office:
    """A terminal and, beside it, people who register in the chat."""

    def __init__(self, url: str, store: Store, desk: Desk) -> None:
        self.url, self.store, self.desk = url, store, desk
        self.now = datetime.now(UTC)  # noqa: TID251  # the command has the real clock

    async def says(self, *arguments: object) -> str:
        """Run a command that succeeds; return what it printed."""
        ended = await self.run(*arguments)
        assert ended.status == 0, ended.err
        return ended.out

    async def run(self, *arguments: object) -> Ended:
        return await run_jigi(*map(str, arguments), database_url=self.url)

    async def register(self, number: int, code: str = "JIF27", **answers: Any) -> Registration:
        found = await self.store.read(self.desk.gatherings.of_code, code)
        return await self.store.write(
            self.desk.registrations.register,
            found.id,
            an_application(number, **answers),
            number=number,
            chat_id=number,
            now=self.now + timedelta(minutes=1),
            although_similar=True,
        )


@pytest.fixture
async def office(migrated_sqlite_url: str):
    keys = Keyring(SECRET)
    store = open_store(migrated_sqlite_url, keys)
    yield Office(migrated_sqlite_url, store, Desk(keys))
    await store.close()


async def _open(office: Office, code: str = "JIF27", *more: object, days: int = 30) -> None:
    starts = (office.now + timedelta(days=days)).replace(tzinfo=None, microsecond=0)
    said = await office.says(
        "gatherings", "add", code, "Journée de la femme", "--kind", "jif", "--starts",
        starts.isoformat(), "--ends", (starts + timedelta(hours=8)).isoformat(), "--venue",
        "Palais de la culture", "--places", 10, "--by", "Fanta", *more,
    )  # fmt: skip
    assert said == f"{code} is published.\n"


async def test_registrations_are_exported_as_the_contract_says(
    office: Office, tmp_path: Path
) -> None:
    await _open(office)
    made = await office.register(1, organization="=SUM(A1) Femmes")
    table, book = tmp_path / "jif.csv", tmp_path / "jif.xlsx"
    for file, form in ((table, "csv"), (book, "xlsx")):
        said = await office.says(
            "registrations", "export", file, "--event", "JIF27", "--format", form
        )
        assert "JIF27" in said
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (row,) = csv.DictReader(table.read_text("utf-8-sig").splitlines())
    assert (row["code"], row["organization"]) == (made.code, "'=SUM(A1) Femmes")
    sheet = load_workbook(book).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:1] == [made.code]
    unknown = await office.run("registrations", "export", table, "--event", "X9", "--format", "csv")
    assert (unknown.status, "no such gathering" in unknown.err) == (2, True)
    nowhere = await office.run(
        "registrations", "export", tmp_path / "no" / "x.csv", "--event", "JIF27", "--format", "csv"
    )
    assert (nowhere.status, "can't be written" in nowhere.err) == (2, True)


async def test_staff_approve_refuse_cancel_and_merge(office: Office) -> None:
    await _open(office, "JIF27", "--approval")
    first, second, third = [await office.register(number, women=2) for number in (1, 2, 3)]
    assert "received" in await office.says("registrations", "list", "JIF27")
    assert "is confirmed" in await office.says("registrations", "approve", first.code)
    assert "is refused" in await office.says(
        "registrations", "refuse", second.code, "Dossier incomplet"
    )
    again = await office.run("registrations", "approve", second.code)
    assert (again.status, "is refused" in again.err) == (2, True)
    fourth = await office.register(4, organization="Association Benkadi numéro 3")
    pairs = await office.says("registrations", "twins", "JIF27")
    assert pairs.startswith(fourth.code)
    assert third.code in pairs
    merged = await office.says("registrations", "merge", fourth.code, third.code)
    assert merged == f"{fourth.code} ended in {third.code}.\n"
    assert "is cancelled" in await office.says("registrations", "cancel", first.code)
    listed = await office.says("registrations", "list", "JIF27", "--state", "received")
    assert listed.split()[1] == third.code
    told = await office.says("registrations", "messages", "JIF27")
    for line in told.splitlines():
        assert line.split()[0] in {first.code, second.code, fourth.code}
    assert "refused" in told
    assert "unchanged" in await office.says("audit", "verify")


async def test_the_door_lets_in_once_and_takes_back(office: Office, tmp_path: Path) -> None:
    await _open(office)
    made = await office.register(1, women=3, men=1)
    printed = tmp_path / "door.pdf"
    await office.says("registrations", "door", printed, "--event", "jif27")
    assert printed.read_bytes().startswith(b"%PDF")
    await _open(office, "JPO27")
    elsewhere = await office.run("registrations", "check-in", made.code, "--event", "JPO27")
    assert (elsewhere.status, "code is of another gathering" in elsewhere.err) == (2, True)
    entered = await office.says(
        "registrations", "check-in", made.code.lower(), "--people", 3, "--event", "JIF27"
    )
    assert "in, 3 people" in entered
    twice = await office.run("registrations", "check-in", made.code)
    assert (twice.status, "entered already" in twice.err) == (2, True)
    assert "not in" in await office.says("registrations", "check-in", made.code, "--undo")
    assert "in, 4 people" in await office.says("registrations", "check-in", made.code)
    figures = await office.says("registrations", "figures", "JIF27")
    assert "75% women, 25% men: one sex has less than 30 %" in figures
    mistyped = await office.run("registrations", "check-in", f"{made.code[:-1]}?")
    assert mistyped.status == 2


async def test_a_gathering_is_copied_moved_enlarged_and_called_off(office: Office) -> None:
    await _open(office, "JIF27", "--region", "segou", "--with", "MPFEF", "--theme", "La paix")
    for number in (1, 2, 3):
        await office.register(number, women=5)
    assert "1 registrations got places" in await office.says("gatherings", "resize", "JIF27", 15)
    few = await office.run("gatherings", "resize", "JIF27", 4)
    assert (few.status, "capacity is too small" in few.err) == (2, True)
    starts = (office.now + timedelta(days=40)).replace(tzinfo=None, microsecond=0)
    await office.says(
        "gatherings", "move", "JIF27", "--starts", starts.isoformat(), "--venue", "Stade"
    )
    later = (office.now + timedelta(days=395)).replace(tzinfo=None, microsecond=0)
    await office.says("gatherings", "clone", "JIF27", "JIF28", "--starts", later.isoformat())
    listed = await office.says("gatherings", "list")
    assert [line.split()[0] for line in listed.splitlines()] == ["JIF28", "JIF27"]
    await office.says("gatherings", "cancel", "JIF27")
    told = await office.says("registrations", "messages", "JIF27")
    assert told.count("called_off") == 3
    assert "cancelled" in await office.says("gatherings", "list")
