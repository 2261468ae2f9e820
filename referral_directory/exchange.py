"""Brings the directory in from files and out to them: CSV, XLSX and HSDS.

An import is all or nothing: one row that cannot be read, and nothing is written. A dry run says
what would change and writes nothing. Verification never comes in, and neither do the
whereabouts of a restricted service, which go out in no file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from referral_directory import changes as directory_changes
from referral_directory.changes import Change, compare
from referral_directory.entries import (
    Areas,
    Database,
    UnknownPlaceError,
    area_rows,
    known_slugs,
    read_areas,
)
from referral_directory.hsds_export import write_hsds
from referral_directory.hsds_import import read_hsds
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.models import Phone
from referral_directory.records import (
    OrganizationRecord,
    PhoneRecord,
    Record,
    ServiceRecord,
)
from referral_directory.tables import (
    KINDS,
    Line,
    UnreadableFileError,
    read_lines,
    write_csv,
    write_xlsx,
)
from storage.audit import AuditEntry
from storage.audit import record as enter

FileFormat = Literal["csv", "xlsx", "hsds"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a row out: its line, the column (may be empty) and the reason."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    unchanged: int
    written: bool

    @property
    def added(self) -> int:
        """Return how many entries are new."""
        return sum(change.is_new for change in self.changes)

    @property
    def changed(self) -> int:
        """Return how many known entries differ."""
        return len(self.changes) - self.added


def export_file(database: Database, path: Path, format: FileFormat) -> int:  # noqa: A002  # the contract's word
    """Write the directory to a file; return how many entries it holds.

    CSV and XLSX hold all entries for staff, HSDS the published ones for other directories.
    """
    tables: dict[str, Sequence[Record]] = {
        "organization": read_organizations(database),
        "service": read_services(database),
        "phone": read_phones(database),
    }
    if format == "hsds":
        return write_hsds(database, path)
    if format == "xlsx":
        write_xlsx(path, tables)
    else:
        write_csv(path, tables)
    return sum(map(len, tables.values()))


@dataclass(slots=True)
class _Incoming:
    """The readable rows of a file, by kind, and what was wrong with the others."""

    organizations: list[OrganizationRecord]
    services: list[ServiceRecord]
    phones: list[PhoneRecord]
    lines: dict[tuple[str, str], int]
    problems: list[Problem]


def import_file(
    database: Database, path: Path, *, dry_run: bool, now: datetime, actor: str
) -> ImportReport:
    """Bring in a CSV, XLSX or HSDS (.json) file, or say what that would change.

    Raises:
        UnreadableFileError: When the file is no table of the directory.
        OSError: When it cannot be opened.
    """
    known = _Known(database)
    lines = read_hsds(database, path, known.services) if _is_json(path) else read_lines(path)
    incoming = _read(lines)
    _check_links(incoming, known)
    found = _Found(
        compare("organization", known.organizations, incoming.organizations),
        compare("service", known.services, incoming.services),
        compare("phone", known.phones, incoming.phones),
    )
    total = len(incoming.organizations) + len(incoming.services) + len(incoming.phones)
    write = not dry_run and not incoming.problems
    if write:
        found.write(database, known.areas, now)
        for change in found.changes:
            _enter(database, change, now, actor)
    return ImportReport(found.changes, tuple(incoming.problems), total - len(found.changes), write)


def _is_json(path: Path) -> bool:
    return path.suffix.lower() == ".json"


class _Known:
    """What the directory holds before the import."""

    def __init__(self, database: Database) -> None:
        self.organizations = {one.slug: one for one in read_organizations(database)}
        self.services = {one.slug: one for one in read_services(database)}
        self.phones = {one.slug: one for one in read_phones(database)}
        self.phone_slugs = known_slugs(database, Phone)
        self.areas: Areas = read_areas(database)


@dataclass(frozen=True, slots=True)
class _Found:
    organizations: list[tuple[Change, OrganizationRecord]]
    services: list[tuple[Change, ServiceRecord]]
    phones: list[tuple[Change, PhoneRecord]]

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for change, _ in (*self.organizations, *self.services, *self.phones))

    def write(self, database: Database, areas: Areas, now: datetime) -> None:
        directory_changes.write_organizations(database, self.organizations, now)
        directory_changes.write_services(database, self.services, areas, now)
        directory_changes.write_phones(database, self.phones, now)


def _read(lines: Iterable[Line]) -> _Incoming:
    incoming = _Incoming([], [], [], {}, [])
    for line in lines:
        model = KINDS.get(line.kind)
        if model is None:
            incoming.problems.append(
                Problem(line.number, "record", f"not one of {', '.join(KINDS)}")
            )
            continue
        try:
            record = model.from_cells(line.cells)
        except ValidationError as error:
            incoming.problems.extend(_problems(line, error))
            continue
        _keep(incoming, line, record)
    return incoming


def _keep(incoming: _Incoming, line: Line, record: Record) -> None:
    slug: str = getattr(record, "slug", "")
    if (line.kind, slug) in incoming.lines:
        incoming.problems.append(Problem(line.number, "slug", "stands in the file twice"))
        return
    incoming.lines[line.kind, slug] = line.number
    if isinstance(record, OrganizationRecord):
        incoming.organizations.append(record)
    elif isinstance(record, ServiceRecord):
        incoming.services.append(record)
    elif isinstance(record, PhoneRecord):
        incoming.phones.append(record)


def _problems(line: Line, error: ValidationError) -> Iterable[Problem]:
    for part in error.errors(include_input=False, include_url=False):
        column = ".".join(str(piece) for piece in part["loc"])
        yield Problem(line.number, column, part["msg"].removeprefix("Value error, "))


def _check_links(incoming: _Incoming, known: _Known) -> None:
    """Find entries that name what is not there, and shelters that a file would expose."""
    organizations = {*known.organizations, *(one.slug for one in incoming.organizations)}
    services = {*known.services, *(one.slug for one in incoming.services)}
    restricted = {one.slug for one in known.services.values() if one.is_restricted}
    restricted |= {one.slug for one in incoming.services if one.is_restricted}
    for service in incoming.services:
        line = incoming.lines["service", service.slug]
        if service.organization not in organizations:
            incoming.problems.append(Problem(line, "organization", "no such organization"))
        incoming.problems.extend(_service_problems(service, line, known))
    for phone in incoming.phones:
        line = incoming.lines["phone", phone.slug]
        if phone.organization not in organizations:
            incoming.problems.append(Problem(line, "organization", "no such organization"))
        if phone.service and phone.service not in services:
            incoming.problems.append(Problem(line, "service", "no such service"))
        if phone.service in restricted or phone.slug in known.phone_slugs - known.phones.keys():
            incoming.problems.append(Problem(line, "service", "its numbers come into no file"))


def _service_problems(service: ServiceRecord, line: int, known: _Known) -> Iterable[Problem]:
    try:
        area_rows(service, known.areas)
    except UnknownPlaceError as error:
        yield Problem(line, "place", f"no such place: {error.slug}")
    old = known.services.get(service.slug)
    if old is not None and old.is_restricted and not service.is_restricted:
        yield Problem(line, "restricted", "a file cannot lift this; staff can, in the console")


def _enter(database: Database, change: Change, now: datetime, actor: str) -> None:
    action = "added" if change.is_new else "updated"
    fields = (*change.fields, *(["assured_date"] if change.withdraws_verification else []))
    enter(
        database,
        AuditEntry(now, actor, f"{change.subject}:{action}", change.slug, fields, "import"),
    )


__all__ = [
    "FileFormat",
    "ImportReport",
    "Problem",
    "UnreadableFileError",
    "export_file",
    "import_file",
]
