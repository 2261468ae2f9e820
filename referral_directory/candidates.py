"""The services that come into question for a request, in the order to show them.

The database sorts and cuts: of ten thousand services only those that are shown leave it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from math import cos, radians
from typing import Any, Self

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Double,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import aliased

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
from referral_directory.visibility import SERVICE_IS_VISIBLE, seen_by
from referral_directory.vocabulary import Answer, Need, ServiceKind

ASKS_FOR_POLICE = frozenset((Need.COMPLAINT, Need.PROTECTION))
"""Who asks for one of these asks for police, among others."""

_ONE_STOP = (Need.MEDICAL, Need.PSYCHOSOCIAL, Need.LEGAL)


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
    disclosed: bool = False
    expired_too: bool = False

    @property
    def police_may_appear(self) -> bool:
        """After sexual violence police is shown only to somebody who asks for it."""
        return not self.sexual_violence or self.need in ASKS_FOR_POLICE

    def values(self) -> dict[str, Any]:
        """Return what every statement of the search asks for."""
        return seen_by(
            self.now, allow_unverified=self.allow_unverified, expired_too=self.expired_too
        ) | {"need": self.need}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that is to be shown, with what the search decides on."""

    slug: str
    is_police: bool
    pep: Answer


class Area(Enum):
    """Where to look; the value is the condition on `service_areas`."""

    CERCLE = "cercle"
    REGION = "region"
    COUNTRY = "country"


def find_candidates(
    database: Database, request: Request, area: Area, slug: str | None = None
) -> list[Candidate]:
    """Return the first services of an area, at most `request.limit`, in the order to show.

    `slug` names the cercle or region.
    """
    query = _candidates_query(_Shape.of(request, area))
    values = request.values() | {"area": slug, "most": request.limit}
    if request.place is not None:
        values |= {
            "latitude": request.place.latitude,
            "longitude": request.place.longitude,
            "shrink": cos(radians(request.place.latitude)) ** 2,
        }
    return [
        Candidate(row.slug, row.organization_kind in POLICE, Answer(row.pep))
        for row in database.execute(query, values)
    ]


def regions_holding(database: Database, request: Request) -> set[str]:
    """Return the regions that have something for the request."""
    query = _regions_query(_Shape.of(request, Area.COUNTRY))
    found: Iterable[str | None] = database.execute(query, request.values()).scalars()
    return {slug for slug in found if slug}


_AREAS: dict[Area, ColumnElement[bool]] = {
    Area.CERCLE: ServiceArea.cercle_slug == bindparam("area"),
    Area.REGION: ServiceArea.region_slug == bindparam("area"),
    Area.COUNTRY: ServiceArea.region_slug.is_(None),
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement is made for; its values come later."""

    area: Area
    police: bool
    minor: bool
    pep_first: bool
    one_stop_first: bool
    measured: bool

    @classmethod
    def of(cls, request: Request, area: Area) -> Self:
        return cls(
            area=area,
            police=request.police_may_appear,
            minor=request.minor,
            pep_first=request.within_72h and request.need is Need.MEDICAL,
            one_stop_first=request.disclosed,
            measured=request.place is not None,
        )


_offered = aliased(ServiceNeed)


# Statements are made once for each shape: making one costs more than running it.
@cache
def _candidates_query(shape: _Shape) -> Select[*tuple[Any, ...]]:
    query = (
        select(Service.slug, Service.pep, Organization.kind.label("organization_kind"))
        .select_from(ServiceArea)
        .outerjoin(ServiceAtLocation, ServiceAtLocation.service_slug == ServiceArea.service_slug)
        .outerjoin(
            Location,
            and_(Location.slug == ServiceAtLocation.location_slug, Location.restricted.is_(False)),
        )
        .outerjoin(PlaceRow, PlaceRow.slug == Location.place_slug)
        .where(_AREAS[shape.area])
        .group_by(Service.slug, Service.pep, Service.takes_minors, Organization.kind)
        .order_by(*_order(shape))
        .limit(bindparam("most", type_=Integer()))
    )
    return _restrict(query, shape)


@cache
def _regions_query(shape: _Shape) -> Select[*tuple[Any, ...]]:
    return _restrict(select(ServiceArea.region_slug).distinct(), shape)


def _restrict(query: Select[*tuple[Any, ...]], shape: _Shape) -> Select[*tuple[Any, ...]]:
    """Keep what answers the need, may be seen and may be shown to this person."""
    query = (
        query.join(
            ServiceNeed,
            and_(
                ServiceNeed.need == bindparam("need"),
                ServiceNeed.service_slug == ServiceArea.service_slug,
            ),
        )
        .join(Service, Service.slug == ServiceArea.service_slug)
        .join(Organization, Organization.slug == Service.organization_slug)
        .where(
            # Shelters and other restricted places are never found: they are arranged.
            Service.restricted.is_(False),
            Service.kind == ServiceKind.ENTRY,
            SERVICE_IS_VISIBLE,
        )
    )
    if not shape.police:
        query = query.where(Organization.kind.not_in(POLICE))
    if shape.minor:
        query = query.where(Service.takes_minors != Answer.NO)
    return query


def _order(shape: _Shape) -> Sequence[Any]:
    """Return what sorts: police last, confirmed PEP if it counts, verified, one-stop, nearest."""
    order: list[Any] = [case((Organization.kind.in_(POLICE), 1), else_=0)]
    if shape.pep_first:
        order.append(case((Service.pep == Answer.YES, 0), (Service.pep == Answer.NO, 2), else_=1))
    order.append(case((Service.assured_date.is_(None), 1), else_=0))
    if shape.minor:
        order.append(case((Service.takes_minors == Answer.YES, 0), else_=1))
    if shape.one_stop_first:
        # Whoever disclosed violence should not have to tell it at three doors.
        order.append(case((_needs_under_one_roof() == len(_ONE_STOP), 0), else_=1))
    if shape.measured:
        away = func.min(_away())
        order += [case((away.is_(None), 1), else_=0), away]
    return [*order, Service.slug]


def _needs_under_one_roof() -> ColumnElement[int]:
    """Return how many of care, talk and law a service offers."""
    return (
        select(func.count())
        .select_from(_offered)
        .where(_offered.service_slug == Service.slug, _offered.need.in_(_ONE_STOP))
        .correlate(Service)
        .scalar_subquery()
    )


def _away() -> ColumnElement[float]:
    """Return a measure that grows with the distance: degrees squared, on a flat map.

    At the size of Mali it sorts as the great circle does; what is shown is measured properly.
    """
    here: dict[str, BindParameter[float]] = {
        name: bindparam(name, type_=Double()) for name in ("latitude", "longitude", "shrink")
    }
    north = func.coalesce(Location.latitude, PlaceRow.latitude) - here["latitude"]
    east = func.coalesce(Location.longitude, PlaceRow.longitude) - here["longitude"]
    return north * north + east * east * here["shrink"]
