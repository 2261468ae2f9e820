"""Focal points as staff keep them: the whole list, as a table that is pasted in."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from guidance.focal_points import COLUMNS, FocalPointError, replace_all
from guidance.tables import focal_points
from referral_directory.models import Place
from referral_directory.vocabulary import PlaceKind
from staff_console.errors import ChangedMeanwhileError, RefusedError
from staff_console.second_factor import token_hash
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record


def read_focal_points(connection: Connection, actor: Actor) -> str:
    """Return all focal points as a table in text, ready to be changed."""
    require(actor, Role.EVENTS)
    p = focal_points.c
    rows = connection.execute(
        select(*(p[name] for name in COLUMNS)).order_by(p.network, p.region, p.section, p.duty)
    ).all()
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(
        [*row[:-2], row.consent_on or "", "yes" if row.name_anywhere else ""] for row in rows
    )
    return text.getvalue()


def seen_of(points: str) -> str:
    """Return what tells whether the list is still the one that somebody saw."""
    return token_hash(points)[:16]


def replace_focal_points(
    connection: Connection, actor: Actor, lines: Sequence[str], seen: str, now: datetime
) -> int:
    """Put a table in the place of all focal points; return how many.

    Args:
        connection: in a transaction.
        actor: who asks for it.
        lines: the table, its head first.
        seen: `seen_of` the list that was changed.
        now: the time.

    Raises:
        ChangedMeanwhileError: somebody else has replaced the list since; nothing was changed.
        RefusedError: a row is not right; nothing was changed.
    """
    require(actor, Role.EVENTS)
    if seen_of(read_focal_points(connection, actor)) != seen:
        raise ChangedMeanwhileError(
            "Quelqu'un d'autre a remplacé la liste entre-temps. La sienne est sous la vôtre."
        )
    regions = connection.execute(select(Place.slug).where(Place.kind == PlaceKind.REGION)).scalars()
    try:
        count = replace_all(connection, lines, regions)
    except FocalPointError as error:
        raise RefusedError(
            f"Ligne {error.line} : elle ne va pas. Vérifiez les colonnes, la région, et la date "
            "d'accord à côté d'un nom."
        ) from None
    record(connection, AuditEntry(now, actor.name, "focal_points:replaced", "focal_points"))
    return count
