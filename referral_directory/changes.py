"""Compares incoming records with the directory and writes what differs.

A verification never comes in with a file. One that exists is withdrawn where something changes
that a caller relied on, such as a number or the hours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from referral_directory.entries import (
    Areas,
    Database,
    add_organizations,
    add_phones,
    add_services,
    change_phone,
    change_service,
    organization_values,
    phone_values,
    service_values,
)
from referral_directory.entries import change_organization as write_organization
from referral_directory.forgetting import forget_where
from referral_directory.inventory import KEPT_BACK
from referral_directory.labels import label_of
from referral_directory.records import (
    OrganizationRecord,
    PhoneRecord,
    ServiceRecord,
    SourcedRecord,
)
from referral_directory.tables import text_of
from referral_directory.versions import begin_change
from referral_directory.vocabulary import HIDDEN_MARKS, Status

IMPORT = "import"
"""Who changed an entry where nobody says who."""

VERIFICATION = frozenset({"assured_date", "verified_by"})
"""What no file and no edit brings: only a person's confirmation does."""

_FOR_STAFF = frozenset({"note", "verified_by"})
"""Contents that no preview shows and no log holds."""

WORDING = frozenset(
    {
        "name_fr",
        "name_bm",
        "alternate_name",
        "description_fr",
        "description_bm",
        "eligibility_bm",
        "fees_note_bm",
        "label_fr",
        "label_bm",
        "source",
        "source_date",
        "fact_row",
        "note",
        "mark",
        "status",
        "position",
        "website",
    }
)
"""What may change without a new call: words about an entry, not what one relies on."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that an import changes.

    Attributes:
        field: By its technical name.
        old: What stands there, as text; None where that is not for everybody's eyes.
        new: What the file brings, likewise.
    """

    field: str
    old: str | None
    new: str | None

    @property
    def heading(self) -> str:
        """Return the field as people call it."""
        return label_of(self.field)


class ChangeKind(StrEnum):
    """What an import does with an entry."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that an import adds, changes or closes.

    Attributes:
        subject: `organization`, `service` or `phone`.
        slug: Which.
        is_new: Whether it is not there yet.
        fields: The names of what differs.
        withdraws_verification: Whether its verification goes, because people relied on a field.
        name: What the entry is called.
        values: Old and new contents of `fields`, for people who look at a preview.
        closes: Whether the file says that it is to be removed: it is closed and hidden.
    """

    subject: str
    slug: str
    is_new: bool
    fields: tuple[str, ...] = ()
    withdraws_verification: bool = False
    name: str = ""
    values: tuple[FieldChange, ...] = ()
    closes: bool = False

    @property
    def kind(self) -> ChangeKind:
        """Return what is done with the entry."""
        if self.closes:
            return ChangeKind.REMOVED
        return ChangeKind.ADDED if self.is_new else ChangeKind.CHANGED


def changed_fields(old: SourcedRecord, new: SourcedRecord) -> tuple[str, ...]:
    """Return the fields in which an incoming record differs from what is there."""
    ignored = set(VERIFICATION)
    before, after = dict(old), dict(new)
    before["status"], after["status"] = _outside(old.status), _outside(new.status)
    if isinstance(old, ServiceRecord) and isinstance(new, ServiceRecord):
        before["restricted"], after["restricted"] = old.is_restricted, new.is_restricted
        if old.is_restricted:
            ignored |= KEPT_BACK
        for name in ("needs", "languages", "accessibility", "areas"):
            before[name], after[name] = set(before[name]), set(after[name])
    return tuple(name for name in before if name not in ignored and before[name] != after[name])


def _outside(status: Status) -> Status:
    """Return a status as a file can bring it: only an edit puts a draft in review."""
    return Status.DRAFT if status == Status.IN_REVIEW else status


def unverified(record: SourcedRecord) -> dict[str, Any]:
    """Return the values that an incoming entry starts with: nobody confirmed it here."""
    status = Status.DRAFT if record.mark in HIDDEN_MARKS else _outside(record.status)
    return {"assured_date": None, "verified_by": None, "status": status}


def compare[R: (OrganizationRecord, ServiceRecord, PhoneRecord)](
    subject: str, known: Mapping[str, R], incoming: Iterable[R], *, is_file: bool = False
) -> list[tuple[Change, R]]:
    """Return what would change, with the record that brings it.

    Args:
        subject: `organization`, `service` or `phone`.
        known: What is there.
        incoming: What it would become.
        is_file: It comes with a file and not with an edit that somebody approved: an entry that
            was hidden then comes back unconfirmed, and one of weak sources stays a draft.
    """
    changes: list[tuple[Change, R]] = []
    for record in incoming:
        old = known.get(record.slug)
        if old is None:
            new = Change(subject, record.slug, is_new=True, name=name_of(record))
            changes.append((new, record))
            continue
        if is_file and _is_called_for(old, record):
            record = record.model_copy(update={"status": Status.DRAFT})  # noqa: PLW2901  # the same entry, hidden
        fields = changed_fields(old, record)
        if fields:
            # An entry that was hidden is not shown again on the strength of an old call.
            shown_again = is_file and old.status != record.status == Status.PUBLISHED
            relied_on = shown_again or not set(fields) <= WORDING
            withdraws = old.assured_date is not None and relied_on
            changes.append(
                (
                    Change(
                        subject,
                        record.slug,
                        is_new=False,
                        fields=fields,
                        withdraws_verification=withdraws,
                        name=name_of(old),
                        values=tuple(_values_of(fields, old, record)),
                        closes=record.status == Status.CLOSED != old.status,
                    ),
                    record,
                )
            )
    return changes


