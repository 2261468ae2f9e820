"""Writes records of the directory into its tables, and reads them back out."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, delete, insert, select, update
from sqlalchemy.orm import Session

from referral_directory.models import (
    Accessibility,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
)
from referral_directory.models import Place as PlaceRow
from referral_directory.records import (
    COUNTRY_AREA,
    OrganizationRecord,
    PhoneRecord,
    ServiceRecord,
)
from referral_directory.vocabulary import Extent, PlaceKind
from storage.database import Base

type Database = Connection | Session
type Areas = dict[str, tuple[PlaceKind, str, str | None]]
"""Kind, region and cercle by place slug."""

_WHEREABOUTS: tuple[type[Base], ...] = (Location, ServiceAtLocation)
_CHILDREN: dict[str, tuple[type[Base], ...]] = {
    "needs": (ServiceNeed,),
    "languages": (Language,),
    "accessibility": (Accessibility,),
    "hours": (Schedule,),
    "areas": (ServiceArea,),
    "place": (ServiceArea, *_WHEREABOUTS),
    "address": _WHEREABOUTS,
    "latitude": _WHEREABOUTS,
    "longitude": _WHEREABOUTS,
}
"""Which tables hold a field of a service that is no column of its own."""

_READ_BACK = False
"""Records read back from the database hold codes as plain words, which needs no warning."""

_BY_SERVICE: frozenset[type[Base]] = frozenset(
    (ServiceNeed, Language, Accessibility, Schedule, ServiceArea)
)


class UnknownPlaceError(ValueError):
    """A service names a place or area that the gazetteer does not hold.

    Attributes:
        slug: What it named.
    """

    def __init__(self, slug: str) -> None:
        super().__init__("the directory holds no such place")
        self.slug = slug


def read_areas(database: Database) -> Areas:
    """Return what is needed to tell where a place lies, for all places."""
    rows = database.execute(
        select(PlaceRow.slug, PlaceRow.kind, PlaceRow.region_slug, PlaceRow.cercle_slug)
    )
    return {slug: (PlaceKind(kind), region, cercle) for slug, kind, region, cercle in rows}


def known_slugs(database: Database, model: type[Organization | Service | Phone]) -> set[str]:
    """Return the slugs of all entries of a table."""
    return set(database.execute(select(model.slug)).scalars())


def organization_values(record: OrganizationRecord) -> dict[str, Any]:
    """Return the columns of `organizations` for a record."""
    return record.model_dump(warnings=_READ_BACK)


def service_values(record: ServiceRecord) -> dict[str, Any]:
    """Return the columns of `services` for a record; what hangs on it is not among them."""
    values = record.model_dump(
        exclude={
            "organization",
            "needs",
            "place",
            "address",
            "latitude",
            "longitude",
            "areas",
            "hours",
            "languages",
            "accessibility",
        },
        warnings=_READ_BACK,
    )
    return values | {
        "organization_slug": record.organization,
        "restricted": record.is_restricted,
    }


def phone_values(record: PhoneRecord) -> dict[str, Any]:
    """Return the columns of `phones` for a record."""
    values = record.model_dump(exclude={"organization", "service", "hours"}, warnings=_READ_BACK)
    return values | {
        "organization_slug": record.organization,
        "service_slug": record.service,
    }


def add_organizations(
    database: Database, records: Iterable[OrganizationRecord], now: datetime
) -> None:
    """Add organisations whose slugs are new."""
    rows = [organization_values(record) | {"last_modified": now} for record in records]
    _insert_all(database, insert(Organization), rows)


def change_organization(database: Database, slug: str, changes: dict[str, Any]) -> None:
    """Overwrite columns of an organisation."""
    database.execute(update(Organization).where(Organization.slug == slug).values(**changes))


def add_services(
    database: Database, records: Sequence[ServiceRecord], areas: Areas, now: datetime
) -> None:
    """Add services whose slugs are new, with all that hangs on them.

    Raises:
        UnknownPlaceError: When one names a place that is not there.
    """
    rows = [service_values(record) | {"last_modified": now} for record in records]
    _insert_all(database, insert(Service), rows)
    _add_children(database, records, areas, _BY_SERVICE.union(_WHEREABOUTS))


def change_service(
    database: Database,
    record: ServiceRecord,
    areas: Areas,
    changes: dict[str, Any],
    fields: Iterable[str],
) -> None:
    """Overwrite columns of a service and replace what hangs on it, where `fields` name it.

    The whereabouts and hours of a restricted service stay as staff entered them: no file
    carries them.
    """
    if changes:
        database.execute(update(Service).where(Service.slug == record.slug).values(**changes))
    stale = {model for field in fields for model in _CHILDREN.get(field, ())}
    for model in stale & _BY_SERVICE:
        table = model.__table__
        database.execute(delete(model).where(table.c.service_slug == record.slug))
    if Location in stale:
        database.execute(delete(Location).where(Location.slug == location_slug(record.slug)))
    _add_children(database, [record], areas, stale)


def location_slug(service: str) -> str:
    """Return the slug of the location that comes with a service's own row."""
    return f"at-{service}"


