"""A directory with something of everything, and the public API over it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from bot.adapters.public_catalogue import DirectoryCatalogue
from bot.public_api.app import Limits, PublicApi
from referral_directory.loading import load_starter
from referral_directory.models import Location, Organization, Service
from storage.database import open_engine
from storage.reading import read_only
from tests.referral_directory.samples import (
    NOW,
    days_ago,
    put_organization,
    put_phone,
    put_service,
    set_values,
)
from tests.referral_directory.test_cards import put_shelter_with_everything

MANY = "10000/minute"


class StoppedClock:
    def now(self) -> Any:
        return NOW


def fill(directory: Connection) -> None:
    """Put in what may be seen, and one of each that may not."""
    load_starter(directory, now=NOW - timedelta(days=9))
    put_organization(directory, "essai", name_fr="Association Essai")
    put_service(
        directory,
        "complet",
        "sevare",
        name_fr="Écoute et soins",
        name_bm="Lamɛnni",
        needs="medical|legal",
        areas="gao",
        address="Rue 12",
        latitude=14.5,
        longitude=-4.1,
        hours="lun-dim 00:00-23:59",
        languages="bm|fr",
        accessibility="ramp",
        pep="yes",
        clinical_known_on="2026-11-01",
        fees="free",
        eligibility_fr="Toute personne",
        note="SECRET-note",
        verified_by="SECRET-qui",
    )
    put_phone(directory, "tel-complet", "20212299", service="complet", note="SECRET-note")
    put_phone(directory, "tel-essai", "20212224")
    put_service(directory, "sans-lieu", areas="mali", needs="legal", name_fr="Droit partout")
    put_service(directory, "vieux", "sevare", assured_date=days_ago(400), name_fr="SECRET-vieux")
    put_service(directory, "jamais", "sevare", assured_date=None, name_fr="SECRET-jamais")
    put_service(directory, "ferme", "sevare", status="closed", name_fr="SECRET-ferme")
    put_service(directory, "cache", "sevare", address="SECRET-adresse", name_fr="Lieu caché")
    for location in ("at-cache",):
        directory.execute(
            Location.__table__.update()
            .where(Location.__table__.c.slug == location)
            .values(restricted=True)
        )
    put_organization(directory, "close", name_fr="SECRET-close")
    put_service(directory, "de-close", "sevare", organization="close")
    set_values(directory, Organization, "close", status="closed")
    put_shelter_with_everything(directory)
    set_values(directory, Service, "complet", last_modified=NOW)


@pytest.fixture
async def engine(migrated_sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(migrated_sqlite_url)
    async with engine.begin() as connection:
        await connection.run_sync(fill)
    yield engine
    await engine.dispose()


type Open = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def open_api(engine: AsyncEngine) -> AsyncIterator[Open]:
    opened: list[httpx.AsyncClient] = []

    def build(limits: Limits | None = None, caller: str = "1.2.3.4") -> httpx.AsyncClient:
        catalogue = DirectoryCatalogue(read_only(engine))
        api = PublicApi(catalogue, StoppedClock(), "Jigi", limits or Limits(MANY, MANY))
        transport = httpx.ASGITransport(Starlette(routes=api.routes()), client=(caller, 1))
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://jigi"))
        return opened[-1]

    yield build
    for client in opened:
        await client.aclose()


@pytest.fixture
def api(open_api: Open) -> httpx.AsyncClient:
    return open_api()
