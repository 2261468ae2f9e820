"""Figures for staff: weeks that are over, rounded, one dimension at a time (S20)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from event_registration.tables import registration_messages
from referral_directory.models import Place, TaxonomyTerm
from storage.actors import Actor, Role, require
from storage.counters import Counters, Figure, shown, week_of
from storage.outbox import outgoing_messages

WEEKS = 12
CHARTED = ("need", "region")
"""One dimension at a time is drawn; need and region together stand in a table."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: its label, the figure as it may be shown, and its length from 0 to 100."""

    label: str
    shown: str
    length: int


@dataclass(frozen=True, slots=True)
class WeekOfFigures:
    """The figures of a week that is over.

    Attributes:
        charts: dimension -> its bars, the longest first.
        pairs: need and region together, with the figure as it may be shown.
    """

    week: date
    charts: Mapping[str, Sequence[Bar]]
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages of a kind stand in a state, and since when the oldest does."""

    state: str
    count: int
    oldest: datetime


def read_figures(connection: Connection, actor: Actor, now: datetime) -> list[WeekOfFigures]:
    """Return the figures of the weeks that are over, the latest first."""
    require(actor, Role.READER)
    since = week_of(now) - timedelta(weeks=WEEKS)
    figures = Counters().closed(connection, since, now)
    names = _names(connection)
    weeks = sorted({each.week for each in figures}, reverse=True)
    return [_week([each for each in figures if each.week == week], names) for week in weeks]


def read_outbox(connection: Connection, actor: Actor) -> Mapping[str, Sequence[Waiting]]:
    """Return how many messages wait or failed: to whom and what is known to nobody here."""
    require(actor, Role.READER)
    return {
        "answers": _states(connection, outgoing_messages.c.state, outgoing_messages.c.created_at),
        "registrants": _states(
            connection, registration_messages.c.state, registration_messages.c.created_at
        ),
    }


def _week(figures: Sequence[Figure], names: Mapping[str, str]) -> WeekOfFigures:
    charts = {}
    for dimension in CHARTED:
        own = sorted(
            (each for each in figures if each.dimension == dimension),
            key=lambda each: (-each.count, each.value),
        )
        most = max((each.count for each in own), default=1)
        charts[dimension] = [
            Bar(names.get(each.value, each.value), shown(each.count), each.count * 100 // most)
            for each in own
        ]
    pairs = [
        (" · ".join(names.get(part, part) for part in each.value.split(":")), shown(each.count))
        for each in figures
        if each.dimension == "need_region"
    ]
    return WeekOfFigures(figures[0].week, charts, pairs)


def _names(connection: Connection) -> Mapping[str, str]:
    needs = connection.execute(select(TaxonomyTerm.code, TaxonomyTerm.name_fr))
    places = connection.execute(select(Place.slug, Place.name_fr))
    return {str(code): name for code, name in (*places, *needs)}


def _states(connection: Connection, state: object, created_at: object) -> list[Waiting]:
    rows = connection.execute(
        select(state, func.count(), func.min(created_at)).group_by(state).order_by(state)  # type: ignore[call-overload]  # columns
    )
    return [Waiting(*row) for row in rows]
