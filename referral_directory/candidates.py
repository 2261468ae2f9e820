"""The services that come into question for a request, in the order to show them.

The database sorts and cuts: of ten thousand services only those that are shown leave it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from math import cos, radians
from typing import Any, Self

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Double,
    Integer,
    Select,
    bindparam,
    case,
    func,
    select,
    union,
)

from referral_directory.findable import ONE_STOP, FindableService
from referral_directory.models import (
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceNeed,
)
from referral_directory.models import Place as PlaceRow
from referral_directory.phone_lines import POLICE, Database
from referral_directory.schemas import Bilingual, Place
from referral_directory.visibility import (
    FINDABLE_IS_VISIBLE,
    PHONE_IS_VISIBLE,
    SERVICE_IS_VISIBLE,
    seen_by,
)
from referral_directory.vocabulary import Answer, Need, ServiceKind

ASKS_FOR_POLICE = frozenset((Need.COMPLAINT, Need.PROTECTION))
"""Who asks for one of these asks for police, among others."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is looked for, and on what conditions."""

    need: Need
    place: Place | None
    now: datetime
    limit: int
    sexual_violence: bool = False
    within_72h: bool = False
    minor: bool = False
    allow_unverified: bool = False
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
        Candidate(row.service_slug, row.organization_kind in POLICE, Answer(row.pep))
        for row in database.execute(query, values)
    ]


@dataclass(frozen=True, slots=True)
class Region:
    """A region, with where its seat is."""

    slug: str
    name: Bilingual
    latitude: float
    longitude: float


def regions_holding(database: Database, request: Request) -> list[Region]:
    """Return the regions that have something for the request."""
    query = _regions_query(_Shape.of(request, Area.COUNTRY))
    return [
        Region(row.slug, Bilingual(row.name_fr, row.name_bm), row.latitude, row.longitude)
        for row in database.execute(query, request.values())
    ]


def reachable(database: Database, request: Request, slugs: Sequence[str]) -> set[str]:
    """Return which of these services have a place that may be told or a number that may be shown.

    It holds for services that are not restricted.
    """
    if not slugs:
        return set()
    values = request.values() | {"slugs": list(slugs)}
    return {str(slug) for slug in database.execute(_REACHABLE, values).scalars()}


@dataclass(frozen=True, slots=True)
class Structure:
    """What stands everywhere, such as the nearest health centre, and the needs it answers."""

    candidate: Candidate
    needs: frozenset[Need]


def public_structures(database: Database, request: Request) -> list[Structure]:
    """Return what stands everywhere, no police first and of these what answers most first."""
    offered: dict[tuple[str, bool], set[Need]] = {}
    for row in database.execute(_STRUCTURES, request.values()):
        offered.setdefault((row.slug, row.kind in POLICE), set()).add(Need(row.need))
    found = [
        Structure(Candidate(slug, is_police, Answer.UNKNOWN), frozenset(needs))
        for (slug, is_police), needs in offered.items()
    ]
    return sorted(
        found,
        key=lambda one: (one.candidate.is_police, -len(one.needs), one.candidate.slug),
    )


# Written out in the statement, for there is an index of these few alone.
_PUBLIC: BindParameter[ServiceKind] = bindparam(
    "public", ServiceKind.PUBLIC_STRUCTURE, literal_execute=True
)
_SLUGS: BindParameter[Any] = bindparam("slugs", expanding=True)
_REACHABLE: CompoundSelect[Any] = union(
    select(ServiceAtLocation.service_slug)
    .join(Location, Location.slug == ServiceAtLocation.location_slug)
    .where(ServiceAtLocation.service_slug.in_(_SLUGS), Location.restricted.is_(False)),
    select(Phone.service_slug)
    .join(Organization, Organization.slug == Phone.organization_slug)
    .join(Service, Service.slug == Phone.service_slug)
    .where(Phone.service_slug.in_(_SLUGS), PHONE_IS_VISIBLE),
)
_STRUCTURES = (
    select(Service.slug, Organization.kind, ServiceNeed.need)
    .join(Organization, Organization.slug == Service.organization_slug)
    .join(ServiceNeed, ServiceNeed.service_slug == Service.slug)
    .where(Service.kind == _PUBLIC, Service.restricted.is_(False), SERVICE_IS_VISIBLE)
)

_AREAS: dict[Area, ColumnElement[bool]] = {
    Area.CERCLE: FindableService.cercle_slug == bindparam("area"),
    Area.REGION: FindableService.region_slug == bindparam("area"),
    Area.COUNTRY: FindableService.region_slug.is_(None),
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


# Statements are made once for each shape: making one costs more than running it.
@cache
def _candidates_query(shape: _Shape) -> Select[*tuple[Any, ...]]:
    # A service may stand in several places: the nearest counts. All else is the same in each row.
    same = (
        FindableService.service_slug,
        FindableService.pep,
        FindableService.organization_kind,
        FindableService.takes_minors,
        FindableService.one_stop,
        FindableService.assured_date,
    )
    query = select(*same[:3]).where(_AREAS[shape.area]).group_by(*same)
    return (
        _restrict(query, shape).order_by(*_order(shape)).limit(bindparam("most", type_=Integer()))
    )


@cache
def _regions_query(shape: _Shape) -> Select[*tuple[Any, ...]]:
    holding = _restrict(select(FindableService.region_slug), shape)
    return select(
        PlaceRow.slug,
        PlaceRow.name_fr,
        PlaceRow.name_bm,
        PlaceRow.latitude,
        PlaceRow.longitude,
    ).where(PlaceRow.slug.in_(holding))


def _restrict(query: Select[*tuple[Any, ...]], shape: _Shape) -> Select[*tuple[Any, ...]]:
    """Keep what answers the need, may be seen and may be shown to this person.

    Shelters and other restricted places are not among what may be found: they are arranged.
    """
    query = query.where(FindableService.need == bindparam("need"), FINDABLE_IS_VISIBLE)
    if not shape.police:
        query = query.where(FindableService.organization_kind.not_in(POLICE))
    if shape.minor:
        query = query.where(FindableService.takes_minors != Answer.NO)
    return query


def _order(shape: _Shape) -> Sequence[Any]:
    """Return what sorts: police last, confirmed PEP if it counts, verified, one-stop, nearest."""
    found = FindableService
    order: list[Any] = [case((found.organization_kind.in_(POLICE), 1), else_=0)]
    if shape.pep_first:
        order.append(case((found.pep == Answer.YES, 0), (found.pep == Answer.NO, 2), else_=1))
    order.append(case((found.assured_date.is_(None), 1), else_=0))
    if shape.minor:
        order.append(case((found.takes_minors == Answer.YES, 0), else_=1))
    if shape.one_stop_first:
        # Whoever disclosed violence should not have to tell it at three doors.
        order.append(case((found.one_stop == len(ONE_STOP), 0), else_=1))
    if shape.measured:
        away = func.min(_away())
        order += [case((away.is_(None), 1), else_=0), away]
    return [*order, found.service_slug]


def _away() -> ColumnElement[float | None]:
    """Return a measure that grows with the distance: degrees squared, on a flat map.

    At the size of Mali it sorts as the great circle does; what is shown is measured properly.
    """
    here: dict[str, BindParameter[float]] = {
        name: bindparam(name, type_=Double()) for name in ("latitude", "longitude", "shrink")
    }
    north = FindableService.latitude - here["latitude"]
    east = FindableService.longitude - here["longitude"]
    return north * north + east * east * here["shrink"]
