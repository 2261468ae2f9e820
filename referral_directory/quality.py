"""What in the directory needs a person's eye: doubles, numbers nobody can dial, gaps in entries.

Each finding names an entry and the kind of mending, so that a console can lead there. It holds no
word of a restricted service's whereabouts.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise

from rapidfuzz import fuzz

from referral_directory.entries import Database
from referral_directory.numbers import format_number, is_dialable, is_short_code
from referral_directory.quality_rows import (
    OrganizationLine,
    PhoneLine,
    ServiceLine,
    Suspicious,
    is_short,
    read_organizations,
    read_phones,
    read_services,
    suspicious_hours,
)
from referral_directory.schemas import OpeningHours
from referral_directory.spelling import plain
from referral_directory.vocabulary import ServiceKind, Status

SAME_NAME = 90.0
"""From how many of 100 points on two names are taken for one."""

_SAME_WORD = 75.0
_NUMERAL = re.compile(r"\d+|[ivx]+")
_COMMON_WORDS = frozenset({"de", "des", "du", "la", "le", "les", "l", "d", "et", "a", "au"})
_MOST_ALIKE = 60  # entries of one area that are compared with each other; more are compared by word


class Finding(StrEnum):
    """What is to be mended."""

    SAME_NUMBER = "same_number"
    SAME_NAME_NEARBY = "same_name_nearby"
    INVALID_NUMBER = "invalid_number"
    DEAD_HOURS = "dead_hours"
    MISSING_BAMBARA = "missing_bambara"
    NO_WAY_TO_REACH = "no_way_to_reach"


FINDING_LABELS = {
    Finding.SAME_NUMBER: "même numéro",
    Finding.SAME_NAME_NEARBY: "même nom, même endroit",
    Finding.INVALID_NUMBER: "numéro qui ne peut pas exister",
    Finding.DEAD_HOURS: "horaires à revoir",
    Finding.MISSING_BAMBARA: "nom en bambara manquant",
    Finding.NO_WAY_TO_REACH: "ni adresse ni numéro",
}
"""What people read of each."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing to look at.

    Attributes:
        finding: The kind of mending.
        subject: `organization`, `service` or `phone`.
        slug: Which entry to open.
        field: Which field to mend, by its technical name.
        others: Further entries that it is about, such as the double.
        detail: What was seen, in French.
    """

    finding: Finding
    subject: str
    slug: str
    field: str
    others: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FlawsOfAKind:
    """All there are of a kind, and the first of them.

    Attributes:
        total: How many there are.
        first: As many as were asked for, in order.
    """

    total: int
    first: Sequence[Flaw]


def find_flaws(database: Database) -> list[Flaw]:
    """Return what needs a person's eye, the most urgent kinds first.

    From asynchronous code `await session.run_sync(find_flaws)`.
    """
    return [flaw for kind in first_flaws(database, None).values() for flaw in kind.first]


def first_flaws(database: Database, most: int | None) -> dict[Finding, FlawsOfAKind]:
    """Return what needs a person's eye, kind by kind, the most urgent first.

    Args:
        database: A connection or session.
        most: How many of each kind; None is all. At first thousands miss their Bambara name.
    """
    services = read_services(database)
    phones = read_phones(database)
    found: dict[Finding, list[Flaw]] = {finding: [] for finding in Finding}
    for flaw in (
        *_invalid_numbers(phones),
        *_same_numbers(phones),
        *_same_names(services),
        *_same_organizations(read_organizations(database)),
        *_dead_hours(services, phones, suspicious_hours(database)),
        *_unreachable(services, phones),
    ):
        found[flaw.finding].append(flaw)
    kinds = {}
    for finding, flaws in found.items():
        flaws.sort(key=lambda flaw: (flaw.subject, flaw.slug))
        kinds[finding] = FlawsOfAKind(len(flaws), flaws[:most])
    kinds[Finding.MISSING_BAMBARA] = _without_bambara(services, phones, most)
    return {finding: kind for finding, kind in kinds.items() if kind.total}


# -- numbers -----------------------------------------------------------------------------------


def _invalid_numbers(phones: Iterable[PhoneLine]) -> Iterator[Flaw]:
    for phone in phones:
        tried = is_short_code(phone.number) and phone.is_confirmed
        if not (tried or is_dialable(phone.number)):
            shown = format_number(phone.number)
            detail = f"{shown} : le plan de numérotation du Mali ne le connaît pas"
            yield Flaw(Finding.INVALID_NUMBER, "phone", phone.slug, "number", detail=detail)


def _same_numbers(phones: Iterable[PhoneLine]) -> Iterator[Flaw]:
    by_number: dict[str, list[PhoneLine]] = defaultdict(list)
    for phone in phones:
        by_number[phone.number].append(phone)
    for number, same in by_number.items():
        if len(same) > 1:
            first, *others = (phone.slug for phone in same)
            detail = f"{format_number(number)} : {len(same)} fiches"
            yield Flaw(Finding.SAME_NUMBER, "phone", first, "number", tuple(others), detail)


# -- names -------------------------------------------------------------------------------------


def _same_names(services: Iterable[ServiceLine]) -> Iterator[Flaw]:
    by_region: dict[str, list[ServiceLine]] = defaultdict(list)
    for service in services:
        for region in service.regions:
            by_region[region].append(service)
    told: set[frozenset[str]] = set()
    for near in by_region.values():
        for one, other in _alike([(each.slug, each.name_fr) for each in near]):
            pair = frozenset((one, other))
            if pair not in told:
                told.add(pair)
                yield Flaw(Finding.SAME_NAME_NEARBY, "service", one, "name_fr", (other,))


def _same_organizations(organizations: Iterable[OrganizationLine]) -> Iterator[Flaw]:
    for one, other in _alike([(each.slug, each.name_fr) for each in organizations]):
        yield Flaw(Finding.SAME_NAME_NEARBY, "organization", one, "name_fr", (other,))


def _alike(entries: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield pairs of entries with nearly the same name.

    Names are compared where they share a word that is rare among them: comparing all with all
    would take the square of their number.
    """
    names = {slug: plain(name) for slug, name in entries}
    by_word: dict[str, list[str]] = defaultdict(list)
    for slug, name in names.items():
        for word in set(name.split()) - _COMMON_WORDS:
            by_word[word].append(slug)
    told: set[tuple[str, str]] = set()
    for same in by_word.values():
        if len(same) > max(_MOST_ALIKE, 2):
            same = _of_one_name(same, names)  # noqa: PLW2901  # the word is too common to tell
        for one, other in combinations(sorted(same), 2):
            if (one, other) not in told and are_alike(names[one], names[other]):
                told.add((one, other))
                yield one, other