def _is_called_for(old: SourcedRecord, new: SourcedRecord) -> bool:
    """Tell whether a file would publish what only a call may: it says of one, but none is known."""
    is_confirmed = old.status == Status.PUBLISHED and old.assured_date is not None
    return new.status == Status.PUBLISHED and new.mark in HIDDEN_MARKS and not is_confirmed


def closed[R: (OrganizationRecord, ServiceRecord, PhoneRecord)](
    subject: str, known: Mapping[str, R], slugs: Iterable[str]
) -> list[tuple[Change, R]]:
    """Return the closing of known entries; those that are closed already are left out."""
    return compare(
        subject,
        known,
        [known[slug].model_copy(update={"status": Status.CLOSED}) for slug in slugs],
    )


def name_of(record: OrganizationRecord | ServiceRecord | PhoneRecord) -> str:
    """Return what people call an entry."""
    return record.label_fr if isinstance(record, PhoneRecord) else record.name_fr


def _values_of(
    fields: Iterable[str], old: SourcedRecord, new: SourcedRecord
) -> Iterable[FieldChange]:
    guarded = any(isinstance(one, ServiceRecord) and one.is_restricted for one in (old, new))
    hidden = KEPT_BACK | {"areas"} if guarded else _FOR_STAFF
    for name in fields:
        if name in hidden | _FOR_STAFF:
            yield FieldChange(name, None, None)
        else:
            yield FieldChange(name, text_of(getattr(old, name)), text_of(getattr(new, name)))


def write_organizations(
    database: Database,
    changes: Iterable[tuple[Change, OrganizationRecord]],
    now: datetime,
    by: str = IMPORT,
) -> None:
    """Write what `compare` found for organisations."""
    changed = _begun(database, "organization", changes, now, by)
    add_organizations(database, changed.new, now)
    for change, record in changed.known:
        write_organization(database, record.slug, _values(organization_values(record), change, now))


def write_services(
    database: Database,
    changes: Iterable[tuple[Change, ServiceRecord]],
    areas: Areas,
    now: datetime,
    by: str = IMPORT,
) -> None:
    """Write what `compare` found for services."""
    changed = _begun(database, "service", changes, now, by)
    add_services(database, changed.new, areas, now)
    for change, record in changed.known:
        values = _values(service_values(record), change, now)
        change_service(database, record, areas, values, change.fields)
        if "restricted" in change.fields and record.is_restricted:
            forget_where(database, record.slug, by=by, now=now)


def write_phones(
    database: Database,
    changes: Iterable[tuple[Change, PhoneRecord]],
    now: datetime,
    by: str = IMPORT,
) -> None:
    """Write what `compare` found for numbers."""
    changed = _begun(database, "phone", changes, now, by)
    add_phones(database, changed.new, now)
    for change, record in changed.known:
        change_phone(database, record, _values(phone_values(record), change, now))


@dataclass(frozen=True, slots=True)
class _Begun[R]:
    """Entries to add, which go in together, and known ones with what changes of each."""

    new: list[R]
    known: list[tuple[Change, R]]


def _begun[R: (OrganizationRecord, ServiceRecord, PhoneRecord)](
    database: Database, subject: str, changes: Iterable[tuple[Change, R]], now: datetime, by: str
) -> _Begun[R]:
    """Keep what the known entries look like before they change."""
    found = list(changes)
    known = [(change, record) for change, record in found if not change.is_new]
    begin_change(database, subject, [change.slug for change, _ in known], now=now, by=by)
    new = [
        record.model_copy(update=unverified(record)) for change, record in found if change.is_new
    ]
    return _Begun(new, known)


_COLUMNS = {"organization": "organization_slug", "service": "service_slug"}


def _values(row: Mapping[str, Any], change: Change, now: datetime) -> dict[str, Any]:
    """Return the columns to overwrite: those that differ, and the verification if it goes."""
    names = (_COLUMNS.get(name, name) for name in change.fields)
    values = {name: row[name] for name in names if name in row}
    if "status" in values:
        values["status"] = _outside(values["status"])
    if change.withdraws_verification:
        values |= {"assured_date": None, "verified_by": None}
        if row["mark"] in HIDDEN_MARKS:
            values["status"] = Status.DRAFT
    return values | {"last_modified": now}
