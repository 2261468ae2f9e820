"""What staff do to an entry as a whole: close, open again, delete, undo that, keep it back.

Whatever hides an entry works at once and for one person; whatever shows one again leads through
a confirmation or a second person. Each deed stands in the audit log in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from referral_directory.entries import Database
from referral_directory.forgetting import forget_where
from referral_directory.life import Deed, after
from referral_directory.life_tables import DELETED_KEPT
from referral_directory.models import Location, Service, ServiceArea, ServiceAtLocation
from referral_directory.versions import (
    MODELS,
    Seen,
    UnknownEntryError,
    begin_change,
    check_version,
)
from referral_directory.vocabulary import Extent, Status
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record


@dataclass(frozen=True, slots=True)
class Deleted:
    """An entry that can still be brought back: until when, and as what."""

    subject: str
    slug: str
    name: str
    deleted_at: datetime
    until: datetime


def close(database: Database, actor: Actor, entry: Seen, now: datetime) -> None:
    """Say that a service, number or organisation is no more; the public no longer sees it.

    Raises:
        NotAllowedError: When the actor is no editor.
        UnknownEntryError: When there is no such entry.
        EntryChangedError: When it was changed since the actor saw it.
        ImpossibleDeedError: When it is closed or deleted already.
    """
    _do(database, actor, entry, _Doing(Deed.CLOSE, now))


def reopen(database: Database, actor: Actor, entry: Seen, now: datetime) -> None:
    """Make a closed entry a draft again; it is public once confirmed or approved.

    Raises:
        The errors of `close`.
    """
    gone = {"assured_date": None, "verified_by": None}
    _do(database, actor, entry, _Doing(Deed.REOPEN, now, gone))


def delete(database: Database, actor: Actor, entry: Seen, now: datetime) -> None:
    """Take an entry out of every reading at once; it can be restored for 30 days.

    What belongs to a deleted organisation or service is hidden with it.

    Raises:
        The errors of `close`.
    """
    _do(database, actor, entry, _Doing(Deed.DELETE, now, {"deleted_at": now}))


def restore(database: Database, actor: Actor, subject: str, slug: str, now: datetime) -> None:
    """Bring a deleted entry back as it was, within 30 days.

    Raises:
        NotAllowedError: When the actor is no editor.
        UnknownEntryError: When there is no such entry, or its 30 days are over.
        ImpossibleDeedError: When it is not deleted.
    """
    require(actor, Role.EDITOR)
    row = _row(database, subject, slug)
    if row.deleted_at is not None and row.deleted_at + DELETED_KEPT <= now:
        raise UnknownEntryError(slug)
    emptied = {"deleted_at": None, "status_before": None}
    entry = Seen(subject, slug, row.version)
    _do(database, actor, entry, _Doing(Deed.RESTORE, now, emptied))


def deleted_entries(database: Database, actor: Actor, now: datetime) -> list[Deleted]:
    """Return what can still be brought back, the latest deletion first.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    require(actor, Role.READER)
    found = []
    for subject, model in MODELS.items():
        name: Any = getattr(model, "name_fr", None)
        name = getattr(model, "label_fr", None) if name is None else name
        query = select(model.slug, name.label("name"), model.deleted_at).where(
            model.status == Status.DELETED, model.deleted_at > now - DELETED_KEPT
        )
        found += [
            Deleted(subject, row.slug, row.name, row.deleted_at, row.deleted_at + DELETED_KEPT)
            for row in database.execute(query)
            if row.deleted_at is not None
        ]
    return sorted(found, key=lambda one: one.deleted_at, reverse=True)


def restrict(database: Database, actor: Actor, entry: Seen, now: datetime) -> None:
    """Keep back where a service is, at once: a shelter was entered like any other place.

    Its address, coordinates and hours stay for authorised roles; its areas become regions. What
    edits, former versions and imports kept of them is forgotten, see `forget_where`.

    Raises:
        NotAllowedError: When the actor is no editor.
        UnknownEntryError: When there is no such service.
        EntryChangedError: When it was changed since the actor saw it.
    """
    require(actor, Role.EDITOR)
    check_version(database, entry)
    slug = entry.slug
    if entry.subject != "service":
        raise UnknownEntryError(slug)
    database.execute(update(Service).where(Service.slug == slug).values(restricted=True))
    forget_where(database, slug, by=actor.name, now=now)
    # Only now: what is kept of a version never holds where a restricted service is.
    begin_change(database, "service", [slug], now=now, by=actor.name)
    where = select(ServiceAtLocation.location_slug).where(ServiceAtLocation.service_slug == slug)
    database.execute(update(Location).where(Location.slug.in_(where)).values(restricted=True))
    widened = update(ServiceArea).where(
        ServiceArea.service_slug == slug, ServiceArea.cercle_slug.is_not(None)
    )
    database.execute(widened.values(cercle_slug=None, extent=Extent.REGION))
    record(database, AuditEntry(now, actor.name, "service:restricted", slug, ("restricted",)))


@dataclass(frozen=True, slots=True)
class _Doing:
    """A deed, when it is done, and the columns it sets besides the status."""

    deed: Deed
    now: datetime
    values: Mapping[str, Any] = field(default_factory=dict)


_DONE = {
    Deed.CLOSE: "closed",
    Deed.REOPEN: "reopened",
    Deed.DELETE: "deleted",
    Deed.RESTORE: "restored",
}


def _do(database: Database, actor: Actor, entry: Seen, doing: _Doing) -> None:
    require(actor, Role.EDITOR)
    check_version(database, entry)
    row = _row(database, entry.subject, entry.slug)
    before = Status(row.status_before) if row.status_before else None
    becomes = after(Status(row.status), doing.deed, before)
    changed: dict[str, Any] = {"status": becomes, **doing.values}
    if doing.deed is Deed.DELETE:
        changed["status_before"] = row.status
    begin_change(database, entry.subject, [entry.slug], now=doing.now, by=actor.name)
    model = MODELS[entry.subject]
    database.execute(update(model).where(model.slug == entry.slug).values(**changed))
    tag = f"{entry.subject}:{_DONE[doing.deed]}"
    record(database, AuditEntry(doing.now, actor.name, tag, entry.slug, tuple(changed)))


def _row(database: Database, subject: str, slug: str) -> Any:
    model = MODELS[subject]
    columns = (model.status, model.status_before, model.version, model.deleted_at)
    row = database.execute(select(*columns).where(model.slug == slug)).one_or_none()
    if row is None:
        raise UnknownEntryError(slug)
    return row
