"""Finds services for a need near a place, and never answers with nothing to go on.

The search widens: the cercle, the region, the nearest region with something, lines and services
of the whole country, and at last what stands everywhere: the nearest CSCom or CSRef, the office
of women's promotion. What it leaned on is said in the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from referral_directory.candidates import (
    ASKS_FOR_POLICE,
    Area,
    Candidate,
    Request,
    Structure,
    find_candidates,
    public_structures,
    reachable,
    regions_holding,
)
from referral_directory.cards import cards_of, distance_km
from referral_directory.models import Place as PlaceRow
from referral_directory.phone_lines import Database, connection_of, national_lines
from referral_directory.schemas import Bilingual, FoundServices, PhoneLine, Place, ServiceCard
from referral_directory.vocabulary import Answer, Fallback, Need, PlaceKind, Width

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
    return find_for_needs(
        database,
        [need],
        place,
        now=now,
        sexual_violence=sexual_violence,
        within_72h=within_72h,
        minor=minor,
        disclosed=disclosed,
        allow_unverified=allow_unverified,
        limit=limit,
    )[0]


def find_for_needs(
    database: Database, needs: Sequence[Need], place: str | None, *, limit: int, **said: Any
) -> list[FoundServices]:
    """Return what `find_services` finds for each need; they share what is asked once.

    Args:
        database: A connection or session.
        needs: What is looked for.
        place: Slug of a place; None is anywhere.
        limit: The most services of each answer.
        said: What else `find_services` takes.
    """
    connection = connection_of(database)
    where, region = _place(connection, place)
    requests = [
        Request(need=Need(need), place=where, limit=max(1, limit), **said) for need in needs
    ]
    search = _Search(connection, region, requests)
    return search.answers()


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be shown; the cards are read at the end, all at once, since each costs asking."""

    request: Request
    picks: tuple[Candidate, ...]
    width: Width
    fallback: Fallback
    found_in: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found for a need, police and the nearest care among it."""

    found: _Found
    care: Candidate | None

    @property
    def picks(self) -> list[Candidate]:
        """All whose cards are wanted."""
        return [*self.found.picks, *([self.care] if self.care else [])]


class _Search:
    """One search: what it asked of the database it keeps until its end."""

    def __init__(
        self, database: Connection, region: Bilingual | None, requests: Sequence[Request]
    ) -> None:
        self._database = database
        self._region = region
        self._requests = requests

    def answers(self) -> list[FoundServices]:
        """Return what there is for each request."""
        chosen = [self._choose(request) for request in self._requests]
        # What stands expired is shown to those alone who would be left with nothing else.
        cards = {
            expired_too: self._cards(
                [one for one in chosen if one.found.request.expired_too is expired_too]
            )
            for expired_too in (False, True)
        }
        return [
            self._answer(request, one, cards[one.found.request.expired_too])
            for request, one in zip(self._requests, chosen, strict=True)
        ]

    def _choose(self, request: Request) -> _Answer:
        found = self._find(request)
        found = replace(found, picks=self._with_police(request, found.picks))
        care = None
        if request.sexual_violence and request.need is not Need.MEDICAL:
            care = self._nearest_care(request)
        return _Answer(found, care)

    def _cards(self, answers: Sequence[_Answer]) -> dict[str, ServiceCard]:
        if not answers:
            return {}
        request = answers[0].found.request
        cards = cards_of(
            self._database,
            list(dict.fromkeys(one.slug for answer in answers for one in answer.picks)),
            now=request.now,
            allow_unverified=request.allow_unverified,
            near=request.place,
            expired_too=request.expired_too,
        )
        return {card.slug: card for card in cards}

    def _answer(
        self, request: Request, answer: _Answer, cards: Mapping[str, ServiceCard]
    ) -> FoundServices:
        found, care = answer.found, answer.care
        services = tuple(cards[one.slug] for one in found.picks if one.slug in cards)
        return FoundServices(
            services=services,
            width=found.width,
            fallback=found.fallback,
            national_lines=tuple(self._lines(request)),
            asked_place=request.place,
            found_in=found.found_in,
            health=cards.get(care.slug) if care else None,
            pep_confirmed=any(card.has_confirmed_pep for card in services),
        )

    # -- what widens ---------------------------------------------------------------------------

    def _find(self, request: Request) -> _Found:
        near = self._near(request)
        if near is None:
            # Where nothing else is near, an old confirmation with its date beats a long way.
            near = self._near(replace(request, expired_too=True))
        if near is not None:
            return near
        countrywide = find_candidates(self._database, request, Area.COUNTRY)
        if countrywide:
            fallback = Fallback.NOT_NEEDED if request.place is None else Fallback.WIDER_AREA
            picks = self._with_structures(request, countrywide)
            return _Found(request, picks, Width.NATIONAL, fallback)
        has_lines = bool(self._lines(request))
        fallback = Fallback.NATIONAL_LINES if has_lines else Fallback.PUBLIC_STRUCTURE
        return _Found(request, self._with_structures(request, []), Width.NONE, fallback)

    def _near(self, request: Request) -> _Found | None:
        """Search the cercle, its region and the nearest region; None where nothing stands."""
        place = request.place
        if place is None:
            return None
        here = self._in_cercle(request, place)
        if here and not _must_look_further(request, here):
            return self._as_shown(request, here, Width.CERCLE)
        region = find_candidates(self._database, request, Area.REGION, place.region)
        if here and not _any_pep(region):
            return self._as_shown(request, here, Width.CERCLE)
        if region:
            return self._as_shown(request, region, Width.REGION)
        return self._in_nearest_region(request, place)

    def _in_cercle(self, request: Request, place: Place) -> list[Candidate]:
        if place.cercle is None:
            return []
        return find_candidates(self._database, request, Area.CERCLE, place.cercle)

    def _in_nearest_region(self, request: Request, place: Place) -> _Found | None:
        ranked = sorted(
            (distance_km(place, region.latitude, region.longitude), region.slug, region.name)
            for region in regions_holding(self._database, request)
            if region.slug != place.region
        )
        for away, slug, name in ranked:
            if away > NEARBY_KM:
                break
            candidates = find_candidates(self._database, request, Area.REGION, slug)
            # What travels inside its region and has no number can't be reached from another one.
            within_reach = reachable(self._database, request, [one.slug for one in candidates])
            picks = [one for one in candidates if one.slug in within_reach]
            if picks:
                shown = self._with_structures(request, picks)
                return _Found(request, shown, Width.NEARBY, Fallback.WIDER_AREA, name)
        return None

    def _nearest_care(self, request: Request) -> Candidate | None:
        picks = self._find(replace(request, need=Need.MEDICAL, limit=1)).picks
        return picks[0] if picks else None

    # -- what is added -------------------------------------------------------------------------

    def _as_shown(self, request: Request, candidates: Sequence[Candidate], width: Width) -> _Found:
        picks = tuple(candidates)
        if picks[0].is_police:
            picks = self._with_structures(request, picks)
        elif len(picks) == 1 < request.limit:
            # A single door may be closed: the public structure that stands everywhere is a second.
            others = (one for one in self._structures(request) if not one.is_police)
            picks += tuple(islice(others, 1))
        place = request.place
        if width is Width.CERCLE or place is None or place.kind is PlaceKind.REGION:
            return _Found(request, picks, width, Fallback.NOT_NEEDED)
        return _Found(request, picks, width, Fallback.WIDER_AREA, self._region)

    def _with_structures(
        self, request: Request, picks: Sequence[Candidate]
    ) -> tuple[Candidate, ...]:
        """Add what stands everywhere: after what was found, but before police."""
        structures = self._structures(request)
        others = [one for one in (*picks, *structures) if not one.is_police]
        police = [one for one in (*picks, *structures) if one.is_police]
        keep = others[: request.limit]
        if len(picks) >= request.limit and structures:
            # A far or police-only list still ends with a way that holds everywhere.
            first = next((one for one in structures if not one.is_police), None)
            if first is not None and first not in keep:
                keep[-1:] = [first]
        return tuple([*keep, *police][: request.limit])

    def _with_police(self, request: Request, picks: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Put police last where it was asked for and none is among `picks` yet."""
        if request.need not in ASKS_FOR_POLICE or request.limit == 1:
            return picks
        if any(one.is_police for one in picks):
            return picks
        police = [one for one in self._structures(request) if one.is_police]
        return (*picks[: request.limit - 1], *police[:1])

    def _structures(self, request: Request) -> list[Candidate]:
        """Return the public structures for the need, the ones that are no police first.

        No structure takes complaints about people of an organisation: who listens can tell more.
        """
        need = Need.PSYCHOSOCIAL if request.need is Need.MISCONDUCT else request.need
        return [
            one.candidate
            for one in self._all_structures
            if need in one.needs and (request.police_may_appear or not one.candidate.is_police)
        ]

    @cached_property
    def _all_structures(self) -> list[Structure]:
        return public_structures(self._database, self._requests[0])

    def _lines(self, request: Request) -> list[PhoneLine]:
        """Return the lines of the whole country, without police where it was not asked for."""
        lines = self._lines_by_need[request.need]
        if not request.police_may_appear:
            lines = [line for line in lines if not line.is_police]
        return sorted(lines, key=lambda line: line.is_police)

    @cached_property
    def _lines_by_need(self) -> Mapping[Need, list[PhoneLine]]:
        first = self._requests[0]
        # The nearest care is searched beside any need, and may be left with the lines.
        needs = {Need.MEDICAL, *(request.need for request in self._requests)}
        return national_lines(
            self._database, needs, now=first.now, allow_unverified=first.allow_unverified
        )


