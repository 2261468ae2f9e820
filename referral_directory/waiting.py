"""What waits for a second person: counted without being read, and read a page at a time.

An import may let thousands of edits wait at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from referral_directory.edits import Edit, open_edits
from referral_directory.entries import Database
from referral_directory.life_tables import EntryEdit
from referral_directory.vocabulary import EditOrigin, EditState
from storage.actors import Actor, Role, require

_WAITS = EntryEdit.state == EditState.OPEN
_IS_IMPORTED = EntryEdit.origin == EditOrigin.IMPORT


@dataclass(frozen=True, slots=True)
class Heap:
    """Edits that came together, with some of them.

    Attributes:
        at: When the import was written; None for those that came one by one.
        by: Who wrote it; empty likewise.
        total: How many wait.
        start: The number of the first of `edits`, from 0.
        edits: A part of them, the oldest first.
    """

    at: datetime | None
    by: str
    total: int
    start: int
    edits: Sequence[Edit]

    @property
    def following(self) -> int | None:
        """Return where the next part begins; None where this is the last."""
        after = self.start + len(self.edits)
        return after if after < self.total else None


def count_waiting(database: Database, actor: Actor) -> int:
    """Return how many edits wait.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    require(actor, Role.READER)
    return _count(database, _WAITS)


def single_edits(database: Database, actor: Actor, most: int, start: int = 0) -> Heap:
    """Return the edits that staff and providers proposed one by one.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    return _heap(database, actor, None, "", most, start)


def imported_edits(database: Database, actor: Actor, most: int) -> list[Heap]:
    """Return what waits of each import, with the first few edits of each, oldest first.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    columns = (EntryEdit.proposed_at, EntryEdit.proposed_by)
    rows = database.execute(
        select(*columns).where(_WAITS, _IS_IMPORTED).group_by(*columns).order_by(*columns)
    )
    return [_heap(database, actor, at, by, most, 0) for at, by in rows.all()]


def part_of_import(
    database: Database, actor: Actor, at: datetime, most: int, start: int
) -> Heap | None:
    """Return a part of what waits of one import; None where nothing of it waits.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    heap = _heap(database, actor, at, "", most, start)
    if not heap.edits:
        return None
    return Heap(at, heap.edits[0].proposed_by, heap.total, heap.start, heap.edits)


def _heap(  # noqa: PLR0913, PLR0917  # which, whose, and where it begins
    database: Database, actor: Actor, at: datetime | None, by: str, most: int, start: int
) -> Heap:
    mine = (_IS_IMPORTED, EntryEdit.proposed_at == at) if at else (~_IS_IMPORTED,)
    edits = open_edits(database, actor, mine, start=start, most=most)
    return Heap(at, by, _count(database, _WAITS, *mine), start, edits)


def _count(database: Database, *wanted: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(EntryEdit).where(*wanted)
    return int(database.execute(query).scalar_one())
