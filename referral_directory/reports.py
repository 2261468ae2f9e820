"""What people say about a service under its card, without saying who they are.

A report is a number: the week, the service, the kind. There is no chat, no text, no day and no
hour in it, and nobody remembers who was shown what. Staff see a figure from five on, in steps of
five, so that no single report shows. No figure changes what the public sees.

Whoever presses a thousand times is held back without being known: `Gate` counts at most a few
reports of a kind about a service in an hour, in the memory of one process.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from referral_directory.life_tables import MissingService, ServiceReport
from referral_directory.models import Place as PlaceRow
from referral_directory.models import Service
from referral_directory.vocabulary import Need, PlaceKind, ReportKind, Status
from storage.actors import Actor, Role, require
from storage.columns import add_up
from storage.counters import SMALLEST_SHOWN, week_of
from storage.database import Base

COUNTED_WEEKS = 13
"""Over how many weeks a figure adds up: a quarter of a year."""

MOST_AN_HOUR = 3
"""Reports of one kind about one service that a process counts in an hour."""

_HOUR = timedelta(hours=1)
_COUNT = add_up(Base.metadata.tables["service_reports"], "count")
_COUNT_MISSING = add_up(Base.metadata.tables["missing_services"], "count")


@dataclass(slots=True)
class Gate:
    """Holds back floods of reports, knowing nobody; one for each process.

    Attributes:
        most: How many of a kind about a service pass in an hour.
    """

    most: int = MOST_AN_HOUR
    _passed: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)

    def lets_pass(self, about: str, what: str, now: datetime) -> bool:
        """Tell whether one more of this is counted now."""
        for key, times in list(self._passed.items()):
            while times and times[0] <= now - _HOUR:
                times.popleft()
            if not times:
                del self._passed[key]
        times = self._passed.setdefault((about, what), deque())
        if len(times) >= self.most:
            return False
        times.append(now)
        return True


@dataclass(frozen=True, slots=True)
class Reported:
    """How often something was said about a service in the last quarter.

    Attributes:
        at_least: Five, ten, fifteen…: the figure in steps of five, never the exact one.
    """

    service: str
    name: str
    kind: ReportKind
    at_least: int


def count_report(connection: Connection, slug: str, kind: ReportKind, now: datetime) -> bool:
    """Count a report about a service that the public can see; tell whether there is one."""
    known = select(Service.slug).where(Service.slug == slug, Service.status == Status.PUBLISHED)
    if connection.execute(known).first() is None:
        return False
    row = {"week": week_of(now), "service_slug": slug, "kind": kind, "count": 1}
    connection.execute(_COUNT.on(connection), row)
    return True


def count_missing(connection: Connection, need: str, place: str, now: datetime) -> bool:
    """Count that a need has no service around a place; only the cercle (or region) is kept."""
    area = connection.execute(
        select(PlaceRow.kind, PlaceRow.region_slug, PlaceRow.cercle_slug).where(
            PlaceRow.slug == place
        )
    ).one_or_none()
    if area is None or need not in Need:
        return False
    is_region = area.kind == PlaceKind.REGION
    kept = area.region_slug if is_region else area.cercle_slug or area.region_slug
    row = {"week": week_of(now), "need": need, "place_slug": kept, "count": 1}
    connection.execute(_COUNT_MISSING.on(connection), row)
    return True


def reported(connection: Connection, actor: Actor, now: datetime) -> list[Reported]:
    """Return what was said often enough in the last quarter to be looked at, the most first.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    require(actor, Role.READER)
    total = func.sum(ServiceReport.count)
    query = (
        select(ServiceReport.service_slug, Service.name_fr, ServiceReport.kind, total)
        .join(Service, Service.slug == ServiceReport.service_slug)
        .where(ServiceReport.week > week_of(now) - timedelta(weeks=COUNTED_WEEKS))
        .group_by(ServiceReport.service_slug, Service.name_fr, ServiceReport.kind)
        .having(total >= SMALLEST_SHOWN)
        .order_by(total.desc(), ServiceReport.service_slug, ServiceReport.kind)
    )
    return [
        Reported(slug, name, ReportKind(kind), _in_steps(count))
        for slug, name, kind, count in connection.execute(query)
    ]


def missing(connection: Connection, actor: Actor, now: datetime) -> Mapping[tuple[str, str], int]:
    """Return need and place -> how often a service was missed there in the last quarter.

    Figures below five are not among them; the others come in steps of five.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    require(actor, Role.READER)
    total = func.sum(MissingService.count)
    query = (
        select(MissingService.need, MissingService.place_slug, total)
        .where(MissingService.week > week_of(now) - timedelta(weeks=COUNTED_WEEKS))
        .group_by(MissingService.need, MissingService.place_slug)
        .having(total >= SMALLEST_SHOWN)
    )
    rows = connection.execute(query)
    return {(need, place): _in_steps(count) for need, place, count in rows}


def _in_steps(count: int) -> int:
    return count // SMALLEST_SHOWN * SMALLEST_SHOWN