def _add_children(
    database: Database,
    records: Sequence[ServiceRecord],
    areas: Areas,
    wanted: Collection[type[Base]],
) -> None:
    for model, rows in children_of(records, areas).items():
        if model in wanted:
            _insert_all(database, insert(model), rows)


def children_of(
    records: Sequence[ServiceRecord], areas: Areas
) -> dict[type[Base], list[dict[str, Any]]]:
    """Return the rows that hang on services, by table and in the order to write them.

    Raises:
        UnknownPlaceError: When one names a place that is not there.
    """
    return {
        ServiceNeed: [
            {"service_slug": record.slug, "need": need}
            for record in records
            for need in dict.fromkeys(record.needs)
        ],
        Language: _codes(records, "languages"),
        Accessibility: _codes(records, "accessibility"),
        Schedule: [
            hours_values(stretch) | {"service_slug": record.slug, "phone_slug": None}
            for record in records
            for stretch in record.hours
        ],
        ServiceArea: [row for record in records for row in area_rows(record, areas)],
        Location: [_location(record) for record in records if record.place],
        ServiceAtLocation: [
            {"service_slug": record.slug, "location_slug": location_slug(record.slug)}
            for record in records
            if record.place
        ],
    }


def _codes(records: Sequence[ServiceRecord], field: str) -> list[dict[str, Any]]:
    return [
        {"service_slug": record.slug, "code": code}
        for record in records
        for code in dict.fromkeys(getattr(record, field))
    ]


def _location(record: ServiceRecord) -> dict[str, Any]:
    return {
        "slug": location_slug(record.slug),
        "organization_slug": record.organization,
        "place_slug": record.place,
        "address_1": record.address,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "restricted": False,
    }


def hours_values(stretch: Any) -> dict[str, Any]:
    """Return the columns of `schedules` for one stretch of opening."""
    return {"day": stretch.day, "opens_at": stretch.opens_at, "closes_at": stretch.closes_at}


def area_rows(record: ServiceRecord, areas: Areas) -> list[dict[str, Any]]:
    """Return the rows of `service_areas`: the place's own area first, then the named ones.

    Raises:
        UnknownPlaceError: When the record names a place that is not there.
    """
    wanted: dict[tuple[str | None, str | None], Extent] = {}
    for slug in filter(None, (record.place, *record.areas)):
        if slug == COUNTRY_AREA:
            wanted.setdefault((None, None), Extent.COUNTRY)
            continue
        if slug not in areas:
            raise UnknownPlaceError(slug)
        _, region, cercle = areas[slug]
        wanted.setdefault((region, cercle), Extent.CERCLE if cercle else Extent.REGION)
    return [
        {
            "service_slug": record.slug,
            "extent": extent,
            "region_slug": region,
            "cercle_slug": cercle,
        }
        for (region, cercle), extent in wanted.items()
    ]


def add_phones(database: Database, records: Sequence[PhoneRecord], now: datetime) -> None:
    """Add numbers whose slugs are new."""
    rows = [phone_values(record) | {"last_modified": now} for record in records]
    _insert_all(database, insert(Phone), rows)
    _insert_all(database, insert(Schedule), phone_hours(records))


def change_phone(database: Database, record: PhoneRecord, changes: dict[str, Any]) -> None:
    """Overwrite columns of a number and replace its hours."""
    if changes:
        database.execute(update(Phone).where(Phone.slug == record.slug).values(**changes))
    database.execute(delete(Schedule).where(Schedule.phone_slug == record.slug))
    _insert_all(database, insert(Schedule), phone_hours([record]))


def phone_hours(records: Sequence[PhoneRecord]) -> list[dict[str, Any]]:
    """Return the rows of `schedules` that hang on numbers."""
    return [
        hours_values(stretch) | {"service_slug": None, "phone_slug": record.slug}
        for record in records
        for stretch in record.hours
    ]


def _insert_all(database: Database, statement: Insert, rows: list[dict[str, Any]]) -> None:
    # An empty list would insert one row of defaults.
    if rows:
        database.execute(statement, rows)
