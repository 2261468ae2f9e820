"""The services that come into question for a request, in the order to show them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select

from referral_directory.cards import distance_km
from referral_directory.models import (
    Location,
    Organization,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
)
from referral_directory.models import Place as PlaceRow
from referral_directory.phone_lines import POLICE, Database
from referral_directory.schemas import Place
from referral_directory.visibility import service_is_visible
from referral_directory.vocabulary import Answer, Need, ServiceKind

_PEP_ORDER = {Answer.YES: 0, Answer.UNKNOWN: 1, Answer.NO: 2}


@dataclass(frozen=True, slots=True)
class Request:
    """What is looked for, and on what conditions."""

    need: Need
    place: Place | None
    now: datetime
    sexual_violence: bool
    within_72h: bool
    minor: bool
    allow_unverified: bool
    limit: int

    @property
    def police_may_appear(self) -> bool:
        """After sexual violence police is shown only to somebody who asks for a complaint."""
        return not self.sexual_violence or self.need is Need.COMPLAINT


@dataclass(slots=True)
class Candidate:
    """A service with what its position in the list depends on."""

    slug: str
    is_police: bool
    is_verified: bool
    pep: Answer
    takes_minors: Answer
    cercles: set[str]
    distance_km: float | None


def find_candidates(
    database: Database, request: Request, area: ColumnElement[bool]
) -> list[Candidate]:
    """Return the services of an area in the order to show, each once."""
    rows = database.execute(restrict(_CANDIDATE, request).where(area))
    found: dict[str, Candidate] = {}
    for row in rows:
        known = found.get(row.slug) or _candidate(row)
        found[row.slug] = known
        if row.cercle_slug:
            known.cercles.add(row.cercle_slug)
        away = _distance(row, request.place)
        if away is not None:
            nearest = away if known.distance_km is None else min(away, known.distance_km)
            known.distance_km = nearest
    return sorted(found.values(), key=_order(request))


_CANDIDATE: Select[*tuple[Any, ...]] = (
    select(
        Service.slug,
        Service.pep,
        Service.takes_minors,
        Service.assured_date,
        Organization.kind.label("organization_kind"),
        ServiceArea.cercle_slug,
        Location.latitude,
        Location.longitude,
        PlaceRow.latitude.label("place_latitude"),
        PlaceRow.longitude.label("place_longitude"),
    )
    .select_from(ServiceArea)
    .outerjoin(ServiceAtLocation, ServiceAtLocation.service_slug == ServiceArea.service_slug)
    .outerjoin(
        Location,
        and_(Location.slug == ServiceAtLocation.location_slug, Location.restricted.is_(False)),
    )
    .outerjoin(PlaceRow, PlaceRow.slug == Location.place_slug)
)


def restrict(query: Select[*tuple[Any, ...]], request: Request) -> Select[*tuple[Any, ...]]:
    """Keep what answers the need, may be seen and may be shown to this person."""
    query = (
        query.join(
            ServiceNeed,
            and_(
                ServiceNeed.need == request.need,
                ServiceNeed.service_slug == ServiceArea.service_slug,
            ),
        )
        .join(Service, Service.slug == ServiceArea.service_slug)
        .join(Organization, Organization.slug == Service.organization_slug)
        .where(
            # Shelters and other restricted places are never found: they are arranged.
            Service.restricted.is_(False),
            Service.kind == ServiceKind.ENTRY,
            service_is_visible(request.now, allow_unverified=request.allow_unverified),
        )
    )
    if not request.police_may_appear:
        query = query.where(Organization.kind.not_in(POLICE))
    if request.minor:
        query = query.where(Service.takes_minors != Answer.NO)
    return query


def _candidate(row: Row[*tuple[Any, ...]]) -> Candidate:
    return Candidate(
        slug=row.slug,
        is_police=row.organization_kind in POLICE,
        is_verified=row.assured_date is not None,
        pep=Answer(row.pep),
        takes_minors=Answer(row.takes_minors),
        cercles=set(),
        distance_km=None,
    )


def _distance(row: Row[*tuple[Any, ...]], place: Place | None) -> float | None:
    latitude = row.place_latitude if row.latitude is None else row.latitude
    longitude = row.place_longitude if row.longitude is None else row.longitude
    return None if place is None or latitude is None else distance_km(place, latitude, longitude)


def _order(request: Request) -> Callable[[Candidate], tuple[Any, ...]]:
    pep_first = request.within_72h and request.need is Need.MEDICAL

    def key(one: Candidate) -> tuple[Any, ...]:
        return (
            one.is_police,
            _PEP_ORDER[one.pep] if pep_first else 0,
            not one.is_verified,
            request.minor and one.takes_minors is not Answer.YES,
            one.distance_km is None,
            one.distance_km or 0.0,
            one.slug,
        )

    return key
