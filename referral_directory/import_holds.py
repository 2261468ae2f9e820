"""Changes of an import that wait for a second person: as edits beside what the public reads.

What the public would read at once is not written with the import. It waits among the edits, field
by field, where somebody else approves it. Undoing the import takes back what still waits.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from referral_directory.changes import VERIFICATION, Change
from referral_directory.edits import approve
from referral_directory.entries import Database
from referral_directory.import_reach import Directory, Entry, Reach
from referral_directory.life_tables import EntryEdit
from referral_directory.tables import cells_of
from referral_directory.versions import MODELS, Model
from referral_directory.vocabulary import EditOrigin, EditState, Status
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record_all

_AT_ONCE = 400
_NOT_SHOWN = VERIFICATION | {"slug", "status"}
"""What whoever approves a new entry does not read field by field."""


def hold(database: Database, reach: Reach, known: Directory, *, now: datetime, actor: str) -> None:
    """Let what an import would show wait as edits; those of earlier imports are replaced.

    Args:
        database: After the import was written.
        reach: What waits.
        known: The directory before it.
        now: When it was written.
        actor: Who imports.
    """
    old: dict[str, Mapping[str, Entry]] = {
        "organization": known.organizations,
        "service": known.services,
        "phone": known.phones,
    }
    edits = [
        *(_words(change, old[change.subject][change.slug], new) for change, new in reach.words),
        *(_publication(change, new) for change, new in reach.shown),
    ]
    for subject, model in MODELS.items():
        mine = [edit for edit in edits if edit["subject"] == subject]
        for some in batched(mine, _AT_ONCE):
            slugs = [edit["slug"] for edit in some]
            _replace(database, subject, slugs, now, actor)
            versions = _versions(database, model, slugs)
            rows = [edit | {"base_version": versions[edit["slug"]]} for edit in some]
            signed = {"proposed_by": actor, "proposed_at": now}
            database.execute(insert(EntryEdit), [row | signed for row in rows])
            shown = [edit["slug"] for edit in some if edit["publishes"]]
            waiting = update(model).where(model.slug.in_(shown))
            database.execute(waiting.values(status=Status.IN_REVIEW))
    entries = [
        AuditEntry(
            now,
            actor,
            f"{edit['subject']}:edit_proposed",
            edit["slug"],
            ("status",) if edit["publishes"] else tuple(edit["after"]),
            "import",
        )
        for edit in edits
    ]
    record_all(database, entries)


def _words(change: Change, old: Entry, new: Entry) -> dict[str, Any]:
    """Return the edit that brings other words of an entry that is shown."""
    before, after = cells_of(old), cells_of(new)
    return _edit(
        change,
        {name: before[name] for name in change.fields},
        {name: after[name] for name in change.fields},
    )


def _publication(change: Change, new: Entry) -> dict[str, Any]:
    """Return the edit that shows an entry, with all its words: whoever approves reads them."""
    cells = {name: cell for name, cell in cells_of(new).items() if cell and name not in _NOT_SHOWN}
    return _edit(change, dict.fromkeys(cells, ""), cells) | {"publishes": True}


def _edit(change: Change, before: dict[str, str], after: dict[str, str]) -> dict[str, Any]:
    return {
        "subject": change.subject,
        "slug": change.slug,
        "state": EditState.OPEN,
        "origin": EditOrigin.IMPORT,
        "publishes": False,
        "before": before,
        "after": after,
    }


def approve_all(
    database: Database, actor: Actor, at: datetime, now: datetime, *, single_staff: bool = False
) -> int:
    """Approve together what an import lets wait, all of it or nothing; return how many.

    Args:
        database: With an open transaction.
        actor: Who approves.
        at: When the import was written: its edits carry it.
        now: Aware time.
        single_staff: The installation said that it has no second person.

    Raises:
        NotAllowedError: When the actor is no approver, whether or not anything waits.
        The errors of `edits.approve`, for the first edit that can't be.
    """
    require(actor, Role.APPROVER)
    waiting = select(EntryEdit.id).where(*_of_import(at), EntryEdit.state == EditState.OPEN)
    numbers = database.execute(waiting.order_by(EntryEdit.id)).scalars().all()
    for number in numbers:
        approve(database, actor, number, now, single_staff=single_staff)
    return len(numbers)


def approved_since(database: Database, at: datetime) -> Iterator[tuple[str, str, str]]:
    """Yield subject, slug and who of an import's edits that somebody approved."""
    approved = select(EntryEdit.subject, EntryEdit.slug, EntryEdit.decided_by).where(
        *_of_import(at), EntryEdit.state == EditState.APPROVED
    )
    for row in database.execute(approved.order_by(EntryEdit.id)):
        yield row.subject, row.slug, row.decided_by or ""


def take_back(database: Database, at: datetime, *, now: datetime, actor: str) -> int:
    """Withdraw the edits of an import that still wait; return how many."""
    waiting = select(EntryEdit.subject, EntryEdit.slug, EntryEdit.after, EntryEdit.publishes).where(
        *_of_import(at), EntryEdit.state == EditState.OPEN
    )
    found = database.execute(waiting.order_by(EntryEdit.id)).all()
    database.execute(
        update(EntryEdit)
        .where(*_of_import(at), EntryEdit.state == EditState.OPEN)
        .values(state=EditState.WITHDRAWN, decided_by=actor, decided_at=now)
    )
    for subject, model in MODELS.items():
        shown = [row.slug for row in found if row.publishes and row.subject == subject]
        for some in batched(shown, _AT_ONCE):
            reviewed = update(model).where(model.slug.in_(some), model.status == Status.IN_REVIEW)
            database.execute(reviewed.values(status=Status.DRAFT))
    record_all(
        database,
        [
            AuditEntry(now, actor, f"{row.subject}:edit_withdrawn", row.slug, tuple(row.after))
            for row in found
        ],
    )
    return len(found)


def _of_import(at: datetime) -> tuple[ColumnElement[bool], ...]:
    # An import has its moment to itself; its edits carry it.
    return EntryEdit.origin == EditOrigin.IMPORT, EntryEdit.proposed_at == at


def _versions(database: Database, model: Model, slugs: Sequence[str]) -> dict[str, int]:
    query = select(model.slug, model.version).where(model.slug.in_(slugs))
    return {row.slug: row.version for row in database.execute(query)}


def _replace(
    database: Database, subject: str, slugs: Sequence[str], now: datetime, actor: str
) -> None:
    former = update(EntryEdit).where(
        EntryEdit.state == EditState.OPEN,
        EntryEdit.origin == EditOrigin.IMPORT,
        EntryEdit.subject == subject,
        EntryEdit.slug.in_(slugs),
    )
    withdrawn = former.values(state=EditState.WITHDRAWN, decided_by=actor, decided_at=now)
    database.execute(withdrawn)
