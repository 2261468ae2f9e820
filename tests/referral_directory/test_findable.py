"""The services that may be found are what the tables say, whoever changed them and how."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from referral_directory.findable import FindableService
from referral_directory.loading import load_starter
from referral_directory.models import (
    Location,
    Organization,
    Place,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
)
from referral_directory.search import find_services
from referral_directory.vocabulary import Answer, Extent, Need, Status
from storage.database import open_engine
from tests.referral_directory.samples import NOW, derived, held, put_organization, put_service


@pytest.fixture
async def engine(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    """A directory in which `here` is a service with two needs, and `there` stands elsewhere."""
    engine = open_engine(migrated_url)

    def fill(database: Connection) -> None:
        load_starter(database, now=NOW)
        put_organization(database, "essai")
        put_service(database, "here", "sevare", needs=(Need.MEDICAL, Need.LEGAL))
        put_service(database, "there", "kayes")

    async with engine.begin() as connection:
        await connection.run_sync(fill)
    yield engine
    await engine.dispose()


_HERE = Service.slug == "here"
_AT = ServiceAtLocation.service_slug == "here"
_WHERE_IT_IS = select(ServiceAtLocation.location_slug).where(_AT).scalar_subquery()
_POLICE = select(func.min(Organization.slug)).where(Organization.kind == "police").scalar_subquery()
CHANGES = {
    "restricted": update(Service).where(_HERE).values(restricted=True),
    "closed": update(Service).where(_HERE).values(status=Status.CLOSED),
    "deleted for good": delete(Service).where(_HERE),
    "confirmed": update(Service).where(_HERE).values(assured_date=None),
    "PEP": update(Service).where(_HERE).values(pep=Answer.YES, takes_minors=Answer.NO),
    "its organisation waits": update(Organization).values(status=Status.IN_REVIEW),
    "its organisation is another kind": update(Organization)
    .where(Organization.slug == "essai")
    .values(kind="police"),
    "its organisation is deleted for good": delete(Organization).where(
        Organization.slug == "essai"
    ),
    "another organisation": update(Service).where(_HERE).values(organization_slug=_POLICE),
    "a need more": insert(ServiceNeed).values(service_slug="here", need=Need.PSYCHOSOCIAL),
    "a need less": delete(ServiceNeed).where(
        ServiceNeed.service_slug == "here", ServiceNeed.need == Need.LEGAL
    ),
    "another need": update(ServiceNeed)
    .where(ServiceNeed.service_slug == "here", ServiceNeed.need == Need.LEGAL)
    .values(need=Need.PROTECTION),
    "a need of another service": update(ServiceNeed)
    .where(ServiceNeed.service_slug == "here", ServiceNeed.need == Need.LEGAL)
    .values(service_slug="there"),
    "an area more": insert(ServiceArea).values(
        service_slug="here", extent=Extent.REGION, region_slug="gao"
    ),
    "its areas wider": update(ServiceArea)
    .where(ServiceArea.service_slug == "here")
    .values(cercle_slug=None),
    "no area": delete(ServiceArea).where(ServiceArea.service_slug == "here"),
    "its place kept back": update(Location)
    .where(Location.slug == _WHERE_IT_IS)
    .values(restricted=True),
    "its place measured": update(Location)
    .where(Location.slug == _WHERE_IT_IS)
    .values(latitude=14.5, longitude=-4.1),
    "its place elsewhere": update(Location)
    .where(Location.slug == _WHERE_IT_IS)
    .values(place_slug="gao"),
    "no place": delete(Location).where(Location.slug == _WHERE_IT_IS),
    "no longer there": delete(ServiceAtLocation).where(_AT),
    "a second place": insert(ServiceAtLocation).values(
        service_slug="here", location_slug="at-there"
    ),
    "the map is mended": update(Place).where(Place.slug == "sevare").values(latitude=14.6),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_the_search_looks_at_follows_every_change(
    engine: AsyncEngine, change: str
) -> None:
    async with engine.begin() as connection:
        before = await connection.run_sync(held)
        assert before == await connection.run_sync(derived)
        await connection.execute(CHANGES[change])
        after = await connection.run_sync(held)
        assert after == await connection.run_sync(derived)
        assert after != before


async def test_what_was_restricted_comes_back_when_it_no_longer_is(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        before = await connection.run_sync(held)
        await connection.execute(CHANGES["restricted"])
        assert "here" not in await _found(connection)
        await connection.execute(update(Service).where(_HERE).values(restricted=False))
        assert await connection.run_sync(held) == before
        assert "here" in await _found(connection)


async def _found(connection: AsyncConnection) -> list[str]:
    found = await connection.run_sync(find_services, Need.MEDICAL, "sevare", now=NOW)
    return [card.slug for card in found.services]


async def test_what_is_taken_back_changes_nothing(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        before = await connection.run_sync(held)
        await connection.execute(CHANGES["restricted"])
        await connection.rollback()
        assert await connection.run_sync(held) == before


async def test_two_who_change_a_service_and_its_organisation_at_once(
    engine: AsyncEngine, backend: str
) -> None:
    if backend == "sqlite":
        pytest.skip("on SQLite the second waits before it begins: nothing can happen at once")
    async with engine.connect() as one, engine.connect() as two:
        await one.execute(CHANGES["its organisation is another kind"])
        second = asyncio.create_task(_change(two, "PEP"))
        await _is_waiting(engine)
        await one.commit()
        await second
        await two.commit()
    async with engine.connect() as connection:
        assert await connection.run_sync(held) == await connection.run_sync(derived)


async def _change(connection: AsyncConnection, change: str) -> None:
    await connection.execute(CHANGES[change])


async def _is_waiting(engine: AsyncEngine) -> None:
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with engine.connect() as connection:
        while not (await connection.execute(asked)).scalar_one():  # noqa: ASYNC110  # the server tells nobody who waits
            await asyncio.sleep(0.01)


async def test_only_a_service_that_offers_all_three_is_one_door_for_all(
    engine: AsyncEngine,
) -> None:
    doors = select(func.max(FindableService.one_stop)).where(FindableService.service_slug == "here")
    async with engine.begin() as connection:
        assert (await connection.execute(doors)).scalar_one() == 2
        await connection.execute(CHANGES["a need more"])
        assert (await connection.execute(doors)).scalar_one() == 3
