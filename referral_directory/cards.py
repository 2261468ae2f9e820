"""Turns rows into the cards that the public may see; what is restricted stops here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from referral_directory.distance import great_circle_km
from referral_directory.gathered import apart, gathered
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

type _Row = Row[*tuple[Any, ...]]


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
    rows: dict[str, list[_Row]] = {}
    for row in database.execute(_CARD, seen | {"slugs": list(slugs)}):
        rows.setdefault(row.slug, []).append(row)
    lines = lines_of_services(database, list(rows), now, seen)
    return [_card(rows[slug], lines.get(slug, []), near, now) for slug in slugs if slug in rows]


_FOR_STAFF = frozenset(
    {"fact_row", "note", "verified_by", "last_modified", "status", "status_before"}
    | {"last_tried", "tries", "version", "deleted_at"}
)
_SLUGS: BindParameter[Any] = bindparam("slugs", expanding=True)
_region = aliased(PlaceRow)
_first_area = (
    select(func.min(ServiceArea.id))
    .where(ServiceArea.service_slug == Service.slug, ServiceArea.region_slug.is_not(None))
    .correlate(Service)
    .scalar_subquery()
)
_CARD: Select[*tuple[Any, ...]] = (
    select(
        *(column for column in Service.__table__.columns if column.name not in _FOR_STAFF),
        Organization.name_fr.label("organization_fr"),
        Organization.name_bm.label("organization_bm"),
        Organization.kind.label("organization_kind"),
        _region.name_fr.label("region_fr"),
        _region.name_bm.label("region_bm"),
        gathered([ServiceNeed.need], ServiceNeed.service_slug == Service.slug, Service).label(
            "needs"
        ),
        gathered([Language.code], Language.service_slug == Service.slug, Service).label(
            "languages"
        ),
        gathered([Accessibility.code], Accessibility.service_slug == Service.slug, Service).label(
            "accessibility"
        ),
        gathered(
            [Schedule.day, Schedule.opens_at, Schedule.closes_at],
            Schedule.service_slug == Service.slug,
            Service,
        ).label("hours"),
        Location.address_1,
        Location.latitude,
        Location.longitude,
        PlaceRow.slug.label("place_slug"),
        PlaceRow.name_fr.label("place_fr"),
        PlaceRow.name_bm.label("place_bm"),
        PlaceRow.latitude.label("place_latitude"),
        PlaceRow.longitude.label("place_longitude"),
    )
    .join(Organization, Organization.slug == Service.organization_slug)
    .outerjoin(ServiceArea, ServiceArea.id == _first_area)
    .outerjoin(_region, _region.slug == ServiceArea.region_slug)
    .outerjoin(ServiceAtLocation, ServiceAtLocation.service_slug == Service.slug)
    .outerjoin(
        Location,
        and_(Location.slug == ServiceAtLocation.location_slug, Location.restricted.is_(False)),
    )
    .outerjoin(PlaceRow, PlaceRow.slug == Location.place_slug)
    .where(Service.slug.in_(_SLUGS), SERVICE_IS_VISIBLE)
    .order_by(Service.slug, Location.slug)
)
"""A service that may be shown: as many rows as it has places that may be told, or one."""


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


def _whereabouts(rows: Sequence[_Row], near: Place | None) -> _Whereabouts:
    measured = []
    for row in rows:
        if row.place_slug is None:
            continue
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
    rows: Sequence[_Row], phones: Sequence[PhoneLine], near: Place | None, now: datetime
) -> ServiceCard:
    row = rows[0]
    restricted = bool(row.restricted)
    where = _Whereabouts() if restricted else _whereabouts(rows, near)
    hours = () if restricted else _hours(row.hours)
    offered = {code for (code,) in apart(row.needs)}
    needs = tuple(need for need in Need if need in offered)
    return ServiceCard(
        slug=row.slug,
        kind=ServiceKind(row.kind),
        name=Bilingual(row.name_fr, row.name_bm),
        organization=Bilingual(row.organization_fr, row.organization_bm),
        organization_kind=OrganizationKind(row.organization_kind),
        description=Bilingual(row.description_fr, row.description_bm),
        needs=needs,
        eligibility=_text(row.eligibility_fr, row.eligibility_bm),
        fees=Fees(row.fees),
        fees_note=_text(row.fees_note_fr, row.fees_note_bm),
        region=_text(row.region_fr, row.region_bm),
        place=where.place,
        address=where.address,
        latitude=where.latitude,
        longitude=where.longitude,
        distance_km=where.distance_km,
        phones=() if restricted else tuple(phones),
        hours=hours,
        is_open=is_open_at(hours, now),
        languages=_codes(row.languages),
        accessibility=_codes(row.accessibility),
        clinical=_clinical(row) if Need.MEDICAL in needs else None,
        restricted=restricted,
        freshness=freshness(row.assured_date, now, row.organization_kind, needs),
        assured_date=row.assured_date,
        mark=Mark(row.mark),
        source=row.source,
        source_date=row.source_date,
    )


def _codes(cell: str | None) -> tuple[str, ...]:
    return tuple(sorted(code for (code,) in apart(cell)))


def _hours(cell: str | None) -> tuple[OpeningHours, ...]:
    stretches = [
        OpeningHours(int(day), time.fromisoformat(opens_at), time.fromisoformat(closes_at))
        for day, opens_at, closes_at in apart(cell)
    ]
    return tuple(sorted(stretches, key=lambda one: (one.day, one.opens_at)))


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
