"""Which changes of an import the public would read at once, without anybody having called.

These need a second person, as an edit does. What hides an entry, or what waits to be confirmed by
a call, needs none: hiding works at once and for one person, showing does not.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from referral_directory.changes import Change, ChangeKind, unverified
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.vocabulary import ServiceKind, Status

type Entry = OrganizationRecord | ServiceRecord | PhoneRecord
type Pair = tuple[Change, Entry]
"""What is done with an entry, and the record that brings it."""

_FOR_STAFF = frozenset({"note", "fact_row"})
"""What the public reads nowhere."""


class Directory(Protocol):
    """What is there before the import."""

    organizations: dict[str, OrganizationRecord]
    services: dict[str, ServiceRecord]
    phones: dict[str, PhoneRecord]


@dataclass(frozen=True, slots=True)
class Reach:
    """What of an import waits for a second person.

    Attributes:
        words: Changes of what the public reads already: nothing of them is written yet.
        shown: Entries that the public would come to see: they are written as drafts.
    """

    words: list[Pair] = field(default_factory=list)
    shown: list[Pair] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many changes wait."""
        return len(self.words) + len(self.shown)


def read_at_once(known: Directory, pairs: Iterable[Pair]) -> Reach:
    """Return what the public would read as soon as it is written.

    Args:
        known: The directory before the import.
        pairs: What the import would do, each with the record that it brings.
    """
    owners = _owners(known)
    reach = Reach()
    for change, new in pairs:
        old = _known(known, change)
        if _comes_to_be_shown(change, new, old, owners):
            reach.shown.append((change, new))
        elif _is_read(change, new, old, owners):
            reach.words.append((change, new))
    return reach


def _comes_to_be_shown(
    change: Change, new: Entry, old: Entry | None, owners: Collection[str]
) -> bool:
    """Tell whether an entry that nobody sees would be seen, itself or what belongs to it.

    Whatever else was hidden comes back unconfirmed, and waits for a call.
    """
    status = unverified(new)["status"] if change.is_new else new.status
    if status != Status.PUBLISHED or (old is not None and old.status == Status.PUBLISHED):
        return False
    return _stands_unconfirmed(new) or (isinstance(new, OrganizationRecord) and new.slug in owners)


def _is_read(change: Change, new: Entry, old: Entry | None, owners: Collection[str]) -> bool:
    """Tell whether other words of an entry would be read where it stands."""
    if change.kind is not ChangeKind.CHANGED or new.status != Status.PUBLISHED:
        return False
    if set(change.fields) <= _FOR_STAFF:
        return False
    if isinstance(new, OrganizationRecord):
        return new.slug in owners
    if isinstance(new, ServiceRecord) and new.is_restricted and "restricted" in change.fields:
        return False  # keeping back works at once
    if _stands_unconfirmed(new):
        return True
    # What loses its confirmation is hidden until somebody calls.
    return old is not None and old.assured_date is not None and not change.withdraws_verification


def _known(known: Directory, change: Change) -> Entry | None:
    entries: Mapping[str, Mapping[str, Entry]] = {
        "organization": known.organizations,
        "service": known.services,
        "phone": known.phones,
    }
    return entries[change.subject].get(change.slug)


def _stands_unconfirmed(entry: Entry) -> bool:
    """Tell whether the public sees an entry, once it is published, though nobody confirmed it."""
    return isinstance(entry, ServiceRecord) and entry.kind == ServiceKind.PUBLIC_STRUCTURE


def _owners(known: Directory) -> set[str]:
    """Return the organisations on which it hangs that the public sees something, and as whose."""
    entries: list[ServiceRecord | PhoneRecord] = [*known.services.values(), *known.phones.values()]
    return {
        one.organization
        for one in entries
        if one.status == Status.PUBLISHED
        and (one.assured_date is not None or _stands_unconfirmed(one))
    }
