"""What the search for flaws reads of the directory: a few columns of each entry that is not gone.

Whole records would be four times as slow, and hours are read only where they look odd.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from itertools import batched
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select, tuple_

from referral_directory.entries import Database, location_slug
from referral_directory.hours import LAST_MINUTE
from referral_directory.models import (
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
)
from referral_directory.models import Place as PlaceRow
from referral_directory.records import COUNTRY_AREA
from referral_directory.schemas import OpeningHours
from referral_directory.vocabulary import Status

SHORTEST_STRETCH = 15
"""Minutes; what is open for less is a slip of the pen."""

type Suspicious = Mapping[tuple[str, str], Sequence[OpeningHours]]
"""Hours that look odd, by subject and slug."""

_GONE = (Status.CLOSED, Status.DELETED)
_AT_ONCE = 200  # databases limit the values of one statement


class OrganizationLine(NamedTuple):
    """An organisation as far as flaws go."""

    slug: str
    name_fr: str


class ServiceLine(NamedTuple):
    """A service as far as flaws go; of a restricted one no whereabouts finer than the region."""

    slug: str
    organization: str
    name_fr: str
    name_bm: str | None
    status: str
    kind: str
    restricted: bool
    regions: Sequence[str]
    has_whereabouts: bool


class PhoneLine(NamedTuple):
    """A number as far as flaws go."""

    slug: str
    number: str
    organization: str
    service: str | None
    label_bm: str | None
    status: str
    is_confirmed: bool


def read_organizations(database: Database) -> list[OrganizationLine]:
    """Return organisations that are neither closed nor deleted, by slug."""
    query = select(Organization.slug, Organization.name_fr)
    query = query.where(Organization.status.not_in(_GONE)).order_by(Organization.slug)
    return [OrganizationLine(*row) for row in database.execute(query).all()]


def read_services(database: Database) -> list[ServiceLine]:
    """Return services that are neither closed nor deleted, by slug."""
    regions: dict[str, dict[str, None]] = defaultdict(dict)
    areas = select(ServiceArea.service_slug, ServiceArea.region_slug)
    for slug, region in database.execute(areas).all():
        regions[slug][region or COUNTRY_AREA] = None
    where = select(Location.slug, PlaceRow.region_slug, Location.address_1, Location.latitude)
    where = where.join(PlaceRow, PlaceRow.slug == Location.place_slug)
    # One that is restricted is kept back even where its service is not.
    rows = database.execute(where.where(Location.restricted.is_(False))).all()
    places = {
        slug: (region, address is not None or lat is not None)
        for slug, region, address, lat in rows
    }
    query = select(
        Service.slug,
        Service.organization_slug,
        Service.name_fr,
        Service.name_bm,
        Service.status,
        Service.kind,
        Service.restricted,
    )
    query = query.where(Service.status.not_in(_GONE)).order_by(Service.slug)
    found = []
    for row in database.execute(query).all():
        slug, restricted = row[0], row[6]
        near = regions[slug]
        place = None if restricted else places.get(location_slug(slug))
        if place is not None:
            near[place[0]] = None
        has_whereabouts = place is not None and place[1]
        found.append(ServiceLine(*row, tuple(near), has_whereabouts))
    return found


def read_phones(database: Database) -> list[PhoneLine]:
    """Return numbers that are neither closed nor deleted, by slug; none of restricted services."""
    query = (
        select(
            Phone.slug,
            Phone.number,
            Phone.organization_slug,
            Phone.service_slug,
            Phone.label_bm,
            Phone.status,
            Phone.assured_date.is_not(None),
        )
        .outerjoin(Service, Service.slug == Phone.service_slug)
        .where(
            Phone.service_slug.is_(None) | Service.restricted.is_(False),
            Phone.status.not_in(_GONE),
        )
        .order_by(Phone.slug)
    )
    return [PhoneLine(*row) for row in database.execute(query).all()]


def is_short(opens_at: time, closes_at: time) -> bool:
    """Tell whether a stretch is too short to be meant; what runs to midnight never is."""
    if closes_at == LAST_MINUTE:
        return False
    minutes = (closes_at.hour - opens_at.hour) * 60 + closes_at.minute - opens_at.minute
    return minutes < SHORTEST_STRETCH


def suspicious_hours(database: Database) -> Suspicious:
    """Return the hours of what has two stretches on a day, or a very short one.

    Of restricted services there are none.
    """
    owner = (Schedule.service_slug, Schedule.phone_slug)
    twice = select(*owner).group_by(*owner, Schedule.day).having(func.count() > 1)
    stretches = database.execute(select(Schedule.opens_at, Schedule.closes_at).distinct())
    short = [(opens, closes) for opens, closes in stretches if is_short(opens, closes)]
    owners = {(service, phone) for service, phone in database.execute(twice)}
    for some in batched(short, _AT_ONCE):
        is_one = tuple_(Schedule.opens_at, Schedule.closes_at).in_(some)
        owners |= {(one, other) for one, other in database.execute(select(*owner).where(is_one))}
    found: dict[tuple[str, str], list[OpeningHours]] = defaultdict(list)
    for some_owners in batched(owners, _AT_ONCE):
        for service, phone, day, opens, closes in database.execute(_hours_of(some_owners)):
            whose = ("service" if phone is None else "phone", str(service or phone))
            found[whose].append(OpeningHours(day, opens, closes))
    return found


def _hours_of(
    owners: Iterable[tuple[str | None, str | None]],
) -> Select[str | None, str | None, int, time, time]:
    services = [service for service, _ in owners if service is not None]
    phones = [phone for _, phone in owners if phone is not None]
    return (
        select(
            Schedule.service_slug,
            Schedule.phone_slug,
            Schedule.day,
            Schedule.opens_at,
            Schedule.closes_at,
        )
        .outerjoin(Service, Service.slug == Schedule.service_slug)
        .where(
            or_(
                and_(Schedule.service_slug.in_(services), Service.restricted.is_(False)),
                Schedule.phone_slug.in_(phones),
            )
        )
        .order_by(Schedule.day, Schedule.opens_at)
    )