def _must_look_further(request: Request, here: Sequence[Candidate]) -> bool:
    """Tell whether to look further: within 72 hours confirmed treatment beats being at hand."""
    return request.within_72h and request.need is Need.MEDICAL and not _any_pep(here)


def _any_pep(candidates: Sequence[Candidate]) -> bool:
    return any(one.pep is Answer.YES for one in candidates)


_region = aliased(PlaceRow)
_PLACE = (
    select(
        *PlaceRow.__table__.columns,
        _region.name_fr.label("region_fr"),
        _region.name_bm.label("region_bm"),
    )
    .outerjoin(_region, _region.slug == PlaceRow.region_slug)
    .where(PlaceRow.slug == bindparam("slug"))
)


def _place(database: Connection, slug: str | None) -> tuple[Place | None, Bilingual | None]:
    """Return a place and its region's name."""
    if slug is None:
        return None, None
    row = database.execute(_PLACE, {"slug": slug}).one_or_none()
    if row is None:
        return None, None
    place = Place(
        slug=row.slug,
        kind=PlaceKind(row.kind),
        name=Bilingual(row.name_fr, row.name_bm),
        region=row.region_slug,
        cercle=row.cercle_slug,
        latitude=row.latitude,
        longitude=row.longitude,
    )
    region = None if row.region_fr is None else Bilingual(row.region_fr, row.region_bm)
    return place, region
