"""Changes of an import that wait for a second person: as edits beside what the public reads.

What the public would read at once is not written with the import. It waits among the edits, field
by field, where somebody else approves it. Undoing the import takes back what still waits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update

from referral_directory.changes import Change
from referral_directory.edits import approve
from referral_directory.entries import Database
from referral_directory.import_reach import Directory, Entry
from referral_directory.life_tables import EntryEdit
from referral_directory.tables import cells_of
from referral_directory.versions import MODELS
from referral_directory.vocabulary import EditOrigin, EditState
from storage.actors import Actor
from storage.audit import AuditEntry, record_all

_AT_ONCE = 400
_STAYS = frozenset({"status"})
"""What no edit changes; a held entry is published as it is."""


def hold(
    database: Database,
    pairs: Sequence[tuple[Change, Entry]],
    known: Directory,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Let changes wait as edits; an earlier import's that still wait for an entry are replaced."""
    old: dict[str, Mapping[str, Entry]] = {
        "organization": known.organizations,
        "service": known.services,
        "phone": known.phones,
    }
    rows, entries = [], []
    for subject, versions in _versions(database, pairs):
        _replace(database, subject, list(versions), now, actor)
        for change, new in pairs:
            if change.subject != subject:
                continue
            before, after = cells_of(old[subject][change.slug]), cells_of(new)
            fields = [name for name in change.fields if name not in _STAYS]
            rows.append(
                {
                    "subject": subject,
                    "slug": change.slug,
                    "base_version": versions[change.slug],
                    "state": EditState.OPEN,
                    "origin": EditOrigin.IMPORT,
                    "publishes": False,
                    "before": {name: before[name] for name in fields},
                    "after": {name: after[name] for name in fields},
                    "proposed_by": actor,
                    "proposed_at": now,
                }
            )
            tag = f"{subject}:edit_proposed"
            entries.append(AuditEntry(now, actor, tag, change.slug, tuple(fields), "import"))
    if rows:
        database.execute(insert(EntryEdit), rows)
        record_all(database, entries)


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
        The errors of `edits.approve`, for the first edit that can't be.
    """
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
    waiting = select(EntryEdit.subject, EntryEdit.slug, EntryEdit.after).where(
        *_of_import(at), EntryEdit.state == EditState.OPEN
    )
    found = database.execute(waiting.order_by(EntryEdit.id)).all()
    database.execute(
        update(EntryEdit)
        .where(*_of_import(at), EntryEdit.state == EditState.OPEN)
        .values(state=EditState.WITHDRAWN, decided_by=actor, decided_at=now)
    )
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


def _versions(
    database: Database, pairs: Iterable[tuple[Change, Entry]]
) -> Iterator[tuple[str, dict[str, int]]]:
    for subject, model in MODELS.items():
        slugs = [change.slug for change, _ in pairs if change.subject == subject]
        versions: dict[str, int] = {}
        for first in range(0, len(slugs), _AT_ONCE):
            some = model.slug.in_(slugs[first : first + _AT_ONCE])
            versions |= {
                row.slug: row.version
                for row in database.execute(select(model.slug, model.version).where(some))
            }
        yield subject, versions


def _replace(
    database: Database, subject: str, slugs: Sequence[str], now: datetime, actor: str
) -> None:
    for first in range(0, len(slugs), _AT_ONCE):
        former = update(EntryEdit).where(
            EntryEdit.state == EditState.OPEN,
            EntryEdit.origin == EditOrigin.IMPORT,
            EntryEdit.subject == subject,
            EntryEdit.slug.in_(slugs[first : first + _AT_ONCE]),
        )
        withdrawn = former.values(state=EditState.WITHDRAWN, decided_by=actor, decided_at=now)
        database.execute(withdrawn)
