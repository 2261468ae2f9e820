"""Weekly figures: how often something was asked for, never by whom or at what hour."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Integer,
    String,
    Table,
    bindparam,
    case,
    delete,
    select,
    update,
)

from storage.columns import add_up
from storage.database import Base

KEPT_WEEKS = 156
"""How many weeks are kept: three years can be compared."""

SMALLEST_SHOWN = 5
"""A closed week's figure below this is only known to be below it."""

counters = Table(
    "counters",
    Base.metadata,
    Column("week", Date, primary_key=True),
    Column("dimension", String(40), primary_key=True),
    Column("value", String(80), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("rounded", Boolean, nullable=False),
    CheckConstraint("count > 0", name="count"),
)

_columns = counters.c
_BUMP = add_up(counters, "count")
_SINCE = (
    select(counters)
    .where(_columns.week >= bindparam("since"))
    .order_by(_columns.week, _columns.dimension, _columns.value)
)
_ROUND = (
    update(counters)
    .where(_columns.week < bindparam("open_week"), _columns.rounded.is_(False))
    .values(
        rounded=True,
        count=case(
            (_columns["count"] < SMALLEST_SHOWN, SMALLEST_SHOWN - 1),
            else_=(_columns["count"] + SMALLEST_SHOWN // 2) // SMALLEST_SHOWN * SMALLEST_SHOWN,
        ),
    )
)
_PURGE = delete(counters).where(_columns.week < bindparam("oldest"))


@dataclass(frozen=True, slots=True)
class Figure:
    """How often a value of a dimension was counted in a week.

    Attributes:
        week: Its Monday.
        dimension: What was counted: `need`, `region`, or the one pair `need_region`.
        value: Which need, which region.
        count: How often. In a closed week rounded to five, and 4 stands for "fewer than 5".
        rounded: Whether the week is closed and the exact figure gone.
    """

    week: date
    dimension: str
    value: str
    count: int
    rounded: bool


def week_of(moment: datetime) -> date:
    """Return the Monday of the moment's week; the clock of Bamako is UTC all year."""
    day = moment.date()
    return day - timedelta(days=day.weekday())


def rounded(count: int) -> int:
    """Return a figure as it may be shown: to the nearest five; 4 stands for « fewer than 5 »."""
    if count < SMALLEST_SHOWN:
        return SMALLEST_SHOWN - 1
    return (count + SMALLEST_SHOWN // 2) // SMALLEST_SHOWN * SMALLEST_SHOWN


def shown(count: int) -> str:
    """Return the figure in words of a report."""
    return f"< {SMALLEST_SHOWN}" if count < SMALLEST_SHOWN else str(rounded(count))


class Counters:
    """What is done with figures. Each method works on the connection it is given."""

    def bump(
        self, connection: Connection, dimension: str, value: str, week: date, by: int = 1
    ) -> None:
        """Count something in a week that is still open."""
        row = {"week": week, "dimension": dimension, "value": value, "count": by, "rounded": False}
        connection.execute(_BUMP.on(connection), row)

    def since(self, connection: Connection, week: date) -> list[Figure]:
        """Return all figures from a week on."""
        return [Figure(*row) for row in connection.execute(_SINCE, {"since": week})]

    def closed(self, connection: Connection, since: date, now: datetime) -> list[Figure]:
        """Return the figures of the weeks that are over, from a week on, as they may be shown.

        The week that runs is left out: who looks every hour would see each person come.
        """
        open_week = week_of(now)
        return [
            replace(figure, count=rounded(figure.count), rounded=True)
            for figure in self.since(connection, since)
            if figure.week < open_week
        ]


def purge(connection: Connection, now: datetime) -> int:
    """Round the weeks that are over and delete the oldest; return how many rows changed."""
    open_week = week_of(now)
    rounded = connection.execute(_ROUND, {"open_week": open_week}).rowcount
    oldest = open_week - timedelta(weeks=KEPT_WEEKS)
    return rounded + connection.execute(_PURGE, {"oldest": oldest}).rowcount
