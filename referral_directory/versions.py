"""What entries look like and looked like before, so that two who edit at once hear of each other.

Every change of an entry begins with `begin_change`: it keeps what is replaced and makes the
entry's version grow in the same transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from referral_directory.entries import Database
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.life_tables import EntryVersion
from referral_directory.models import Organization, Phone, Service
from referral_directory.records import (
    OrganizationRecord,
    PhoneRecord,
    Record,
    ServiceRecord,
)
from referral_directory.tables import cells_of
from storage.columns import upsert
from storage.database import Base

type Model = type[Organization | Service | Phone]

MODELS: Mapping[str, Model] = {"organization": Organization, "service": Service, "phone": Phone}
"""The table of each subject; the words are those of the column `record` of a file."""

RECORDS: Mapping[str, type[Record]] = {
    "organization": OrganizationRecord,
    "service": ServiceRecord,
    "phone": PhoneRecord,
}


_KEEP = upsert(Base.metadata.tables["entry_versions"], ("cells", "replaced_at", "replaced_by"))
_AT_ONCE = 5_000  # slugs in one statement: both databases take more than that


class UnknownEntryError(LookupError):
    """No number, service or organisation has this id.

    Attributes:
        entry_id: The id that was given.
    """

    def __init__(self, entry_id: str) -> None:
        super().__init__(f"no entry of the directory is called {entry_id}")
        self.entry_id = entry_id


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as somebody saw it.

    Attributes:
        subject: `service`, `phone` or `organization`.
        slug: Which.
        version: The version that was on the screen.

    Raises:
        UnknownEntryError: When there are no entries of such a subject.
    """

    subject: str
    slug: str
    version: int

    def __post_init__(self) -> None:
        """Let nothing pass that a forged form or button could name and no table holds."""
        if self.subject not in MODELS:
            raise UnknownEntryError(self.slug)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: its name, and both contents as cells of a file."""

    name: str
    old: str
    new: str


class EntryChangedError(Exception):
    """Somebody else changed the entry since it was opened.

    Attributes:
        entry_id: Which entry.
        version: Its present version.
        by: Who changed it last; empty where that is no longer known.
        changes: What changed in between, field by field; empty where that is no longer known.
    """

    def __init__(
        self, entry_id: str, version: int, by: str, changes: tuple[FieldChange, ...]
    ) -> None:
        super().__init__(f"{entry_id} was changed meanwhile")
        self.entry_id = entry_id
        self.version = version
        self.by = by
        self.changes = changes


def record_of(database: Database, subject: str, slug: str) -> Record:
    """Return an entry as a row of a file, without what is confidential.

    Raises:
        UnknownEntryError: When there is none, or when it is the number of a restricted service.
    """
    found = _records(database, subject, [slug])
    if not found:
        raise UnknownEntryError(slug)
    return found[0]


def version_of(database: Database, subject: str, slug: str) -> int:
    """Return the present version of an entry.

    Raises:
        UnknownEntryError: When there is none.
    """
    return _found(database.execute(_version(subject, slug)).scalar_one_or_none(), slug)


def _held_version(database: Database, subject: str, slug: str) -> int:
    # Who comes at the same moment waits here, and then reads the version that was saved first.
    held = _version(subject, slug).with_for_update()
    return _found(database.execute(held).scalar_one_or_none(), slug)


def _version(subject: str, slug: str) -> Select[int]:
    model = MODELS[subject]
    return select(model.version).where(model.slug == slug)


def _found(version: int | None, slug: str) -> int:
    if version is None:
        raise UnknownEntryError(slug)
    return version


def begin_change(
    database: Database, subject: str, slugs: Collection[str], *, now: datetime, by: str
) -> None:
    """Keep what entries look like before a change, and make their versions grow.

    Numbers of restricted services keep nothing behind.
    """
    wanted = list(slugs)
    for start in range(0, len(wanted), _AT_ONCE):
        _begin(database, subject, wanted[start : start + _AT_ONCE], now, by)


def _begin(database: Database, subject: str, slugs: list[str], now: datetime, by: str) -> None:
    model = MODELS[subject]
    rows = database.execute(select(model.slug, model.version).where(model.slug.in_(slugs)))
    versions = {row.slug: row.version for row in rows}
    kept = [
        {
            "subject": subject,
            "slug": slug,
            "version": versions[slug],
            "cells": cells,
            "replaced_at": now,
            "replaced_by": by,
        }
        for slug, cells in _cells(database, subject, slugs)
    ]
    if kept:
        connection = database.connection() if isinstance(database, Session) else database
        # An entry that was taken away and came again begins at one again.
        connection.execute(_KEEP.on(connection), kept)
    grown = update(model).where(model.slug.in_(slugs))
    database.execute(grown.values(version=model.version + 1, last_modified=now))


def check_version(database: Database, entry: Seen) -> None:
    """Let pass who saw the present version of an entry; until the transaction ends it stays so.

    Raises:
        UnknownEntryError: When there is no such entry.
        EntryChangedError: When it was changed since, with what changed.
    """
    subject, slug = entry.subject, entry.slug
    version = _held_version(database, subject, slug)
    if version == entry.version:
        return
    query = (
        select(EntryVersion.version, EntryVersion.cells, EntryVersion.replaced_by)
        .where(
            EntryVersion.subject == subject,
            EntryVersion.slug == slug,
            EntryVersion.version >= entry.version,
        )
        .order_by(EntryVersion.version)
    )
    rows = database.execute(query).all()
    by = rows[-1].replaced_by if rows else ""
    before = rows[0].cells if rows and rows[0].version == entry.version else None
    present = dict(_cells(database, subject, [slug])).get(slug)
    changes = () if before is None or present is None else differences(before, present)
    raise EntryChangedError(slug, version, by, changes)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Return what differs between two versions of an entry, field by field."""
    names = dict.fromkeys((*before, *after))
    return tuple(
        FieldChange(name, str(before.get(name, "")), str(after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _cells(
    database: Database, subject: str, slugs: Collection[str]
) -> Iterable[tuple[str, dict[str, str]]]:
    for record in _records(database, subject, slugs):
        cells = cells_of(record)
        yield cells["slug"], cells


def _records(database: Database, subject: str, slugs: Collection[str]) -> Sequence[Record]:
    match subject:
        case "organization":
            return read_organizations(database, slugs)
        case "service":
            return read_services(database, slugs)
        case "phone":
            return read_phones(database, slugs)
        case _:
            raise UnknownEntryError(subject)
