"""What the verification queue asks the database: which entries are to be called, how urgently.

The database sorts, counts and cuts, for at first nothing is confirmed and everything waits.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from referral_directory.life import State
from referral_directory.models import Organization, Phone, Service, ServiceNeed
from referral_directory.periods import Period, Periods
from referral_directory.vocabulary import Need, Reach, ServiceKind, Status


class Urgency(StrEnum):
    """Why an entry is in the queue, the most urgent first."""

    NATIONAL = "national"
    EXPIRED = "expired"
    DUE = "due"
    WARNED = "warned"
    NEVER = "never"


type Rows = Select[*tuple[Any, ...]]

URGENCIES = tuple(Urgency)
"""By the number that the column `urgency` holds."""


def waiting_rows(day: date, periods: Periods, *, restricted: bool) -> Subquery:
    """Return every published entry that is to be called on a day, the tries not looked at.

    Args:
        day: The day in Bamako.
        periods: How long confirmations hold.
        restricted: Whether restricted services and their numbers are among them.
    """
    rows = union_all(_services(day, periods), _phones(day, periods)).subquery("called")
    kept = select(rows, _urgency(rows).label("urgency"))
    if not restricted:
        kept = kept.where(rows.c.restricted.is_(False))
    return kept.subquery("waiting")


def in_order(rows: Subquery) -> Rows:
    """Return the rows, the most urgent first and of these the longest unconfirmed first."""
    oldest_first = rows.c.assured_date.nulls_first()
    return select(rows).order_by(rows.c.urgency, oldest_first, rows.c.subject, rows.c.slug)


def numbers_of(services: Sequence[str]) -> Iterable[Select[str | None, str]]:
    """Return the look-ups of the numbers by which services are reached, a few hundred each."""
    slugs = iter(services)
    while some := list(islice(slugs, _AT_ONCE)):
        yield (
            select(Phone.service_slug, Phone.number)
            .where(Phone.service_slug.in_(some), Phone.status == Status.PUBLISHED)
            .order_by(Phone.position, Phone.slug)
        )


# -- inside ------------------------------------------------------------------------------------

_AT_ONCE = 500  # databases limit the values of one statement


def _services(day: date, periods: Periods) -> Rows:
    ages = _Ages(day, periods, _answers)
    return (
        select(
            literal("service", String).label("subject"),
            Service.slug,
            Service.name_fr.label("name"),
            Organization.name_fr.label("organization"),
            Service.assured_date,
            Service.last_tried,
            Service.tries,
            Service.version,
            Service.restricted,
            literal("", String).label("number"),
            false().label("national"),
            ages.state(Service.assured_date).label("state"),
        )
        .join(Organization, Organization.slug == Service.organization_slug)
        .where(
            Service.status == Status.PUBLISHED,
            Organization.status == Status.PUBLISHED,
            Service.kind == ServiceKind.ENTRY,
            ages.is_called(Service.assured_date),
        )
    )


def _phones(day: date, periods: Periods) -> Rows:
    ages = _Ages(day, Periods(periods.default, periods.organizations), _answers)
    return (
        select(
            literal("phone", String).label("subject"),
            Phone.slug,
            Phone.label_fr.label("name"),
            Organization.name_fr.label("organization"),
            Phone.assured_date,
            Phone.last_tried,
            Phone.tries,
            Phone.version,
            func.coalesce(Service.restricted, false()).label("restricted"),
            Phone.number,
            (Phone.is_emergency & (Phone.reach == Reach.NATIONAL)).label("national"),
            ages.state(Phone.assured_date).label("state"),
        )
        .join(Organization, Organization.slug == Phone.organization_slug)
        .outerjoin(Service, Service.slug == Phone.service_slug)
        .where(
            Phone.status == Status.PUBLISHED,
            Organization.status == Status.PUBLISHED,
            ages.is_called(Phone.assured_date),
        )
    )


def _answers(need: Need) -> ColumnElement[bool]:
    return exists().where(ServiceNeed.service_slug == Service.slug, ServiceNeed.need == need)


def _urgency(rows: Subquery) -> ColumnElement[int]:
    place = {urgency: number for number, urgency in enumerate(URGENCIES)}
    return case(
        (rows.c.national, place[Urgency.NATIONAL]),
        (rows.c.assured_date.is_(None), place[Urgency.NEVER]),
        (rows.c.state == State.EXPIRED.value, place[Urgency.EXPIRED]),
        (rows.c.state == State.DUE.value, place[Urgency.DUE]),
        else_=place[Urgency.WARNED],
    )


class _Ages:
    """The rules of `Period` and `Periods.of`, said to the database: which dates are too old."""

    def __init__(
        self, day: date, periods: Periods, answers: Callable[[Need], ColumnElement[bool]]
    ) -> None:
        self._day = day
        self._periods = periods
        self._answers = answers

    def is_called(self, assured: Any) -> ColumnElement[bool]:
        """Say that an entry was never confirmed, or that staff are to be warned of its age."""
        return or_(assured.is_(None), assured <= self._by_kind(self._warned_on))

    def state(self, assured: Any) -> ColumnElement[str]:
        """Say where a published entry stands."""
        return case(
            (and_(assured.is_not(None), assured < self._by_kind(self._expires)), "expired"),
            (and_(assured.is_not(None), assured < self._by_kind(self._is_due)), "due"),
            else_="published",
        )

    def _by_kind(self, rule: Callable[[Period], ColumnElement[date]]) -> ColumnElement[date]:
        kinds = self._periods.organizations
        if not kinds:
            return rule(self._periods.default)
        rules = [(Organization.kind == kind, rule(period)) for kind, period in kinds.items()]
        return case(*rules, else_=rule(self._periods.default))

    def _expires(self, own: Period) -> ColumnElement[date]:
        each = {need: period.expire for need, period in self._periods.needs.items()}
        return self._shortest(own.expire, each, lambda length: self._date(self._day - length))

    def _is_due(self, own: Period) -> ColumnElement[date]:
        each = {need: period.due for need, period in self._periods.needs.items()}
        return self._shortest(own.due, each, lambda length: self._date(self._day - length))

    def _warned_on(self, own: Period) -> ColumnElement[date]:
        needs = self._periods.needs.items()
        due = {need: period.due for need, period in needs}
        # The longest warning holds: as the shortest of what is below nothing.
        warn = {need: -period.warn for need, period in needs}
        return self._shortest(
            own.due,
            due,
            lambda until: self._shortest(
                -own.warn, warn, lambda before: self._date(self._day - until - before)
            ),
        )

    def _shortest(
        self, own: Any, by_need: Any, then: Callable[[Any], ColumnElement[date]]
    ) -> ColumnElement[date]:
        """Return `then` of the shortest length: the entry's own, or that of a need it answers."""
        shorter = sorted(
            ((length, need) for need, length in by_need.items() if length < own),
            key=lambda one: one[0],
        )
        if not shorter:
            return then(own)
        rules = [(self._answers(need), then(length)) for length, need in shorter]
        return case(*rules, else_=then(own))

    @staticmethod
    def _date(day: date) -> ColumnElement[date]:
        return literal(day, Date)


__all__ = ["URGENCIES", "Urgency", "in_order", "numbers_of", "waiting_rows"]
