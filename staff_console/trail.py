"""The audit trail, to be read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, select

from event_registration.tables import gatherings
from referral_directory.hours import BAMAKO
from staff_console.models import staff_accounts
from staff_console.names import read_names
from storage.actors import Actor, Role, require
from storage.audit import audit_entries

PAGE = 50
_c = audit_entries.c


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the audit log: names of fields, never what stands in them.

    Attributes:
        name: of the record, where it has one; its id stands in `record_id`.
    """

    id: int
    at: datetime
    actor: str
    tag: str
    record_id: str
    changed_fields: Sequence[str]
    note: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit log, the newest first; `older` is where the next page begins."""

    lines: Sequence[Noted]
    older: int | None


def read_trail(  # noqa: PLR0913  # five filters and a place
    connection: Connection,
    actor: Actor,
    *,
    who: str = "",
    tag: str = "",
    record_id: str = "",
    since: date | None = None,
    until: date | None = None,
    before: int | None = None,
) -> Trail:
    """Return a page of the audit log; filters look for the beginning of what stands there.

    Args:
        connection: open.
        actor: who reads.
        who: made the entry.
        tag: what was done.
        record_id: with what.
        since: the first day, in Bamako.
        until: the last one.
        before: the number of the entry before which the page ends; none is the newest.
    """
    require(actor, Role.ADMINISTRATOR)
    wanted = select(audit_entries).order_by(_c.id.desc()).limit(PAGE + 1)
    for column, text in ((_c.actor, who), (_c.tag, tag), (_c.record_id, record_id)):
        if text:
            wanted = wanted.where(column.startswith(text, autoescape=True))
    if since is not None:
        wanted = wanted.where(_c.at >= _midnight(since))
    if until is not None:
        wanted = wanted.where(_c.at < _midnight(until) + timedelta(days=1))
    if before is not None:
        wanted = wanted.where(_c.id < before)
    rows = connection.execute(wanted).all()
    shown = rows[:PAGE]
    names = _names(connection, [(row.tag, row.record_id) for row in shown])
    lines = [
        Noted(
            row.id,
            row.at,
            row.actor,
            row.tag,
            row.record_id,
            tuple(row.changed_fields),
            row.note,
            names.get((row.tag, row.record_id), ""),
        )
        for row in shown
    ]
    return Trail(lines, lines[-1].id if len(rows) > PAGE else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, BAMAKO)


def _names(
    connection: Connection, records: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return the names of records, by tag and id; what has none is left out."""
    entries = {(tag.partition(":")[0], record_id) for tag, record_id in records}
    names = read_names(connection, entries)
    numbered = {
        **_called(connection, "account", staff_accounts.c.id, staff_accounts.c.email, records),
        **_called(connection, "gathering", gatherings.c.id, gatherings.c.code, records),
    }
    found = {}
    for tag, record_id in records:
        name = names.entries.get((tag.partition(":")[0], record_id)) or numbered.get(record_id)
        if name:
            found[tag, record_id] = name
    return found


def _called(
    connection: Connection,
    kind: str,
    number: ColumnElement[int],
    name: ColumnElement[str],
    records: Sequence[tuple[str, str]],
) -> dict[str, str]:
    parts = [record_id.partition(":") for _, record_id in records]
    wanted = {int(found) for own, _, found in parts if own == kind and found.isdecimal()}
    if not wanted:
        return {}
    rows = connection.execute(select(number, name).where(number.in_(wanted)))
    return {f"{kind}:{found}": called for found, called in rows}
