"""Where no verified service stands: cercle by cercle and need by need, with what was asked for.

Only services that the public sees as verified count, and only for the areas that they name: a line
for the whole country closes no gap on the ground. Restricted services are not counted: a table or
a map of them would say where shelters are. Who arranges a place counts.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from referral_directory.entries import Database
from referral_directory.models import Organization, Place, Service, ServiceArea, ServiceNeed
from referral_directory.visibility import SERVICE_IS_VISIBLE, seen_by
from referral_directory.vocabulary import Need, PlaceKind, ServiceKind
from storage.counters import SMALLEST_SHOWN, Counters, week_of

ASKED_WEEKS = 13
"""How many weeks that are over count for what was asked: a quarter."""

BAMAKO = "bamako"


class Cover(StrEnum):
    """How a need is answered in a cercle."""

    HERE = "here"
    REGION = "region"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GapRow:
    """A cercle, with each need.

    Attributes:
        slug: Which; a commune in Bamako.
        name: In French.
        region: Slug of its region.
        region_name: In French.
        latitude: Of its seat.
        longitude: Of its seat.
        covers: How each need is answered: by a verified service for this very cercle, by one for
            the whole region, or by none.
    """

    slug: str
    name: str
    region: str
    region_name: str
    latitude: float
    longitude: float
    covers: Mapping[Need, Cover]

    @property
    def missing(self) -> tuple[Need, ...]:
        """Return the needs that no verified service answers here."""
        return tuple(need for need, cover in self.covers.items() if cover is Cover.NONE)


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a need was asked for in a region in the last quarter.

    Attributes:
        region: Slug.
        need: Which.
        count: In steps of five; None for fewer than five in every week.
        is_found: Whether the region has a verified service for it: where not, nobody found one.
    """

    region: str
    need: Need
    count: int | None
    is_found: bool

    @property
    def shown(self) -> str:
        """Return the count as it may be shown."""
        return f"< {SMALLEST_SHOWN}" if self.count is None else str(self.count)


@dataclass(frozen=True, slots=True)
class Gaps:
    """The table of gaps.

    Attributes:
        rows: All cercles, region by region.
        asked: What was asked for, by region and need; what nobody found comes first.
        missed: Need and cercle (or region) -> how often people said that a service is missing.
    """

    rows: tuple[GapRow, ...]
    asked: tuple[Asked, ...]
    missed: Mapping[tuple[str, str], int]

    def missing(self, need: Need) -> int:
        """Return in how many cercles no verified service answers a need."""
        return sum(row.covers[need] is Cover.NONE for row in self.rows)


def find_gaps(
    database: Database, now: datetime, missed: Mapping[tuple[str, str], int] | None = None
) -> Gaps:
    """Return where no verified service stands, with what was asked for there.

    Args:
        database: A connection or session.
        now: Aware time.
        missed: What `referral_directory.reports.missing` returns; nothing where it is left out.
    """
    here, whole_region, in_region = _verified(database, now)
    regions = select(Place.slug, Place.name_fr).where(Place.kind == PlaceKind.REGION)
    names = {row.slug: row.name_fr for row in database.execute(regions)}
    rows = []
    for place in database.execute(_CERCLES):
        covers = {
            need: Cover.HERE
            if (place.slug, need) in here
            else Cover.REGION
            if (place.region_slug, need) in whole_region
            else Cover.NONE
            for need in Need
        }
        rows.append(
            GapRow(
                place.slug,
                place.name_fr,
                place.region_slug,
                names.get(place.region_slug, place.region_slug),
                place.latitude,
                place.longitude,
                covers,
            )
        )
    return Gaps(tuple(rows), tuple(_asked(database, now, in_region)), missed or {})


# Bamako stands as its six communes where the gazetteer has them: its one cercle is the whole city.
_CERCLES = (
    select(Place.slug, Place.name_fr, Place.region_slug, Place.latitude, Place.longitude)
    .where(Place.kind.in_((PlaceKind.CERCLE, PlaceKind.COMMUNE)))
    .where((Place.region_slug != BAMAKO) | (Place.kind == PlaceKind.COMMUNE))
    .order_by(Place.region_slug, Place.slug)
)
_VERIFIED = (
    select(ServiceArea.region_slug, ServiceArea.cercle_slug, ServiceNeed.need)
    .join(Service, Service.slug == ServiceArea.service_slug)
    .join(ServiceNeed, ServiceNeed.service_slug == Service.slug)
    .join(Organization, Organization.slug == Service.organization_slug)
    .where(
        SERVICE_IS_VISIBLE,
        Service.kind == ServiceKind.ENTRY,
        Service.restricted.is_(False),
        ServiceArea.region_slug.is_not(None),
    )
    .group_by(ServiceArea.region_slug, ServiceArea.cercle_slug, ServiceNeed.need)
    .add_columns(func.count())
)

type _Pairs = Collection[tuple[str, Need]]


def _verified(database: Database, now: datetime) -> tuple[_Pairs, _Pairs, _Pairs]:
    """Return what verified services answer: in cercles, in whole regions, somewhere in regions."""
    here: set[tuple[str, Need]] = set()
    whole_region: set[tuple[str, Need]] = set()
    in_region: set[tuple[str, Need]] = set()
    seen = seen_by(now, allow_unverified=False)
    for region, cercle, code, _ in database.execute(_VERIFIED, seen):
        need = Need(code)
        in_region.add((region, need))
        if cercle is None or region == BAMAKO:
            # What serves a part of the capital serves all of it.
            whole_region.add((region, need))
        if cercle is not None:
            here.add((cercle, need))
    return here, whole_region, in_region


def _asked(database: Database, now: datetime, in_region: _Pairs) -> list[Asked]:
    since = week_of(now) - timedelta(weeks=ASKED_WEEKS)
    connection: Connection = database.connection() if isinstance(database, Session) else database
    totals: Counter[tuple[str, Need]] = Counter()
    small: dict[tuple[str, Need], bool] = defaultdict(bool)
    for figure in Counters().closed(connection, since, now):
        code, _, region = figure.value.partition(" ")
        if figure.dimension != "need_region" or code not in Need:
            continue
        key = (region, Need(code))
        small[key] = True
        if figure.count >= SMALLEST_SHOWN:
            totals[key] += figure.count
    found = [
        Asked(region, need, totals[region, need] or None, (region, need) in in_region)
        for region, need in small
    ]
    return sorted(found, key=lambda one: (one.is_found, -(one.count or 0), one.region, one.need))
