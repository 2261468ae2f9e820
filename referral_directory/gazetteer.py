"""The places of Mali in memory: found by what a person typed, by a sentence, by a point.

Spelling is forgiven. Nothing of what is typed is kept or logged.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from referral_directory.border import is_in_mali
from referral_directory.distance import great_circle_km
from referral_directory.models import Place as PlaceRow
from referral_directory.schemas import Bilingual, Place, PlaceMatch
from referral_directory.spelling import fold, plain
from referral_directory.vocabulary import PlaceKind

FARTHEST_KM = 80.0
"""A point farther than this from every place belongs to none."""

NEAR_THE_BORDER_KM = 10.0
"""The outline of the country is rough: this close to one of its places counts as inside."""

MOST_CANDIDATES = 5
LONGEST_SENTENCE = 500

_WINDOW_DEGREES = 1.0  # more than FARTHEST_KM in every direction at these latitudes
_SURE = 88.0
_POSSIBLE = 74.0
_MARGIN = 5.0
_SURE_IN_SENTENCE = 90.0
_SHORTEST_FUZZY = 5
_SHORT_NAME = 4
_MOST_WORDS = 4

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LEVELS = {
    "region": PlaceKind.REGION,
    "mara": PlaceKind.REGION,
    "marabolo": PlaceKind.REGION,
    "cercle": PlaceKind.CERCLE,
    "commune": PlaceKind.COMMUNE,
    "ville": PlaceKind.TOWN,
    "village": PlaceKind.TOWN,
}
_CUES = frozenset(
    ("à", "vers", "ville", "village", "cercle", "région", "region", "commune", "quartier", "depuis")
)
_SOFT_CUES = frozenset(("bɛ", "be", "bè", "de", "dans", "en", "sur", "ka", "taa", "bɔ", "bo"))
_STAYING = frozenset(
    (
        *("suis", "habite", "vis", "vit", "est", "sommes", "habitons", "vais", "va", "etais"),
        "reste",  # codespell:ignore reste
    )
)
# Ordinary words of Bambara or French: year, also, old, hide, came, to say.
_ORDINARY_WORDS = frozenset(("san", "fana", "koro", "dogo", "nara", "dire", "bla", "bore", "ber"))


# Short names of towns that everybody knows and that mean nothing else: they need no sign.
_WELL_KNOWN = frozenset(("bko", "gao", "gawo", "jene", "kati", "kayi", "moti", "segu"))


class Gazetteer:
    """All places, built once from the `places` table."""

    def __init__(self, places: Iterable[tuple[Place, Sequence[str]]]) -> None:
        """Index places, each with its other names."""
        self._by_slug: dict[str, Place] = {}
        self._by_name: dict[str, dict[str, Place]] = {}
        for place, other_names in places:
            self._by_slug[place.slug] = place
            names = (place.name.fr, place.name.bm or "", *other_names)
            for name in filter(None, map(fold, names)):
                self._by_name.setdefault(name, {})[place.slug] = place
        self._names = [name for name in self._by_name if len(name) >= _SHORT_NAME]

    @classmethod
    def read(cls, database: Connection | Session) -> "Gazetteer":
        """Build the index: `await session.run_sync(Gazetteer.read)`."""
        rows = database.execute(select(*PlaceRow.__table__.columns).order_by(PlaceRow.slug))
        return cls(
            (
                Place(
                    slug=row.slug,
                    kind=PlaceKind(row.kind),
                    name=Bilingual(row.name_fr, row.name_bm),
                    region=row.region_slug,
                    cercle=row.cercle_slug,
                    latitude=row.latitude,
                    longitude=row.longitude,
                ),
                tuple((row.other_names or "").split("|")),
            )
            for row in rows
        )

    def place(self, slug: str) -> Place | None:
        """Return the place of a slug, or None for one that is not (or no longer) there."""
        return self._by_slug.get(slug)

    def places(self) -> Iterable[Place]:
        """Return all places."""
        return self._by_slug.values()

    def regions(self) -> list[Place]:
        """Return the regions and the district of Bamako, by French name."""
        return self._sorted(PlaceKind.REGION, None)

    def cercles(self, region_slug: str) -> list[Place]:
        """Return the cercles of a region by French name; for Bamako its six communes."""
        communes = self._sorted(PlaceKind.COMMUNE, region_slug)
        return communes or self._sorted(PlaceKind.CERCLE, region_slug)

    def _sorted(self, kind: PlaceKind, region: str | None) -> list[Place]:
        wanted = (
            place
            for place in self._by_slug.values()
            if place.kind is kind and region in {None, place.region}
        )
        return sorted(wanted, key=lambda place: plain(place.name.fr))

    def match(self, text: str) -> PlaceMatch:
        """Find the place that a person typed in answer to "where?"."""
        text = text[:LONGEST_SENTENCE]
        level = next((_LEVELS[word] for word in plain(text).split() if word in _LEVELS), None)
        exact = self._by_name.get(fold(text))
        if exact:
            return _settle(exact.values(), level)
        named = self.find_in(text)
        if named.found is None and not named.candidates and "-" in text:
            named = self.find_in(text.replace("-", " "))  # « Mopti-Sévaré »
        if named.found or named.candidates:
            return named
        return self._match_roughly(fold(text))

    def _match_roughly(self, folded: str) -> PlaceMatch:
        if len(folded) < _SHORT_NAME:
            return PlaceMatch()
        scored = process.extract(
            folded, self._names, scorer=fuzz.ratio, score_cutoff=_POSSIBLE, limit=8
        )
        if not scored:
            return PlaceMatch()
        best = _settle(self._by_name[scored[0][0]].values(), None)
        candidates = _distinct(
            place
            for name, _, _ in scored
            for place in _either(_settle(self._by_name[name].values(), None))
        )
        rivals = [score for name, score, _ in scored if not self._same(name, best)]
        sure = scored[0][1] >= _SURE and all(scored[0][1] - score >= _MARGIN for score in rivals)
        if best.found and (sure or (len(candidates) == 1 and scored[0][1] >= _SURE)):
            return best
        return PlaceMatch(candidates=tuple(candidates[:MOST_CANDIDATES]))

    def _same(self, name: str, best: PlaceMatch) -> bool:
        return best.found is not None and best.found.slug in self._by_name[name]

    def find_in(self, sentence: str) -> PlaceMatch:
        """Find a place named inside free text; ordinary words that are also names need a sign.

        Such a sign is a capital letter inside the sentence or a word such as « à » before it.
        """
        words = _WORD.findall(sentence[:LONGEST_SENTENCE])
        found: list[Place] = []
        level: PlaceKind | None = None
        taken = 0
        for start in range(len(words)):
            if start < taken:
                continue
            level = level or _LEVELS.get(plain(words[start]))
            for size in range(min(_MOST_WORDS, len(words) - start), 0, -1):
                named = self._named(words, start, size)
                if named:
                    found.extend(_either(_settle(named, level)))
                    taken = start + size
                    break
        return _settle(_distinct(found), level)

    def _named(self, words: list[str], start: int, size: int) -> list[Place]:
        name = fold(" ".join(words[start : start + size]))
        cue = _cue(words, start)
        if name in self._by_name:
            if size == 1 and _needs_a_sign(name) and cue < (2 if name in _ORDINARY_WORDS else 1):
                return []
            return list(self._by_name[name].values())
        if size > 1 or not cue or len(name) < _SHORTEST_FUZZY:
            return []
        near = process.extractOne(
            name, self._names, scorer=fuzz.ratio, score_cutoff=_SURE_IN_SENTENCE
        )
        return list(self._by_name[near[0]].values()) if near else []

    def nearest_cercle(self, latitude: float, longitude: float) -> Place | None:
        """Return the cercle nearest to a point; None in the sea, abroad or far from any place.

        In Taoudénit, whose cercles are not known, it returns the region.
        """
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004  # degrees
            return None
        away, nearest = min(
            (
                (great_circle_km((latitude, longitude), (p.latitude, p.longitude)), p.slug)
                for p in self._by_slug.values()
                # Most places are ruled out cheaply: they may be twenty thousand.
                if abs(p.latitude - latitude) < _WINDOW_DEGREES
                and abs(p.longitude - longitude) < _WINDOW_DEGREES
            ),
            default=(FARTHEST_KM + 1, ""),
        )
        limit = FARTHEST_KM if is_in_mali(latitude, longitude) else NEAR_THE_BORDER_KM
        if away > limit:
            return None
        place = self._by_slug[nearest]
        return self._by_slug.get(place.cercle or place.region)


def _needs_a_sign(name: str) -> bool:
    if name in _WELL_KNOWN:
        return False
    return len(name) <= _SHORT_NAME or name in _ORDINARY_WORDS


def _cue(words: list[str], start: int) -> int:
    """Return 2 where a word surely names a place, 1 where it may, 0 without any sign."""
    before = words[start - 1].lower() if start else ""
    two_before = plain(words[start - 2]) if start > 1 else ""
    if before in _CUES or (before == "a" and two_before in _STAYING):
        return 2
    if before in {"de", "du"} and two_before in _LEVELS:
        return 2
    if start and words[start][:1].isupper() and not words[start].isupper():
        return 2
    return 1 if before in _SOFT_CUES or before == "a" else 0


def _distinct(places: Iterable[Place]) -> list[Place]:
    return list({place.slug: place for place in places}.values())


def _either(match: PlaceMatch) -> tuple[Place, ...]:
    return (match.found,) if match.found else match.candidates


def _settle(places: Iterable[Place], level: PlaceKind | None) -> PlaceMatch:
    """Choose among places that were named alike, or together, if they lie in one another."""
    candidates = list(places)
    if level is not None:
        candidates = [place for place in candidates if place.kind is level] or candidates
    chain = sorted(candidates, key=_narrowness)
    if not chain:
        return PlaceMatch()
    if all(_lies_in(inner, outer) for outer, inner in pairwise(chain)):
        return PlaceMatch(found=chain[-1])
    return PlaceMatch(candidates=tuple(chain[:MOST_CANDIDATES]))


_WIDTHS = (PlaceKind.REGION, PlaceKind.CERCLE, PlaceKind.COMMUNE, PlaceKind.TOWN)


def _narrowness(place: Place) -> int:
    return _WIDTHS.index(place.kind)


def _lies_in(inner: Place, outer: Place) -> bool:
    if outer.kind is PlaceKind.REGION:
        return inner.kind is not PlaceKind.REGION and inner.region == outer.slug
    return outer.kind is PlaceKind.CERCLE and inner.cercle == outer.slug and inner != outer
