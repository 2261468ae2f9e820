"""Finds services for a need near a place, and never answers with nothing to go on.

The search widens: the cercle, the region, the nearest region with something, lines and services
of the whole country, and at last what stands everywhere: the nearest CSCom or CSRef, the office
of women's promotion. What it leaned on is said in the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from referral_directory.candidates import (
    ASKS_FOR_POLICE,
    Area,
    Candidate,
    Request,
    find_candidates,
    regions_holding,
)
from referral_directory.cards import cards_of, distance_km
from referral_directory.models import Organization, Service, ServiceNeed
from referral_directory.models import Place as PlaceRow
from referral_directory.phone_lines import POLICE, Database, emergency_numbers, helplines
from referral_directory.schemas import Bilingual, FoundServices, PhoneLine, Place, ServiceCard
from referral_directory.visibility import SERVICE_IS_VISIBLE
from referral_directory.vocabulary import Answer, Fallback, Need, PlaceKind, ServiceKind, Width

NEARBY_KM = 300.0
"""A region whose seat is farther away than this is no help."""

MOST_SHOWN = 5


def find_services(  # noqa: PLR0913  # what a person may say about the help wanted
    database: Database,
    need: Need,
    place: str | None,
    *,
    now: datetime,
    sexual_violence: bool = False,
    within_72h: bool = False,
    minor: bool = False,
    disclosed: bool = False,
    allow_unverified: bool = False,
    limit: int = MOST_SHOWN,
) -> FoundServices:
    """Find services for a need; from asynchronous code `await session.run_sync(find_services, …)`.

    Args:
        database: A connection or session.
        need: What is looked for. `shelter` finds who arranges a safe place, never the place.
        place: Slug of a region, cercle or town; None (or one that is unknown) is anywhere.
        now: Aware time.
        sexual_violence: It was said; then care comes along, and police only where asked for.
        within_72h: It happened within three days; care with confirmed PEP then comes first.
        disclosed: Violence was told; what offers care, talk and law together then comes first.
        minor: It is about somebody under 18; services that take no minors are left out.
        allow_unverified: Published entries that nobody confirmed yet are shown too.
        limit: The most services to return.
    """
    request = Request(
        need=Need(need),
        place=_place(database, place),
        now=now,
        sexual_violence=sexual_violence,
        within_72h=within_72h,
        minor=minor,
        allow_unverified=allow_unverified,
        limit=max(1, limit),
        disclosed=disclosed,
    )
    lines = _national_lines(database, request)
    found = _find(database, request, lines)
    picks = _with_police(database, request, found.picks)
    care = None
    if sexual_violence and request.need is not Need.MEDICAL:
        care = _nearest_care(database, request)
    cards = _cards(database, found.request, [*picks, *([care] if care else [])])
    services = tuple(cards[one.slug] for one in picks if one.slug in cards)
    return FoundServices(
        services=services,
        width=found.width,
        fallback=found.fallback,
        national_lines=tuple(lines),
        asked_place=request.place,
        found_in=found.found_in,
        health=cards.get(care.slug) if care else None,
        pep_confirmed=any(card.has_confirmed_pep for card in services),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be shown; the cards are read at the end, all at once, since each costs asking."""

    request: Request
    picks: tuple[Candidate, ...]
    width: Width
    fallback: Fallback
    found_in: Bilingual | None = None


def _find(database: Database, request: Request, lines: Sequence[PhoneLine]) -> _Found:
    near = _near(database, request)
    if near is None:
        # Where nothing else is near, an old confirmation with its date beats a long way.
        near = _near(database, replace(request, expired_too=True))
    if near is not None:
        return near
    countrywide = find_candidates(database, request, Area.COUNTRY)
    if countrywide:
        fallback = Fallback.NOT_NEEDED if request.place is None else Fallback.WIDER_AREA
        picks = _with_structures(database, request, countrywide)
        return _Found(request, picks, Width.NATIONAL, fallback)
    fallback = Fallback.NATIONAL_LINES if lines else Fallback.PUBLIC_STRUCTURE
    return _Found(request, _with_structures(database, request, []), Width.NONE, fallback)


def _near(database: Database, request: Request) -> _Found | None:
    """Search the cercle, its region and the nearest region; None where nothing stands."""
    place = request.place
    if place is None:
        return None
    here = _in_cercle(database, request, place)
    if here and not _must_look_further(request, here):
        return _as_shown(database, request, here, Width.CERCLE)
    region = find_candidates(database, request, Area.REGION, place.region)
    if here and not _any_pep(region):
        return _as_shown(database, request, here, Width.CERCLE)
    if region:
        return _as_shown(database, request, region, Width.REGION)
    return _in_nearest_region(database, request, place)


def _in_cercle(database: Database, request: Request, place: Place) -> list[Candidate]:
    if place.cercle is None:
        return []
    return find_candidates(database, request, Area.CERCLE, place.cercle)


def _must_look_further(request: Request, here: Sequence[Candidate]) -> bool:
    """Tell whether to look further: within 72 hours confirmed treatment beats being at hand."""
    return request.within_72h and request.need is Need.MEDICAL and not _any_pep(here)


def _any_pep(candidates: Sequence[Candidate]) -> bool:
    return any(one.pep is Answer.YES for one in candidates)


