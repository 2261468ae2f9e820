"""Remembers imports, lists them, and undoes a whole one where nobody changed its entries since."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby
from pathlib import PurePath

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from referral_directory.changes import Change, ChangeKind
from referral_directory.entries import Database, location_slug
from referral_directory.entry_images import (
    MODELS,
    Image,
    digest,
    is_kept_restricted,
    read_images,
    restore,
    without_whereabouts,
)
from referral_directory.hours import BAMAKO
from referral_directory.import_holds import approved_since, take_back
from referral_directory.import_models import UNDO_WITHIN, Import, ImportEntry
from referral_directory.models import Location, Phone, Service
from storage.audit import Audit, AuditEntry, record, record_all

_BATCH = 400
_LONGEST_NAME = 120
_SUBJECTS = ("organization", "service", "phone")
type Key = tuple[str, str]


class UnknownImportError(LookupError):
    """No import has this number.

    Attributes:
        import_id: The number that was given.
    """

    def __init__(self, import_id: int) -> None:
        super().__init__(f"there is no import {import_id}")
        self.import_id = import_id


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An entry that keeps an import from being undone, with the reason in French."""

    subject: str
    slug: str
    reason: str


class CannotUndoError(ValueError):
    """An import that cannot be undone; nothing was changed.

    Attributes:
        reason: Why, in French, without its full stop.
        obstacles: The entries that stand in the way; empty where it is the import itself.
    """

    def __init__(self, reason: str, obstacles: Sequence[Obstacle] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.obstacles = tuple(obstacles)


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import that was written.

    Attributes:
        id: Its number.
        at: When.
        actor: Who.
        file_name: The file's name, without its folder.
        added: How many entries were new.
        changed: How many were changed.
        removed: How many were closed.
        refused: How many reasons kept rows out.
        unchanged: How many rows said what was there already.
        undone_at: When it was undone; None where it holds.
        undone_by: Who undid it.
        undo_until: Until when it can be undone; None where it can't.
    """

    id: int
    at: datetime
    actor: str
    file_name: str
    added: int
    changed: int
    removed: int
    refused: int
    unchanged: int
    undone_at: datetime | None
    undone_by: str | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did.

    Attributes:
        removed: How many entries that it had added are gone.
        restored: How many that it had changed or closed are as they were.
        still_guarded: Services that it had made restricted: their words are as they were, but
            they stay restricted, and their whereabouts have to be entered again.
    """

    removed: int
    restored: int
    still_guarded: tuple[str, ...]


# -- remembering -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept of the entries before an import writes.

    Attributes:
        changes: What it will do.
        before: What known entries look like.
        digests: Of what new entries will look like.
    """

    changes: Sequence[Change]
    before: Mapping[Key, Image]
    digests: Mapping[Key, str]


def look_before(
    database: Database,
    changes: Sequence[Change],
    restricted: Collection[str],
    digests: Mapping[Key, str],
) -> Memory:
    """Return what the entries look like that an import is about to change.

    Args:
        database: Before the import writes.
        changes: What it will do.
        restricted: Services that are restricted, before or after it.
        digests: Of what the new entries will look like.
    """
    before: dict[Key, Image] = {}
    for subject in _SUBJECTS:
        known = {one.slug: one for one in changes if one.subject == subject and not one.is_new}
        for slug, image in read_images(database, subject, known).items():
            if subject == "service" and slug in restricted:
                before[subject, slug] = without_whereabouts(image, known[slug].fields)
            else:
                before[subject, slug] = image
    return Memory(changes, before, digests)


def remember(  # noqa: PLR0913  # what an import was: by whom, when, of which file, with what result
    database: Database,
    memory: Memory,
    *,
    now: datetime,
    actor: str,
    file_name: str,
    refused: int,
    unchanged: int,
) -> int:
    """Enter an import that has just been written; return its number."""
    kinds = [one.kind for one in memory.changes]
    values = {
        "at": now,
        "actor": actor,
        "file_name": PurePath(file_name).name[-_LONGEST_NAME:],
        "added": kinds.count(ChangeKind.ADDED),
        "changed": kinds.count(ChangeKind.CHANGED),
        "removed": kinds.count(ChangeKind.REMOVED),
        "refused": refused,
        "unchanged": unchanged,
    }
    number: int = database.execute(
        insert(Import).values(**values).returning(Import.id)
    ).scalar_one()
    for subject in _SUBJECTS:
        slugs = [one.slug for one in memory.changes if one.subject == subject]
        known = [slug for slug in slugs if (subject, slug) not in memory.digests]
        after = {slug: digest(one) for slug, one in read_images(database, subject, known).items()}
        rows = [
            {
                "import_id": number,
                "subject": subject,
                "slug": slug,
                "before": memory.before.get((subject, slug)),
                "after_digest": memory.digests.get((subject, slug)) or after[slug],
            }
            for slug in slugs
        ]
        if rows:
            database.execute(insert(ImportEntry), rows)
    told = ("added", "changed", "removed", "refused")
    note = ", ".join(f"{values[name]} {name}" for name in told)
    entry = AuditEntry(now, actor, "import:written", f"import-{number}", note=note)
    record(database, entry)
    return number


def past_imports(
    database: Database, now: datetime, limit: int = 50, number: int | None = None
) -> list[PastImport]:
    """Return the imports that were written, the newest first; or the one of a number."""
    query = select(*Import.__table__.columns).order_by(Import.id.desc()).limit(limit)
    if number is not None:
        query = query.where(Import.id == number)
    return [_past(row._asdict(), now) for row in database.execute(query)]


def _past(values: dict[str, object], now: datetime) -> PastImport:
    at = values["at"]
    assert isinstance(at, datetime)  # noqa: S101  # the column says so
    until = at + UNDO_WITHIN
    can = values["undone_at"] is None and until > now
    return PastImport(**values, undo_until=until if can else None)  # type: ignore[arg-type]  # the columns are its attributes


# -- undoing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kept:
    subject: str
    slug: str
    before: Image | None
    after_digest: str


def undo_import(database: Database, import_id: int, *, now: datetime, actor: str) -> Undone:
    """Put everything back as it was before an import, in one go, or change nothing.

    Raises:
        UnknownImportError: When there is no such import.
        CannotUndoError: When it was undone already or is too old, or entries were changed since.
    """
    one = database.execute(
        select(Import.at, Import.undone_at).where(Import.id == import_id).with_for_update()
    ).one_or_none()
    if one is None:
        raise UnknownImportError(import_id)
    if one.undone_at is not None:
        raise CannotUndoError("cet import est déjà annulé")
    kept = _entries(database, import_id)
    if now - one.at >= UNDO_WITHIN:
        raise CannotUndoError(f"cet import a plus de {UNDO_WITHIN.days} jours")
    approved = [
        Obstacle(subject, slug, f"validée depuis par {who}")
        for subject, slug, who in approved_since(database, one.at)
    ]
    named = {(each.subject, each.slug) for each in approved}
    changed = _changed_since(database, kept, one.at)
    obstacles = [
        *(each for each in changed if (each.subject, each.slug) not in named),
        *_hang_on_added(database, kept),
        *approved,
    ]
    if obstacles:
        raise CannotUndoError("des fiches ont changé depuis cet import", obstacles)
    with database.begin_nested():
        undone = _put_back(database, kept)
        take_back(database, one.at, now=now, actor=actor)
        values = {"undone_at": now, "undone_by": actor}
        database.execute(update(Import).where(Import.id == import_id).values(**values))
        _enter(database, import_id, kept, now, actor)
    if isinstance(database, Session):
        database.expire_all()
    return undone


def _entries(database: Database, import_id: int) -> list[_Kept]:
    query = (
        select(ImportEntry.subject, ImportEntry.slug, ImportEntry.before, ImportEntry.after_digest)
        .where(ImportEntry.import_id == import_id)
        .order_by(ImportEntry.subject, ImportEntry.slug)
    )
    return [_Kept(*row) for row in database.execute(query)]


def _changed_since(database: Database, kept: list[_Kept], at: datetime) -> Iterator[Obstacle]:
    for subject, group in groupby(kept, key=lambda one: one.subject):
        entries = list(group)
        now = read_images(database, subject, [one.slug for one in entries])
        for one in entries:
            image = now.get(one.slug)
            if image is None:
                if one.before is not None:
                    yield Obstacle(subject, one.slug, "retirée depuis")
            elif digest(image) != one.after_digest:
                yield Obstacle(subject, one.slug, _who_changed(database, one.slug, at))


def _who_changed(database: Database, slug: str, at: datetime) -> str:
    connection = database.connection() if isinstance(database, Session) else database
    since = [entry for entry in Audit().of(connection, slug) if entry.at > at]
    if not since:
        return "changée depuis"
    last = since[-1]
    return f"changée depuis par {last.actor}, le {last.at.astimezone(BAMAKO):%d/%m/%Y à %H:%M}"


def _hang_on_added(database: Database, kept: list[_Kept]) -> Iterator[Obstacle]:
    """Find entries that would go along with those that the import added, but came in otherwise."""
    ours = {(one.subject, one.slug) for one in kept}
    links = (
        ("organization", "service", Service.organization_slug, Service.slug),
        ("organization", "phone", Phone.organization_slug, Phone.slug),
        ("service", "phone", Phone.service_slug, Phone.slug),
    )
    for owner, subject, link, slug in links:
        added = [one.slug for one in kept if one.subject == owner and one.before is None]
        for some in batched(added, _BATCH):
            for name, parent in database.execute(select(slug, link).where(link.in_(some))):
                if (subject, name) not in ours:
                    reason = f"dépend de « {parent} », que cet import avait ajoutée"
                    yield Obstacle(subject, name, reason)


def _put_back(database: Database, kept: list[_Kept]) -> Undone:
    restored = removed = 0
    guarded = []
    # Changed entries first: they may hang on added ones, which can go only then.
    for subject in _SUBJECTS:
        for one in kept:
            if one.subject == subject and one.before is not None:
                restore(database, subject, one.slug, one.before)
                restored += 1
                if is_kept_restricted(one.before):
                    guarded.append(one.slug)
    for subject in reversed(_SUBJECTS):
        model = MODELS[subject]
        added = [one.slug for one in kept if one.subject == subject and one.before is None]
        for some in batched(added, _BATCH):
            if subject == "service":
                places = [location_slug(slug) for slug in some]
                database.execute(delete(Location).where(Location.slug.in_(places)))
            database.execute(delete(model).where(model.slug.in_(some)))
        removed += len(added)
    return Undone(removed, restored, tuple(guarded))


def _enter(
    database: Database, import_id: int, kept: Iterable[_Kept], now: datetime, actor: str
) -> None:
    note = f"import-{import_id}"
    entries = []
    for one in kept:
        action = "withdrawn" if one.before is None else "restored"
        entries.append(AuditEntry(now, actor, f"{one.subject}:{action}", one.slug, note=note))
    record_all(database, [*entries, AuditEntry(now, actor, "import:undone", note)])
