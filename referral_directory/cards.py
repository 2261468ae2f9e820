"""Turns rows into the cards that the public may see; what is restricted stops here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, select

from referral_directory.distance import great_circle_km
from referral_directory.hours import is_open_at
from referral_directory.models import (
    Accessibility,
    Language,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
)
from referral_directory.models import Place as PlaceRow
from referral_directory.phone_lines import Database, lines_of_services
from referral_directory.schemas import (
    Bilingual,
    ClinicalFacts,
    OpeningHours,
    PhoneLine,
    Place,
    ServiceCard,
)
from referral_directory.visibility import SERVICE_IS_VISIBLE, freshness, seen_by
from referral_directory.vocabulary import (
    Answer,
    Fees,
    Mark,
    Need,
    OrganizationKind,
    ServiceKind,
)


@dataclass(slots=True)
class _Parts:
    """What hangs on a service besides its own row."""

    needs: list[Need] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    accessibility: list[str] = field(default_factory=list)
    hours: list[OpeningHours] = field(default_factory=list)
    locations: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    region: Bilingual | None = None
    phones: list[PhoneLine] = field(default_factory=list)


def service_card(
    database: Database,
    slug: str,
    *,
    now: datetime,
    allow_unverified: bool = False,
    expired_too: bool = False,
) -> ServiceCard | None:
    """Return one service, or None when there is none that may be shown under this slug.

    `expired_too` is for somebody who was led to it where nothing else was near.
    """
    cards = cards_of(
        database, [slug], now=now, allow_unverified=allow_unverified, expired_too=expired_too
    )
    return cards[0] if cards else None


def cards_of(  # noqa: PLR0913  # what may be seen, and from where it is measured
    database: Database,
    slugs: Sequence[str],
    *,
    now: datetime,
    allow_unverified: bool = False,
    near: Place | None = None,
    expired_too: bool = False,
) -> list[ServiceCard]:
    """Return the cards of visible services in the order of `slugs`.

    `near` is the place distances are measured from; a service with several locations shows the
    nearest. `expired_too` shows what is expired as well, as the last thing there is.
    """
    if not slugs:
        return []
    seen = seen_by(now, allow_unverified=allow_unverified, expired_too=expired_too)
    rows = {row.slug: row for row in database.execute(_CARD, seen | {"slugs": list(slugs)})}
    parts = _parts_of(database, list(rows))
    lines = lines_of_services(database, list(rows), now, seen)
    for slug, phones in lines.items():
        parts[slug].phones = phones
    return [_card(rows[slug], parts[slug], near, now) for slug in slugs if slug in rows]


_FOR_STAFF = frozenset(
    {"fact_row", "note", "verified_by", "last_modified", "status", "status_before"}
    | {"last_tried", "tries", "version", "deleted_at"}
)
_SLUGS: BindParameter[Any] = bindparam("slugs", expanding=True)
_CARD: Select[*tuple[Any, ...]] = (
    select(
        *(column for column in Service.__table__.columns if column.name not in _FOR_STAFF),
        Organization.name_fr.label("organization_fr"),
        Organization.name_bm.label("organization_bm"),
        Organization.kind.label("organization_kind"),
    )
    .join(Organization, Organization.slug == Service.organization_slug)
    .where(Service.slug.in_(_SLUGS), SERVICE_IS_VISIBLE)
)
_NEEDS = select(ServiceNeed.service_slug, ServiceNeed.need).where(
    ServiceNeed.service_slug.in_(_SLUGS)
)
_LANGUAGES = (
    select(Language.service_slug, Language.code)
    .where(Language.service_slug.in_(_SLUGS))
    .order_by(Language.code)
)
_ACCESSIBILITY = (
    select(Accessibility.service_slug, Accessibility.code)
    .where(Accessibility.service_slug.in_(_SLUGS))
    .order_by(Accessibility.code)
)
_HOURS = (
    select(Schedule.service_slug, Schedule.day, Schedule.opens_at, Schedule.closes_at)
    .where(Schedule.service_slug.in_(_SLUGS))
    .order_by(Schedule.day, Schedule.opens_at)
)
_LOCATIONS = (
    select(
        ServiceAtLocation.service_slug,
        Location.address_1,
        Location.latitude,
        Location.longitude,
        PlaceRow.name_fr.label("place_fr"),
        PlaceRow.name_bm.label("place_bm"),
        PlaceRow.latitude.label("place_latitude"),
        PlaceRow.longitude.label("place_longitude"),
    )
    .join(Location, Location.slug == ServiceAtLocation.location_slug)
    .join(PlaceRow, PlaceRow.slug == Location.place_slug)
    .where(ServiceAtLocation.service_slug.in_(_SLUGS), Location.restricted.is_(False))
    .order_by(Location.slug)
)
_REGIONS = (
    select(ServiceArea.service_slug, PlaceRow.name_fr, PlaceRow.name_bm)
    .join(PlaceRow, PlaceRow.slug == ServiceArea.region_slug)
    .where(ServiceArea.service_slug.in_(_SLUGS))
    .order_by(ServiceArea.id.desc())
)


def _parts_of(database: Database, slugs: list[str]) -> dict[str, _Parts]:
    parts = {slug: _Parts() for slug in slugs}
    wanted = {"slugs": slugs}
    for slug, need in database.execute(_NEEDS, wanted):
        parts[slug].needs.append(Need(need))
    for slug, code in database.execute(_LANGUAGES, wanted):
        parts[slug].languages.append(code)
    for slug, code in database.execute(_ACCESSIBILITY, wanted):
        parts[slug].accessibility.append(code)
    for owner, day, opens_at, closes_at in database.execute(_HOURS, wanted):
        parts[str(owner)].hours.append(OpeningHours(day, opens_at, closes_at))
    for row in database.execute(_LOCATIONS, wanted):
        parts[row.service_slug].locations.append(row)
    for slug, name_fr, name_bm in database.execute(_REGIONS, wanted):
        parts[slug].region = Bilingual(name_fr, name_bm)
    return parts


def distance_km(near: Place, latitude: float, longitude: float) -> float:
    """Return the great-circle distance in kilometres, to 100 metres."""
    there = (latitude, longitude)
    return round(great_circle_km((near.latitude, near.longitude), there), 1)


@dataclass(frozen=True, slots=True)
class _Whereabouts:
    place: Bilingual | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    distance_km: float | None = None


def _whereabouts(locations: Sequence[Row[*tuple[Any, ...]]], near: Place | None) -> _Whereabouts:
    measured = []
    for row in locations:
        latitude = row.place_latitude if row.latitude is None else row.latitude
        longitude = row.place_longitude if row.longitude is None else row.longitude
        away = None if near is None else distance_km(near, latitude, longitude)
        measured.append((away or 0.0, away, row))
    if not measured:
        return _Whereabouts()
    _, away, row = min(measured, key=lambda one: one[0])
    # The centre of a town is good for a distance, but a pin there would mislead.
    return _Whereabouts(
        Bilingual(row.place_fr, row.place_bm), row.address_1, row.latitude, row.longitude, away
    )


def _card(
    row: Row[*tuple[Any, ...]], parts: _Parts, near: Place | None, now: datetime
) -> ServiceCard:
    restricted = bool(row.restricted)
    where = _Whereabouts() if restricted else _whereabouts(parts.locations, near)
    hours = () if restricted else tuple(parts.hours)
    return ServiceCard(
        slug=row.slug,
        kind=ServiceKind(row.kind),
        name=Bilingual(row.name_fr, row.name_bm),
        organization=Bilingual(row.organization_fr, row.organization_bm),
        organization_kind=OrganizationKind(row.organization_kind),
        description=Bilingual(row.description_fr, row.description_bm),
        needs=tuple(need for need in Need if need in parts.needs),
        eligibility=_text(row.eligibility_fr, row.eligibility_bm),
        fees=Fees(row.fees),
        fees_note=_text(row.fees_note_fr, row.fees_note_bm),
        region=parts.region,
        place=where.place,
        address=where.address,
        latitude=where.latitude,
        longitude=where.longitude,
        distance_km=where.distance_km,
        phones=() if restricted else tuple(parts.phones),
        hours=hours,
        is_open=is_open_at(hours, now),
        languages=tuple(parts.languages),
        accessibility=tuple(parts.accessibility),
        clinical=_clinical(row) if Need.MEDICAL in parts.needs else None,
        restricted=restricted,
        freshness=freshness(row.assured_date, now, row.organization_kind, parts.needs),
        assured_date=row.assured_date,
        mark=Mark(row.mark),
        source=row.source,
        source_date=row.source_date,
    )


def _text(french: str | None, bambara: str | None) -> Bilingual | None:
    return Bilingual(french, bambara) if french else None


def _clinical(row: Row[*tuple[Any, ...]]) -> ClinicalFacts:
    return ClinicalFacts(
        pep=Answer(row.pep),
        emergency_contraception=Answer(row.emergency_contraception),
        woman_caregiver=Answer(row.woman_caregiver),
        takes_minors=Answer(row.takes_minors),
        takes_men=Answer(row.takes_men),
        asks_requisition=Answer(row.asks_requisition),
        asks_fee=Answer(row.asks_fee),
        known_on=row.clinical_known_on,
    )