def _in_nearest_region(database: Database, request: Request, place: Place) -> _Found | None:
    holding = regions_holding(database, request) - {place.region}
    regions = database.execute(_SEATS, {"slugs": sorted(holding)})
    ranked = sorted((distance_km(place, row.latitude, row.longitude), row.slug) for row in regions)
    for away, slug in ranked:
        if away > NEARBY_KM:
            break
        candidates = find_candidates(database, request, Area.REGION, slug)
        cards = _cards(database, request, candidates)
        # What travels inside its region and has no number can't be reached from another one.
        picks = [
            one
            for one in candidates
            if (card := cards.get(one.slug)) and (card.place is not None or card.phones)
        ]
        if picks:
            shown = _with_structures(database, request, picks)
            name = _name(database, slug)
            return _Found(request, shown, Width.NEARBY, Fallback.WIDER_AREA, name)
    return None


def _cards(
    database: Database, request: Request, picks: Sequence[Candidate]
) -> dict[str, ServiceCard]:
    cards = cards_of(
        database,
        list(dict.fromkeys(one.slug for one in picks)),
        now=request.now,
        allow_unverified=request.allow_unverified,
        near=request.place,
        expired_too=request.expired_too,
    )
    return {card.slug: card for card in cards}


def _as_shown(
    database: Database, request: Request, candidates: Sequence[Candidate], width: Width
) -> _Found:
    picks = tuple(candidates)
    if picks[0].is_police:
        picks = _with_structures(database, request, picks)
    elif len(picks) == 1 < request.limit:
        # A single door may be closed: the public structure that stands everywhere is a second.
        others = (one for one in _structures(database, request) if not one.is_police)
        picks += tuple(islice(others, 1))
    place = request.place
    if width is Width.CERCLE or place is None or place.kind is PlaceKind.REGION:
        return _Found(request, picks, width, Fallback.NOT_NEEDED)
    return _Found(request, picks, width, Fallback.WIDER_AREA, _name(database, place.region))


def _with_structures(
    database: Database, request: Request, picks: Sequence[Candidate]
) -> tuple[Candidate, ...]:
    """Add what stands everywhere: after what was found, but before police."""
    structures = _structures(database, request)
    others = [one for one in (*picks, *structures) if not one.is_police]
    police = [one for one in (*picks, *structures) if one.is_police]
    keep = others[: request.limit]
    if len(picks) >= request.limit and structures:
        # A far or police-only list still ends with a way that holds everywhere.
        first = next((one for one in structures if not one.is_police), None)
        if first is not None and first not in keep:
            keep[-1:] = [first]
    return tuple([*keep, *police][: request.limit])


def _with_police(
    database: Database, request: Request, picks: tuple[Candidate, ...]
) -> tuple[Candidate, ...]:
    """Put police last where it was asked for and none is among `picks` yet."""
    if request.need not in ASKS_FOR_POLICE or request.limit == 1:
        return picks
    if any(one.is_police for one in picks):
        return picks
    police = [one for one in _structures(database, request) if one.is_police]
    return (*picks[: request.limit - 1], *police[:1])


def _structures(database: Database, request: Request) -> list[Candidate]:
    """Return the public structures for the need, the ones that are no police first.

    No structure takes complaints about people of an organisation: who listens can tell more.
    """
    need = Need.PSYCHOSOCIAL if request.need is Need.MISCONDUCT else request.need
    found = [
        (row.kind in POLICE, -row.needs, row.slug)
        for row in database.execute(_STRUCTURES, request.values() | {"need": need})
    ]
    return [
        Candidate(slug, is_police, Answer.UNKNOWN)
        for is_police, _, slug in sorted(found)
        if request.police_may_appear or not is_police
    ]


def _national_lines(database: Database, request: Request) -> list[PhoneLine]:
    """Return the lines of the whole country, without police where it was not asked for."""
    now, unverified = request.now, request.allow_unverified
    lines = [
        *helplines(database, now=now, need=request.need, allow_unverified=unverified),
        *emergency_numbers(database, now=now, allow_unverified=unverified),
    ]
    if not request.police_may_appear:
        lines = [line for line in lines if not line.is_police]
    return sorted(lines, key=lambda line: line.is_police)


def _nearest_care(database: Database, request: Request) -> Candidate | None:
    picks = _find(database, replace(request, need=Need.MEDICAL, limit=1), ()).picks
    return picks[0] if picks else None


_PLACE = select(*PlaceRow.__table__.columns).where(PlaceRow.slug == bindparam("slug"))
_SEATS = select(PlaceRow.slug, PlaceRow.latitude, PlaceRow.longitude).where(
    PlaceRow.slug.in_(bindparam("slugs", expanding=True))
)
_offered = aliased(ServiceNeed)
_STRUCTURES = (
    select(
        Service.slug,
        Organization.kind,
        select(func.count())
        .select_from(_offered)
        .where(_offered.service_slug == Service.slug)
        .correlate(Service)
        .scalar_subquery()
        .label("needs"),
    )
    .join(Organization, Organization.slug == Service.organization_slug)
    .join(ServiceNeed, ServiceNeed.service_slug == Service.slug)
    .where(
        Service.kind == ServiceKind.PUBLIC_STRUCTURE,
        Service.restricted.is_(False),
        ServiceNeed.need == bindparam("need"),
        SERVICE_IS_VISIBLE,
    )
    .order_by(Service.slug)
)


def _place(database: Database, slug: str | None) -> Place | None:
    if slug is None:
        return None
    row = database.execute(_PLACE, {"slug": slug}).one_or_none()
    if row is None:
        return None
    return Place(
        slug=row.slug,
        kind=PlaceKind(row.kind),
        name=Bilingual(row.name_fr, row.name_bm),
        region=row.region_slug,
        cercle=row.cercle_slug,
        latitude=row.latitude,
        longitude=row.longitude,
    )


def _name(database: Database, region: str) -> Bilingual | None:
    place = _place(database, region)
    return place.name if place else None
