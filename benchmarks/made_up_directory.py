"""Directories of made-up services, as large as a bench wants them."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import text

from bot import bootstrap
from bot.settings import Settings
from referral_directory.entries import (
    Database,
    add_organizations,
    add_phones,
    add_services,
    read_areas,
)
from referral_directory.phone_lines import connection_of
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.vocabulary import Need, PlaceKind

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_BATCH = 2_000
_BAMAKO_SHARE = 0.3


async def growing_directories(
    address: str, sizes: Sequence[int]
) -> AsyncIterator[tuple[int, bootstrap.OpenDirectory]]:
    """Yield a directory each time that it has grown to the next size, open for that long."""
    # What the environment of whoever runs this says must not matter.
    settings = Settings.model_construct(database_url=address)
    held = 0
    for size in sizes:
        async with bootstrap.open_directory(settings) as directory:
            async with directory.sessions() as session:
                await session.run_sync(fill, held, size)
                await session.commit()
            held = size
            yield size, directory


def fill(session: Database, held: int, size: int) -> None:
    """Add made-up services until there are `size`, nearly a third of them in Bamako."""
    chance = random.Random(held)
    areas = read_areas(session)
    slugs = sorted(slug for slug, (kind, _, _) in areas.items() if kind is not PlaceKind.REGION)
    capital = [slug for slug in slugs if areas[slug][1] == "bamako"]
    if held == 0:
        add_organizations(session, list(_organizations()), NOW)
    for first in range(held, size, _BATCH):
        numbers = range(first, min(first + _BATCH, size))
        services = [_service(number, slugs, capital, chance) for number in numbers]
        add_services(session, services, areas, NOW)
        add_phones(session, [_phone(service, chance) for service in services], NOW)
    if connection_of(session).dialect.name == "postgresql":
        session.execute(text("ANALYZE"))  # as its own housekeeping soon would


def _organizations() -> Iterator[OrganizationRecord]:
    for number in range(20):
        yield OrganizationRecord.model_validate(
            {
                "slug": f"bench-{number}",
                "kind": "police" if number == 0 else "ngo",
                "name_fr": f"Organisation {number}",
                "status": "published",
                "mark": "C",
                "source": "bench",
            }
        )


def _service(
    number: int, slugs: list[str], capital: list[str], chance: random.Random
) -> ServiceRecord:
    where = capital if chance.random() < _BAMAKO_SHARE else slugs
    needs = chance.sample([need for need in Need if need is not Need.SHELTER], chance.randint(1, 3))
    return ServiceRecord.model_validate(
        {
            "slug": f"bench-{number}",
            "organization": f"bench-{number % 20}",
            "name_fr": f"Service {number}",
            "description_fr": "Écoute et accompagnement",
            "needs": needs,
            "languages": ["fr", "bm"],
            "hours": "lun-ven 08:00-16:00" if chance.random() < 0.5 else "",
            "pep": chance.choice(["yes", "no", "unknown"]),
            "takes_minors": chance.choice(["yes", "unknown"]),
            "status": "published",
            "mark": "C",
            "source": "bench",
            "assured_date": NOW.date() if chance.random() < 0.7 else None,
            "place": chance.choice(where),
        }
    )


def _phone(service: ServiceRecord, chance: random.Random) -> PhoneRecord:
    return PhoneRecord.model_validate(
        {
            "slug": service.slug,
            "number": f"+2237{chance.randrange(10**7):07}",
            "organization": service.organization,
            "service": service.slug,
            "label_fr": "Accueil",
            "status": "published",
            "mark": "C",
            "source": "bench",
            "assured_date": NOW.date(),
        }
    )
