"""The directory does the same on SQLite and on PostgreSQL, on the migrated schema."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referral_directory.cards import service_card
from referral_directory.exchange import export_file, import_file
from referral_directory.gazetteer import Gazetteer
from referral_directory.import_log import past_imports, undo_import
from referral_directory.inventory import read_services
from referral_directory.loading import load_starter
from referral_directory.phone_lines import emergency_numbers, helplines
from referral_directory.search import find_services
from referral_directory.verification import national_emergency_ready, unverify, verify
from referral_directory.vocabulary import Need, Width
from storage.database import open_engine, sessionmaker
from tests.referral_directory.files import ORGANIZATION, PHONE, SERVICE, rows_of, write_rows
from tests.referral_directory.samples import NOW, TODAY


@pytest.fixture
async def session(migrated_url: str) -> AsyncIterator[AsyncSession]:
    engine = open_engine(migrated_url)
    async with sessionmaker(engine)() as session:
        await session.run_sync(load_starter, now=NOW)
        yield session
    await engine.dispose()


async def test_the_starter_directory_loads_once(session: AsyncSession) -> None:
    report = await session.run_sync(load_starter, now=NOW)
    assert (report.places, report.services) == (0, 0)


@pytest.mark.parametrize("place", [None, "sevare", "bamako-commune-6", "taoudenit"])
async def test_every_need_is_answered(session: AsyncSession, place: str | None) -> None:
    for need in Need:
        for said in (
            {"allow_unverified": True},
            {"sexual_violence": True, "within_72h": True},
            {"minor": True, "allow_unverified": True, "within_72h": True},
        ):
            found = await session.run_sync(find_services, need, place, now=NOW, **said)
            assert found.services
            assert not found.services[0].is_police


async def test_the_nearest_comes_first(session: AsyncSession) -> None:
    found = await session.run_sync(
        find_services, Need.MEDICAL, "bamako-commune-6", now=NOW, allow_unverified=True
    )
    others = [card for card in found.services if not card.is_police]
    distances = [card.distance_km or 0.0 for card in others]
    assert found.width is Width.CERCLE
    assert distances == sorted(distances)


async def test_a_verified_number_opens_the_way_to_serving(session: AsyncSession) -> None:
    assert not await session.run_sync(national_emergency_ready)
    await session.run_sync(verify, "tel-18", by="A", on=TODAY, now=NOW)
    assert await session.run_sync(national_emergency_ready)
    lines = await session.run_sync(emergency_numbers, now=NOW)
    assert [line.number for line in lines] == ["18"]
    assert await session.run_sync(helplines, now=NOW, need=Need.LEGAL) == []
    await session.run_sync(unverify, "tel-18", now=NOW, actor="A")
    assert not await session.run_sync(national_emergency_ready)


async def test_places_read_and_cards_fill(session: AsyncSession) -> None:
    gazetteer = await session.run_sync(Gazetteer.read)
    assert len(gazetteer.regions()) == 20
    card = await session.run_sync(service_card, "wildaf-bamako", now=NOW, allow_unverified=True)
    assert card is not None
    assert card.place is not None


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
async def test_what_goes_out_comes_in_again(
    session: AsyncSession, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    await session.run_sync(export_file, path, "csv" if name.endswith("csv") else "hsds")
    report = await session.run_sync(import_file, path, dry_run=False, now=NOW, actor="test")
    assert (report.changes, report.problems, report.written) == ((), (), True)


async def test_an_import_is_undone(session: AsyncSession, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    await session.run_sync(export_file, path, "csv")
    rows = rows_of(path)
    moved = {"place": "cercle-gao", "hours": "lun 08:00-12:00", "needs": "legal"}
    next(row for row in rows if row["slug"] == "osc-mopti").update(moved)
    write_rows(path, [*rows, ORGANIZATION, SERVICE, PHONE])
    before = await session.run_sync(read_services)
    report = await session.run_sync(import_file, path, dry_run=False, now=NOW, actor="test")
    assert (report.added, report.changed) == (3, 1)
    assert report.import_id is not None
    (one,) = await session.run_sync(past_imports, NOW)
    assert (one.id, one.file_name, one.undone_at) == (report.import_id, "a.csv", None)
    undone = await session.run_sync(undo_import, report.import_id, now=NOW, actor="test")
    assert (undone.removed, undone.restored) == (3, 1)
    assert await session.run_sync(read_services) == before
