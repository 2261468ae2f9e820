"""All that the public can read of a directory, fact by fact, to compare."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from referral_directory.cards import cards_of
from referral_directory.inventory import read_services
from referral_directory.models import Place, TaxonomyTerm
from referral_directory.phone_lines import emergency_numbers, helplines, national_lines
from referral_directory.public_catalogue import PublicCatalogue, Query
from referral_directory.vocabulary import Need

type Fact = tuple[str, ...]
"""Where something stands, and what stands there."""

_OF_STAFF = frozenset({"last_modified", "modified"})
"""That something was touched: it says nothing about an entry."""


def public_reading(directory: Connection, now: datetime) -> set[Fact]:
    """Return what is on cards and lines, behind the public API, and what lists are made of.

    Searches choose among the cards.
    """
    slugs = [one.slug for one in read_services(directory)]
    found: dict[str, Any] = {
        "card": {one.slug: one for one in cards_of(directory, slugs, now=now, expired_too=True)},
        "emergency": emergency_numbers(directory, now=now),
        "helpline": helplines(directory, now=now),
        "national": national_lines(directory, Need, now=now),
        "term": [tuple(row) for row in directory.execute(select(*TaxonomyTerm.__table__.c))],
        "place": [tuple(row) for row in directory.execute(select(*Place.__table__.c))],
    }
    catalogue = PublicCatalogue(directory, now)
    everything = Query(full=True, full_service=True, per_page=10_000)
    for name in ("services", "organizations", "service_at_locations", "taxonomy_terms"):
        page = getattr(catalogue, name)(everything)
        found[name] = {one["id"]: one for one in page.contents}
    return set(_facts(found, ()))


def _facts(value: Any, where: Fact) -> Iterator[Fact]:
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in _OF_STAFF:
                yield from _facts(part, (*where, str(name)))
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            # What stands in a list counts, not where in it.
            yield from _facts(part, where)
    else:
        yield (*where, str(value))
