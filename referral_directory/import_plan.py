"""What an import would do: its file read, compared with the directory, and nothing written."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from referral_directory.changes import Change, FieldChange, closed, compare
from referral_directory.entries import Areas, Database, known_slugs, read_areas
from referral_directory.french_dates import ahead
from referral_directory.hsds_import import read_hsds
from referral_directory.import_progress import Progress, Report, Stage
from referral_directory.import_reach import Entry, Reach, read_at_once
from referral_directory.incoming import Incoming, read_rows
from referral_directory.inventory import (
    hidden_places,
    read_organizations,
    read_phones,
    read_services,
)
from referral_directory.links import check_links
from referral_directory.models import Organization, Phone, Place, Service
from referral_directory.place_names import PlaceNames
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.table_reading import count_rows, read_lines
from referral_directory.visibility import today
from referral_directory.vocabulary import Status


class Known:
    """What the directory holds before the import."""

    def __init__(self, database: Database) -> None:
        self.organizations = {one.slug: one for one in read_organizations(database)}
        self.services = {one.slug: one for one in read_services(database)}
        self.phones = {one.slug: one for one in read_phones(database)}
        self.hidden_phones = known_slugs(database, Phone) - self.phones.keys()
        self.hidden_places = hidden_places(database)
        self.areas: Areas = read_areas(database)


@dataclass(frozen=True, slots=True)
class Found:
    """Entries that are added, changed or closed, each with the record that brings it."""

    organizations: list[tuple[Change, OrganizationRecord]]
    services: list[tuple[Change, ServiceRecord]]
    phones: list[tuple[Change, PhoneRecord]]

    @property
    def pairs(self) -> Iterable[tuple[Change, Entry]]:
        """Return all of them, owners before what belongs to them."""
        return (*self.organizations, *self.services, *self.phones)

    def at_once(self, reach: Reach) -> "Found":
        """Return what is written at once; what waits to be shown is written as a draft."""
        waiting = {(change.subject, change.slug) for change, _ in reach.words}
        drafts = {(change.subject, change.slug) for change, _ in reach.shown}
        return Found(
            list(_written(self.organizations, waiting, drafts)),
            list(_written(self.services, waiting, drafts)),
            list(_written(self.phones, waiting, drafts)),
        )

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return what is done, without the records."""
        return tuple(change for change, _ in self.pairs)


def _written[R: (OrganizationRecord, ServiceRecord, PhoneRecord)](
    pairs: Iterable[tuple[Change, R]],
    waiting: Collection[tuple[str, str]],
    drafts: Collection[tuple[str, str]],
) -> Iterable[tuple[Change, R]]:
    for change, record in pairs:
        key = change.subject, change.slug
        if key in drafts:
            yield change, record.model_copy(update={"status": Status.DRAFT})
        elif key not in waiting:
            yield change, record


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    Attributes:
        incoming: What the file brings, and what of it is refused.
        found: What differs from the directory.
        known: The directory before.
        unchanged: How many rows say what is there already.
        fingerprint: Of the file and of all that it would do.
        reach: What waits for a second person.
    """

    incoming: Incoming
    found: Found
    known: Known
    unchanged: int
    fingerprint: str
    reach: Reach


def make_plan(database: Database, path: Path, report: Report, *, now: datetime, hold: bool) -> Plan:
    """Read a file and compare it with the directory.

    Args:
        database: To read from.
        path: The file; its suffix says what it is.
        report: Told now and then how far it is.
        now: Aware time: what is said to have been can't lie ahead.
        hold: Let what the public would read at once wait for a second person.

    Raises:
        UnreadableFileError: When the file is no table of the directory.
    """
    known = Known(database)
    is_json = path.suffix.lower() == ".json"
    lines = read_hsds(database, path, known.services) if is_json else read_lines(path)
    in_file = len(lines) if isinstance(lines, list) else count_rows(path)
    incoming = read_rows(
        lines,
        PlaceNames(database),
        lambda rows: report(Progress(Stage.READING, rows, in_file and max(rows, in_file))),
    )
    total = len(incoming.entries) + len(incoming.removals)
    report(Progress(Stage.COMPARING, total, total))
    _refuse_what_lies_ahead(incoming, today(now))
    check_links(incoming, known)
    found = _compare(incoming, known)
    unchanged = total - len(found.changes)
    print_of_all = _fingerprint(path, found, incoming)
    reach = read_at_once(known, found.pairs) if hold else Reach()
    return Plan(incoming, found, known, unchanged, print_of_all, reach)


def _refuse_what_lies_ahead(incoming: Incoming, day: date) -> None:
    for key, entry in list(incoming.entries.items()):
        for column, reason in ahead(dict(entry), day):
            incoming.refuse(key, column, reason)


def _compare(incoming: Incoming, known: Known) -> Found:
    entries = incoming.entries.values()
    return Found(
        [
            *compare(
                "organization",
                known.organizations,
                _only(entries, OrganizationRecord),
                is_file=True,
            ),
            *closed("organization", known.organizations, _named(incoming, "organization")),
        ],
        [
            *(
                (_with_restriction(change, incoming), record)
                for change, record in compare(
                    "service", known.services, _only(entries, ServiceRecord), is_file=True
                )
            ),
            *closed("service", known.services, _named(incoming, "service")),
        ],
        [
            *compare("phone", known.phones, _only(entries, PhoneRecord), is_file=True),
            *closed("phone", known.phones, _named(incoming, "phone")),
        ],
    )


def _with_restriction(change: Change, incoming: Incoming) -> Change:
    """Say of a service that is kept back against its file's word that it is."""
    if ("service", change.slug) not in incoming.kept_back:
        return change
    return replace(change, values=(FieldChange("restricted", "no", "yes"),))


def _only[R](entries: Iterable[object], kind: type[R]) -> list[R]:
    return [one for one in entries if isinstance(one, kind)]


def _named(incoming: Incoming, kind: str) -> list[str]:
    return [slug for one, slug in incoming.removals if one == kind]


def _fingerprint(path: Path, found: Found, incoming: Incoming) -> str:
    with path.open("rb") as content:
        seen = hashlib.file_digest(content, "sha256")
    for change in found.changes:
        seen.update(repr(change).encode("utf-8", "backslashreplace"))
    for problem in incoming.problems:
        seen.update(repr(problem).encode("utf-8", "backslashreplace"))
    return seen.hexdigest()


def state_of(database: Database) -> str:
    """Return what stands for all that a plan is based on: another one, and something was saved.

    Whatever is done to an entry makes its version grow, or moves it between draft and review.
    """
    seen = hashlib.sha256()
    queries: list[Any] = [
        select(model.slug, model.version, model.status, model.assured_date).order_by(model.slug)
        for model in (Organization, Service, Phone)
    ]
    places = select(Place.slug, Place.name_fr, Place.region_slug, Place.cercle_slug)
    for query in (*queries, places.order_by(Place.slug)):
        for row in database.execute(query):
            seen.update(repr(tuple(row)).encode("utf-8", "backslashreplace"))
    return seen.hexdigest()
