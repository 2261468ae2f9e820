"""Lists of focal points that were replaced: kept for a while, so that a mistake can be taken back.

A list may hold names, each with recorded consent. Consent can be withdrawn, so a former list can be
erased before its time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from guidance.focal_points import COLUMNS
from guidance.tables import TAKEN_BACK_WITHIN, focal_points, former_focal_points

_f = former_focal_points.c


@dataclass(frozen=True, slots=True)
class FormerList:
    """A list that was replaced.

    Attributes:
        replaced_by: the account that put another in its place.
        until: when it goes for good.
        rows: its focal points, with `COLUMNS` and days as text.
    """

    number: int
    replaced_at: datetime
    replaced_by: str
    until: datetime
    rows: Sequence[Mapping[str, Any]]


class NoFormerListError(LookupError):
    """There is no such list, or not any more."""


def hold_list(connection: Connection) -> None:
    """Let nobody else replace the list before this transaction ends."""
    if connection.dialect.name == "postgresql":
        # SQLite has one writer anyway.
        connection.execute(text("LOCK TABLE focal_points IN EXCLUSIVE MODE"))


def keep_list(connection: Connection, by: str, now: datetime) -> None:
    """Keep the present list before another takes its place; an empty one is not worth it."""
    columns = [focal_points.c[name] for name in COLUMNS]
    rows = [
        {**row, "consent_on": row["consent_on"].isoformat() if row["consent_on"] else None}
        for row in connection.execute(select(*columns).order_by(focal_points.c.id)).mappings()
    ]
    if rows:
        kept = insert(former_focal_points)
        connection.execute(kept.values(replaced_at=now, replaced_by=by, rows=rows))


def former_lists(connection: Connection, now: datetime) -> list[FormerList]:
    """Return the lists that can be brought back, the latest first."""
    kept = (
        select(former_focal_points)
        .where(_f.replaced_at > now - TAKEN_BACK_WITHIN)
        .order_by(_f.id.desc())
    )
    return [
        FormerList(
            row.id, row.replaced_at, row.replaced_by, row.replaced_at + TAKEN_BACK_WITHIN, row.rows
        )
        for row in connection.execute(kept)
    ]


def bring_back(connection: Connection, number: int, by: str, now: datetime) -> int:
    """Put a former list in the place of the present one, which is kept in turn; return how many.

    Raises:
        NoFormerListError: it is gone; nothing was changed.
    """
    hold_list(connection)
    wanted = next((each for each in former_lists(connection, now) if each.number == number), None)
    if wanted is None:
        raise NoFormerListError
    keep_list(connection, by, now)
    connection.execute(delete(focal_points))
    rows = [
        {**row, "consent_on": date.fromisoformat(row["consent_on"]) if row["consent_on"] else None}
        for row in wanted.rows
    ]
    connection.execute(insert(focal_points), rows)
    erase_list(connection, number)
    return len(rows)


def erase_list(connection: Connection, number: int) -> None:
    """Let a former list go at once.

    Raises:
        NoFormerListError: it is gone already.
    """
    if connection.execute(delete(former_focal_points).where(_f.id == number)).rowcount == 0:
        raise NoFormerListError
