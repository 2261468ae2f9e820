"""The audit trail, to be read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.actors import Actor, Role, require
from storage.audit import audit_entries

PAGE = 50
_c = audit_entries.c


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the audit log: names of fields, never what stands in them."""

    id: int
    at: datetime
    actor: str
    tag: str
    record_id: str
    changed_fields: Sequence[str]
    note: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit log, the newest first; `older` is where the next page begins."""

    lines: Sequence[Noted]
    older: int | None


def read_trail(  # noqa: PLR0913  # three filters and a place
    connection: Connection,
    actor: Actor,
    *,
    who: str = "",
    tag: str = "",
    record_id: str = "",
    before: int | None = None,
) -> Trail:
    """Return a page of the audit log; filters look for the beginning of what stands there."""
    require(actor, Role.ADMINISTRATOR)
    wanted = select(audit_entries).order_by(_c.id.desc()).limit(PAGE + 1)
    for column, text in ((_c.actor, who), (_c.tag, tag), (_c.record_id, record_id)):
        if text:
            wanted = wanted.where(column.startswith(text, autoescape=True))
    if before is not None:
        wanted = wanted.where(_c.id < before)
    rows = connection.execute(wanted).all()
    lines = [
        Noted(
            row.id, row.at, row.actor, row.tag, row.record_id, tuple(row.changed_fields), row.note
        )
        for row in rows[:PAGE]
    ]
    return Trail(lines, lines[-1].id if len(rows) > PAGE else None)
