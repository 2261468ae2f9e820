"""Reads the directory back as records, for export and for comparing with what comes in."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, select

from referral_directory.entries import Database, location_slug
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
from referral_directory.schemas import OpeningHours
from referral_directory.vocabulary import Need, Status

KEPT_BACK = frozenset({"place", "address", "latitude", "longitude", "hours", "note"})
"""Fields of a restricted service that leave the database in no file."""


Slugs = Collection[str] | None
"""Which entries to read; None reads them all."""


def read_organizations(database: Database, slugs: Slugs = None) -> list[OrganizationRecord]:
    """Return organisations, by slug."""
    query = select(*Organization.__table__.columns).order_by(Organization.slug)
    query = _of(query, Organization.slug, slugs)
    names = set(OrganizationRecord.model_fields)
    return [
        OrganizationRecord.model_construct(**_only(row._asdict(), names))
        for row in database.execute(query)
    ]


def read_services(database: Database, slugs: Slugs = None) -> list[ServiceRecord]:
    """Return services, by slug; of restricted ones without what must be kept back."""
    parts = _Parts(database, slugs)
    query = select(*Service.__table__.columns).order_by(Service.slug)
    query = _of(query, Service.slug, slugs)
    return [_service(row._asdict(), parts) for row in database.execute(query)]


def read_phones(database: Database, slugs: Slugs = None) -> list[PhoneRecord]:
    """Return numbers, by slug, without those of restricted services."""
    hours = _hours(
        database,
        _of(select(Schedule).where(Schedule.phone_slug.is_not(None)), Schedule.phone_slug, slugs),
    )
    query = (
        select(*Phone.__table__.columns)
        .outerjoin(Service, Service.slug == Phone.service_slug)
        .where(Phone.service_slug.is_(None) | Service.restricted.is_(False))
        .order_by(Phone.slug)
    )
    query = _of(query, Phone.slug, slugs)
    names = set(PhoneRecord.model_fields)
    return [
        PhoneRecord.model_construct(
            **_only(values, names)
            | {
                "organization": values["organization_slug"],
                "service": values["service_slug"],
                "hours": tuple(hours[values["slug"]]),
            }
        )
        for values in (row._asdict() for row in database.execute(query))
    ]


def not_deleted[R: (OrganizationRecord, ServiceRecord, PhoneRecord)](
    records: Iterable[R],
) -> list[R]:
    """Return what is not deleted: what waits for its end goes out in no file."""
    return [one for one in records if one.status != Status.DELETED]


def _of[*T](query: Select[*T], column: Any, slugs: Slugs) -> Select[*T]:
    return query if slugs is None else query.where(column.in_(slugs))


def _only(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


class _Parts:
    """What hangs on services, read at once."""

    def __init__(self, database: Database, slugs: Slugs) -> None:
        def lists(model: Any, value: Any) -> dict[str, list[Any]]:
            query = select(model.service_slug, value)
            return _lists(database, _of(query, model.service_slug, slugs))

        self.needs = lists(ServiceNeed, ServiceNeed.need)
        self.languages = lists(Language, Language.code)
        self.accessibility = lists(Accessibility, Accessibility.code)
        hours = select(Schedule).where(Schedule.service_slug.is_not(None))
        self.hours = _hours(database, _of(hours, Schedule.service_slug, slugs))
        self.areas: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
        areas = select(
            ServiceArea.service_slug, ServiceArea.region_slug, ServiceArea.cercle_slug
        ).order_by(ServiceArea.id)
        for slug, region, cercle in database.execute(_of(areas, ServiceArea.service_slug, slugs)):
            self.areas[slug].append((region, cercle))
        locations = select(
            Location.slug,
            Location.place_slug,
            Location.address_1,
            Location.latitude,
            Location.longitude,
            PlaceRow.region_slug,
            PlaceRow.cercle_slug,
        ).join(PlaceRow, PlaceRow.slug == Location.place_slug)
        # One that is restricted is kept back even where its service is not.
        locations = locations.where(Location.restricted.is_(False))
        places = None if slugs is None else [location_slug(slug) for slug in slugs]
        rows = database.execute(_of(locations, Location.slug, places))
        self.locations = {row.slug: row for row in rows}


def hidden_places(database: Database) -> set[str]:
    """Return the services whose own location is restricted, whatever they are themselves."""
    query = select(ServiceAtLocation.service_slug).join(
        Location, Location.slug == ServiceAtLocation.location_slug
    )
    return set(database.execute(query.where(Location.restricted.is_(True))).scalars())


def _lists(database: Database, query: Select[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for slug, value in database.execute(query):
        found[slug].append(value)
    return found


def _hours(database: Database, query: Select[Any]) -> dict[str, list[OpeningHours]]:
    found: dict[str, list[OpeningHours]] = defaultdict(list)
    columns = (
        Schedule.service_slug,
        Schedule.phone_slug,
        Schedule.day,
        Schedule.opens_at,
        Schedule.closes_at,
    )
    ordered = query.with_only_columns(*columns).order_by(Schedule.day, Schedule.opens_at)
    for service, phone, day, opens_at, closes_at in database.execute(ordered):
        found[str(service or phone)].append(OpeningHours(day, opens_at, closes_at))
    return found


def _service(values: dict[str, Any], parts: _Parts) -> ServiceRecord:
    slug = values["slug"]
    location = None if values["restricted"] else parts.locations.get(location_slug(slug))
    own = (location.region_slug, location.cercle_slug) if location else None
    cells = _only(values, set(ServiceRecord.model_fields)) | {
        "organization": values["organization_slug"],
        "needs": tuple(need for need in Need if need in parts.needs[slug]),
        "languages": tuple(sorted(parts.languages[slug])),
        "accessibility": tuple(sorted(parts.accessibility[slug])),
        "hours": tuple(parts.hours[slug]),
        "areas": tuple(_area_names(parts.areas[slug], own, whole=values["restricted"])),
        "place": location.place_slug if location else None,
        "address": location.address_1 if location else None,
        "latitude": location.latitude if location else None,
        "longitude": location.longitude if location else None,
    }
    if values["restricted"]:
        # Allowed through by name, never by default: what is new stays inside until listed.
        cells |= {name: () if name == "hours" else None for name in KEPT_BACK}
    return ServiceRecord.model_construct(**cells)


def _area_names(
    areas: Iterable[tuple[str | None, str | None]],
    own: tuple[str, str | None] | None,
    *,
    whole: bool,
) -> Iterable[str]:
    """Return areas as a file names them, without the place's own; regions only if `whole`."""
    names = (
        (region if whole else cercle or region) or COUNTRY_AREA
        for region, cercle in areas
        if (region, cercle) != own
    )
    return dict.fromkeys(names)