def are_alike(one: str, other: str) -> bool:
    """Tell whether two names, in plain letters, are probably one.

    What differs must be a slip of the pen: « commune I » and « commune IV », « San » and « Ségou »
    are two places.
    """
    if fuzz.token_sort_ratio(one, other) < SAME_NAME:
        return False
    mine, theirs = set(one.split()), set(other.split())
    left, right = sorted(mine - theirs), sorted(theirs - mine)
    if any(_NUMERAL.fullmatch(word) for word in (*left, *right)):
        return False
    return all(
        any(fuzz.ratio(word, candidate) >= _SAME_WORD for candidate in candidates)
        for words, candidates in ((left, theirs), (right, mine))
        for word in words
    )


def _of_one_name(slugs: Iterable[str], names: dict[str, str]) -> list[str]:
    """Return those whose very name another one has; the first few, if there are many."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for slug in slugs:
        by_name[names[slug]].append(slug)
    return [slug for same in by_name.values() if len(same) > 1 for slug in same][:_MOST_ALIKE]


# -- hours, ways, words ------------------------------------------------------------------------


def _dead_hours(
    services: Iterable[ServiceLine], phones: Iterable[PhoneLine], hours: Suspicious
) -> Iterator[Flaw]:
    known = {("service", one.slug) for one in services} if hours else set()
    known |= {("phone", one.slug) for one in phones} if hours else set()
    for subject, slug in known & hours.keys():
        reason = _dead(hours[subject, slug])
        if reason:
            yield Flaw(Finding.DEAD_HOURS, subject, slug, "hours", detail=reason)


def _dead(hours: Sequence[OpeningHours]) -> str:
    """Return why hours can't be right; empty where they may be."""
    ordered = sorted(hours, key=lambda one: (one.day, one.opens_at))
    for before, after in pairwise(ordered):
        if before.day == after.day and after.opens_at < before.closes_at:
            return "deux plages se chevauchent"
    if any(is_short(one.opens_at, one.closes_at) for one in ordered):
        return "ouvert moins d'un quart d'heure"
    return ""


def _unreachable(services: Iterable[ServiceLine], phones: Sequence[PhoneLine]) -> Iterator[Flaw]:
    with_number = {phone.service for phone in phones}
    owners = {phone.organization for phone in phones if phone.service is None}
    for service in services:
        if (
            service.status == Status.PUBLISHED
            and service.kind == ServiceKind.ENTRY
            and not service.restricted
            and not service.has_whereabouts
            and service.slug not in with_number
            and service.organization not in owners
        ):
            yield Flaw(Finding.NO_WAY_TO_REACH, "service", service.slug, "address")


def _without_bambara(
    services: Iterable[ServiceLine], phones: Iterable[PhoneLine], most: int | None
) -> FlawsOfAKind:
    # Both come by slug, and in the order of subjects a phone stands before a service.
    missing = [
        *(("phone", one.slug, "label_bm") for one in phones if _lacks(one.label_bm, one.status)),
        *(("service", one.slug, "name_bm") for one in services if _lacks(one.name_bm, one.status)),
    ]
    return FlawsOfAKind(
        len(missing), [Flaw(Finding.MISSING_BAMBARA, *which) for which in missing[:most]]
    )


def _lacks(name: str | None, status: str) -> bool:
    return not name and status == Status.PUBLISHED
