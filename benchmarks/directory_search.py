"""Search by need and place as the bot asks, while the directory grows, on both databases.

What is timed is the look-up of the flow's list, from the slots to the lines of the screen, wired as
`jigi serve` wires it.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from benchmarks.both_databases import both_databases
from benchmarks.lab import Lab
from benchmarks.report import Report, Row, ms, share
from bot import bootstrap
from bot.adapters.directory import ANY_NEED, DirectoryLookUps
from bot.settings import Settings
from flows.engine.effects import LookUp
from referral_directory.entries import (
    Database,
    add_organizations,
    add_phones,
    add_services,
    read_areas,
)
from referral_directory.gazetteer import Gazetteer
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.vocabulary import Need, PlaceKind

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
SEARCHES = 60
REPEATS = 2
_WARM = 10
_BATCH = 2_000
_BAMAKO_SHARE = 0.3
_UNKNOWN = "need unknown"
_TARGETS = {"need and place": 0.020, "nearest in a region": 0.030, _UNKNOWN: None}
_TARGET_SIZE = 10_000
_MOST_GROWTH = 5  # ten times the services; as the services would be ten


@dataclass(frozen=True, slots=True)
class _Found:
    """Seconds of each search, by database, kind of search and size; a list for each repeat."""

    waits: dict[tuple[str, str, int], list[list[float]]]

    def wait(self, database: str, kind: str, size: int) -> float:
        """Return the 95th percentile of the quietest repeat: others use this machine too."""
        return min(share(repeat, 95) for repeat in self.waits[database, kind, size])


async def run(lab: Lab) -> Report:
    """Measure on SQLite, and on PostgreSQL where its programs are installed."""
    found = _Found({})
    notes = [
        f"{SEARCHES} searches of each kind, in turn; the quietest of {REPEATS} repeats counts.",
        "The services are made up.",
    ]
    async with both_databases(lab, notes) as addresses:
        for database, address in addresses.items():
            await _grow(found, database, address)
        rows = [
            _row(found, database, kind, size)
            for database in addresses
            for kind in _TARGETS
            for size in SIZES
        ]
    return Report("Directory: search as it grows", rows, notes)


def _row(found: _Found, database: str, kind: str, size: int) -> Row:
    slow = found.wait(database, kind, size)
    what = f"{database}, {size:,} services, {kind}, p95"
    if size == SIZES[0]:
        return Row(what=what, ours=ms(slow))
    tenth = found.wait(database, kind, size // 10)
    most = _TARGETS[kind]
    asked = {} if most is None else {f"ratio < {_MOST_GROWTH}": slow < _MOST_GROWTH * tenth}
    if most is not None and size == _TARGET_SIZE:
        asked = {f"< {ms(most)}": slow < most} | asked
    return Row(
        what=what,
        ours=ms(slow),
        baseline=f"{ms(tenth)} at {size // 10:,}",
        ratio=slow / tenth,
        target=", ".join(asked),
        met=all(asked.values()) if asked else None,
    )


async def _grow(found: _Found, database: str, address: str) -> None:
    # What the environment of whoever runs this says must not matter.
    settings = Settings.model_construct(database_url=address)
    held = 0
    for size in SIZES:
        async with bootstrap.open_directory(settings) as directory:
            async with directory.sessions() as session:
                await session.run_sync(fill, held, size)
                await session.commit()
                if database == "PostgreSQL":
                    await session.execute(text("ANALYZE"))  # as its own housekeeping soon would
                    await session.commit()
            look_ups = DirectoryLookUps(
                directory.read_only, directory.gazetteer, allow_unverified=False
            )
            held = size
            for kind in _TARGETS:
                found.waits[database, kind, size] = [
                    await _search(look_ups, directory.gazetteer, kind) for _ in range(REPEATS)
                ]


async def _search(look_ups: DirectoryLookUps, gazetteer: Gazetteer, kind: str) -> list[float]:
    chance = random.Random(1325)
    regions = [place.slug for place in gazetteer.regions()]
    cercles = [place.slug for region in regions for place in gazetteer.cercles(region)]
    waits = []
    for number in range(SEARCHES + _WARM):
        need = chance.choice(list(Need))
        if kind == "need and place":
            slots = {"need": need, "place": chance.choice(cercles)}
        elif kind == _UNKNOWN:
            slots = {"need": ANY_NEED, "place": chance.choice(cercles)}
        else:
            slots = {"need": need, "place": chance.choice(regions), "told": "sexual"}
        began = time.perf_counter()
        found = await look_ups.look_up(LookUp("find_services", tuple(slots.items())), NOW)
        if number >= _WARM:
            waits.append(time.perf_counter() - began)
        assert found.options
    return waits


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
