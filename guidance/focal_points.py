"""Focal points: two networks kept apart; the public sees a function and an office channel."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from sqlalchemy import Connection, delete, insert, select

from guidance.tables import focal_points

Network = Literal["gender", "women"]
NETWORKS: tuple[str, ...] = get_args(Network)
CAPITAL = "bamako"  # outside it a name is shown only where that was agreed to as well
COLUMNS = (
    "network", "region", "section", "duty", "channel", "name", "consent_on", "name_anywhere",
)  # fmt: skip

_p = focal_points.c


class FocalPointError(ValueError):
    """A row of focal points is not right; nothing was changed.

    Attributes:
        line: in the file, counted from 1.
        reason: what is wrong, as a sentence.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """What the public may see of a focal point.

    Attributes:
        name: only with recorded consent, and outside the capital only where that was agreed to.
    """

    section: str
    duty: str
    channel: str
    name: str | None


def public(connection: Connection, network: str, region: str) -> tuple[FocalPoint, ...]:
    """Return the focal points of a network in a region, as the public sees them."""
    rows = select(focal_points).where(_p.network == network, _p.region == region)
    return tuple(
        FocalPoint(
            row.section,
            row.duty,
            row.channel,
            row.name
            if row.consent_on is not None and (row.region == CAPITAL or row.name_anywhere)
            else None,
        )
        for row in connection.execute(rows.order_by(_p.section, _p.duty))
    )


def replace_all(connection: Connection, lines: Iterable[str], regions: Iterable[str]) -> int:
    """Put the rows of a CSV file in the place of all focal points; return how many.

    Args:
        connection: in a transaction.
        lines: of the file, with `COLUMNS` as its first.
        regions: the slugs there are.

    Raises:
        FocalPointError: a row is not right.
    """
    known = frozenset(regions)
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise FocalPointError(1, f"the columns are {', '.join(COLUMNS)}")
    rows = [_row(number, each, known) for number, each in enumerate(reader, 2)]
    connection.execute(delete(focal_points))
    if rows:
        connection.execute(insert(focal_points), rows)
    return len(rows)


def _row(line: int, given: Mapping[str, str | None], regions: frozenset[str]) -> dict[str, object]:
    texts = {name: (given.get(name) or "").strip() for name in COLUMNS}
    if texts["network"] not in NETWORKS:
        raise FocalPointError(line, f"the network is one of {', '.join(NETWORKS)}")
    if texts["region"] not in regions:
        raise FocalPointError(line, "there is no such region")
    if not (texts["section"] and texts["duty"] and texts["channel"]):
        raise FocalPointError(line, "section, duty and channel are needed")
    consent = _day(line, texts["consent_on"])
    if texts["name"] and consent is None:
        raise FocalPointError(line, "a name needs the date of its consent")
    return {
        **{name: texts[name] for name in ("network", "region", "section", "duty", "channel")},
        "name": texts["name"] or None,
        "consent_on": consent,
        "name_anywhere": texts["name_anywhere"] == "yes",
    }


def _day(line: int, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FocalPointError(line, "a date is written 2026-11-23") from None
