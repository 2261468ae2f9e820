"""What staff read where the directory holds a code: names of entries and places, words, days.

The names that a page needs are looked up in one go; what has no name keeps its code, so that
nothing that stands in the database can be out of sight.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, or_, select

from referral_directory.labels import CODE_LABELS, VALUE_LABELS
from referral_directory.models import Organization, Phone, Place, Service
from referral_directory.numbers import format_number
from referral_directory.records import COUNTRY_AREA
from referral_directory.tables import entered
from referral_directory.versions import RECORDS
from staff_console.dates import in_words

_WHOLE_COUNTRY = "tout le Mali"
_DATES = frozenset({"assured_date", "clinical_known_on", "source_date"})
_ENTRIES = frozenset({"organization", "service"})
_PLACES = frozenset({"place", "areas"})
_SEVERAL = frozenset({"areas", "needs", "languages", "accessibility"})
_PARTS_OF_A_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class Names:
    """Names of what a page shows, by what stands in the database.

    Attributes:
        entries: subject and slug -> name.
        places: slug -> name.
    """

    entries: Mapping[tuple[str, str], str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def entry(self, subject: str, slug: str) -> str:
        """Return the name of an entry; its id where it has none that may be shown."""
        return self.entries.get((subject, slug)) or slug

    def place(self, slug: str) -> str:
        """Return the name of a region, cercle, commune or village."""
        return _WHOLE_COUNTRY if slug == COUNTRY_AREA else self.places.get(slug) or slug

    def content(self, subject: str, name: str, cell: str | None) -> str:
        """Return what people read instead of a cell of an entry.

        Args:
            subject: `service`, `phone` or `organization`.
            name: The field.
            cell: As in a file of the directory.
        """
        text = entered(cell or "")
        if not text:
            return ""
        if name in _SEVERAL:
            return ", ".join(self._one(subject, name, each) for each in text.split("|"))
        return self._one(subject, name, text)

    def _one(self, subject: str, name: str, text: str) -> str:
        if name in _ENTRIES:
            return self.entry(name, text)
        if name in _PLACES:
            return self.place(text)
        if name in _DATES:
            return in_words(text)
        if name == "number":
            return format_number(text)
        return dict(options_of(subject, name)).get(text, text)


def options_of(subject: str, name: str) -> Sequence[tuple[str, str]]:
    """Return the codes that a field of an entry may hold, with their words; none where it is free.

    Args:
        subject: `service`, `phone` or `organization`.
        name: The field.
    """
    if name in CODE_LABELS:
        return tuple(CODE_LABELS[name].items())
    known = RECORDS[subject].model_fields.get(name)
    return _options(known.annotation) if known is not None else ()


def _options(annotation: Any) -> Sequence[tuple[str, str]]:
    kinds = [annotation, *get_args(annotation)]
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            words = VALUE_LABELS.get(kind, {})
            return [(each.value, words.get(each.value, each.value)) for each in kind]
    if bool in kinds:
        empty = [("", "inconnu")] if type(None) in kinds else []
        return [*empty, ("yes", "oui"), ("no", "non")]
    return []


def read_names(
    connection: Connection,
    entries: Iterable[tuple[str, str]] = (),
    places: Iterable[str] = (),
) -> Names:
    """Return the names of entries (subject and slug) and of places (slugs).

    The number of a restricted service keeps its id: its label stands with the whereabouts.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for subject, slug in entries:
        wanted[subject].add(slug)
    found: dict[tuple[str, str], str] = {}
    for subject, query, slugs in (
        ("organization", _ORGANIZATIONS, Organization.slug),
        ("service", _SERVICES, Service.slug),
        ("phone", _PHONES, Phone.slug),
    ):
        for some in _parts(wanted[subject]):
            rows = connection.execute(query.where(slugs.in_(some)))
            found |= {(subject, slug): name for slug, name in rows}
    names: dict[str, str] = {}
    for some in _parts(places):
        rows = connection.execute(_PLACE_NAMES.where(Place.slug.in_(some)))
        names |= {str(slug): name for slug, name in rows}
    return Names(found, names)


def names_in(
    connection: Connection,
    cells: Iterable[tuple[str, str | None]],
    entries: Iterable[tuple[str, str]] = (),
) -> Names:
    """Return the names that cells of entries need, and those of the entries themselves.

    Args:
        connection: Open.
        cells: Field and content.
        entries: Subject and slug of what is named besides.
    """
    owners, places = set(entries), set()
    for name, cell in cells:
        text = entered(cell or "")
        if name in _ENTRIES and text:
            owners.add((name, text))
        elif name in _PLACES:
            places |= set(text.split("|"))
    return read_names(connection, owners, places)


def _parts(slugs: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(set(slugs))
    for start in range(0, len(ordered), _PARTS_OF_A_STATEMENT):
        yield ordered[start : start + _PARTS_OF_A_STATEMENT]


_UNRESTRICTED: ColumnElement[bool] = or_(
    Phone.service_slug.is_(None), Service.restricted.is_(False)
)
_ORGANIZATIONS = select(Organization.slug, Organization.name_fr)
_SERVICES = select(Service.slug, Service.name_fr)
_PHONES = (
    select(Phone.slug, Phone.label_fr)
    .outerjoin(Service, Service.slug == Phone.service_slug)
    .where(_UNRESTRICTED)
)
_PLACE_NAMES = select(Place.slug, Place.name_fr)
