"""Which changes of an import the public would read at once, without anybody having called.

These need a second person, as an edit does. What hides an entry, or what waits to be confirmed by
a call, needs none: hiding works at once and for one person, showing does not.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from referral_directory.changes import Change, ChangeKind
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.vocabulary import HIDDEN_MARKS, ServiceKind, Status

type Entry = OrganizationRecord | ServiceRecord | PhoneRecord

_FOR_STAFF = frozenset({"note", "fact_row"})
"""What the public reads nowhere."""


class Directory(Protocol):
    """What is there before the import."""

    organizations: dict[str, OrganizationRecord]
    services: dict[str, ServiceRecord]
    phones: dict[str, PhoneRecord]


def read_at_once(
    known: Directory, pairs: Iterable[tuple[Change, Entry]]
) -> list[tuple[Change, Entry]]:
    """Return the changes of known entries that the public would read as soon as they are written.

    Args:
        known: The directory before the import.
        pairs: What the import would do, each with the record that it brings.
    """
    shown = _owners_shown(known)
    return [(change, new) for change, new in pairs if _is_read(change, new, known, shown)]


def _is_read(change: Change, new: Entry, known: Directory, owners_shown: Collection[str]) -> bool:
    if change.kind is not ChangeKind.CHANGED or new.status != Status.PUBLISHED:
        return False
    if set(change.fields) - {"status"} <= _FOR_STAFF:
        return False
    if isinstance(new, OrganizationRecord):
        return new.slug in owners_shown
    if isinstance(new, ServiceRecord) and new.is_restricted:
        return False
    if _stands_unconfirmed(new):
        return True
    old = _known(known, change).get(change.slug)
    # What loses its confirmation is hidden until somebody calls.
    return old is not None and old.assured_date is not None and not change.withdraws_verification


def _known(known: Directory, change: Change) -> Mapping[str, Entry]:
    return known.services if change.subject == "service" else known.phones


def _stands_unconfirmed(new: Entry) -> bool:
    """Tell whether the public sees an entry though nobody confirmed it."""
    is_structure = isinstance(new, ServiceRecord) and new.kind == ServiceKind.PUBLIC_STRUCTURE
    return is_structure and new.mark not in HIDDEN_MARKS


def _owners_shown(known: Directory) -> set[str]:
    """Return the organisations whose name stands on something that the public sees."""
    entries: list[ServiceRecord | PhoneRecord] = [*known.services.values(), *known.phones.values()]
    return {
        one.organization
        for one in entries
        if one.status == Status.PUBLISHED
        and (one.assured_date is not None or _stands_unconfirmed(one))
    }
