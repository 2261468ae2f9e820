"""Who may see what: the conditions that every public look-up puts on entries and numbers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, and_, bindparam, case, exists, or_
from sqlalchemy.orm import InstrumentedAttribute

from referral_directory.findable import FindableService
from referral_directory.hours import BAMAKO
from referral_directory.models import Organization, Phone, Service, ServiceNeed
from referral_directory.periods import PERIODS, Period, Periods
from referral_directory.vocabulary import (
    Freshness,
    Need,
    OrganizationKind,
    Reach,
    ServiceKind,
    Status,
)


def today(now: datetime) -> date:
    """Return the date in Bamako at `now` (aware)."""
    return now.astimezone(BAMAKO).date()


def freshness(
    assured_date: date | None,
    now: datetime,
    kind: OrganizationKind | str | None = None,
    needs: Iterable[Need | str] = (),
) -> Freshness:
    """Tell how old a verification is; none at all is not the same as an old one.

    Args:
        assured_date: The day of the last confirmation.
        now: Aware time.
        kind: Of the organisation; None takes what holds for all.
        needs: What the service answers, for what holds for a need.
    """
    period = PERIODS.default if kind is None else PERIODS.of(kind, needs)
    return period.freshness(assured_date, today(now))


def seen_by(
    now: datetime,
    *,
    allow_unverified: bool,
    expired_too: bool = False,
    periods: Periods = PERIODS,
) -> dict[str, Any]:
    """Return the values for the conditions below, which statements hold once and for all.

    Args:
        now: Aware time.
        allow_unverified: Show published entries that nobody confirmed (demonstrations only).
        expired_too: Show what is expired and not yet gone: only where nothing else is near.
        periods: How long confirmations hold.
    """
    day = today(now)

    def since(period: Period) -> date:
        return day - (period.gone if expired_too else period.expire)

    return {
        "allow_unverified": allow_unverified,
        "since_default": since(periods.default),
        **{f"since_{kind}": since(each) for kind, each in periods.organizations.items()},
        **{f"since_{need}": since(each) for need, each in periods.needs.items()},
    }


_ALLOW_UNVERIFIED = bindparam("allow_unverified", type_=Boolean())


def _since(name: str) -> ColumnElement[date]:
    return bindparam(f"since_{name}", type_=Date())


def _oldest(kind: InstrumentedAttribute[Any], periods: Periods) -> ColumnElement[date]:
    """Return the oldest confirmation that still holds for a kind of organisation."""
    if not periods.organizations:
        return _since("default")
    rules = [(kind == each, _since(each)) for each in periods.organizations]
    return case(*rules, else_=_since("default"))


def service_in_time(periods: Periods = PERIODS) -> ColumnElement[bool]:
    """Return the condition on `services` that a service's confirmation still holds."""
    return _in_time(Service.slug, Organization.kind, Service.assured_date, periods)


def findable_in_time(periods: Periods = PERIODS) -> ColumnElement[bool]:
    """Return the same condition on `findable_services`."""
    found = FindableService
    return _in_time(found.service_slug, found.organization_kind, found.assured_date, periods)


def _in_time(
    slug: InstrumentedAttribute[str],
    kind: InstrumentedAttribute[Any],
    assured: InstrumentedAttribute[date | None],
    periods: Periods,
) -> ColumnElement[bool]:
    too_old_for_a_need = [
        exists().where(
            ServiceNeed.service_slug == slug, ServiceNeed.need == need, assured < _since(need)
        )
        for need in periods.needs
    ]
    return and_(assured >= _oldest(kind, periods), *(~each for each in too_old_for_a_need))


def phone_in_time(periods: Periods = PERIODS) -> ColumnElement[bool]:
    """Return the condition that a number's confirmation still holds."""
    return Phone.assured_date >= _oldest(Organization.kind, periods)


SERVICE_IS_VISIBLE: ColumnElement[bool] = and_(
    Service.status == Status.PUBLISHED,
    Organization.status == Status.PUBLISHED,
    or_(
        _ALLOW_UNVERIFIED,
        Service.kind == ServiceKind.PUBLIC_STRUCTURE,
        service_in_time(),
    ),
)
"""The condition on `services` joined with `organizations`.

Public structures need no verification: they hold no detail that could be wrong.
"""

FINDABLE_IS_VISIBLE: ColumnElement[bool] = or_(_ALLOW_UNVERIFIED, findable_in_time())
"""The condition on `findable_services`, which hold published ones alone."""

PHONE_IS_VISIBLE: ColumnElement[bool] = and_(
    Phone.status == Status.PUBLISHED,
    Organization.status == Status.PUBLISHED,
    or_(
        Phone.service_slug.is_(None),
        and_(Service.status == Status.PUBLISHED, Service.restricted.is_(False)),
    ),
    or_(
        _ALLOW_UNVERIFIED,
        phone_in_time(),
        and_(Phone.reach == Reach.NATIONAL, Phone.assured_date.is_not(None)),
    ),
)
"""The condition on `phones` joined with `organizations` and, outer, `services`.

A verified national number stays visible when its verification is old: an old number with its
date is better than none. The number of a restricted service is never visible.
"""
