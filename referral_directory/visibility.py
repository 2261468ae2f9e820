"""Who may see what: the conditions that every public look-up puts on entries and numbers."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from referral_directory.hours import BAMAKO
from referral_directory.models import Organization, Phone, Service
from referral_directory.vocabulary import Freshness, Reach, ServiceKind, Status

STALE_AFTER = timedelta(days=180)
"""An older verification is shown with a warning."""

EXPIRED_AFTER = timedelta(days=365)
"""An older verification hides a service or local number; a national number stays, dated."""


def today(now: datetime) -> date:
    """Return the date in Bamako at `now` (aware)."""
    return now.astimezone(BAMAKO).date()


def freshness(assured_date: date | None, now: datetime) -> Freshness:
    """Tell how old a verification is; none at all is not the same as an old one."""
    if assured_date is None:
        return Freshness.UNVERIFIED
    age = today(now) - assured_date
    if age > EXPIRED_AFTER:
        return Freshness.EXPIRED
    return Freshness.STALE if age > STALE_AFTER else Freshness.FRESH


def _verified_in_time(assured_date: Any, now: datetime) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = assured_date >= today(now) - EXPIRED_AFTER
    return condition


def service_is_visible(now: datetime, *, allow_unverified: bool) -> ColumnElement[bool]:
    """Return the condition on `services` joined with `organizations`.

    Public structures need no verification: they hold no detail that could be wrong.
    """
    checked = (
        true()
        if allow_unverified
        else or_(
            Service.kind == ServiceKind.PUBLIC_STRUCTURE,
            _verified_in_time(Service.assured_date, now),
        )
    )
    return and_(
        Service.status == Status.PUBLISHED, Organization.status == Status.PUBLISHED, checked
    )


def phone_is_visible(now: datetime, *, allow_unverified: bool) -> ColumnElement[bool]:
    """Return the condition on `phones` joined with `organizations` and, outer, `services`.

    A verified national number stays visible when its verification is old: an old number with
    its date is better than none. The number of a restricted service is never visible.
    """
    checked = (
        true()
        if allow_unverified
        else or_(
            _verified_in_time(Phone.assured_date, now),
            and_(Phone.reach == Reach.NATIONAL, Phone.assured_date.is_not(None)),
        )
    )
    return and_(
        Phone.status == Status.PUBLISHED,
        Organization.status == Status.PUBLISHED,
        or_(
            Phone.service_slug.is_(None),
            and_(Service.status == Status.PUBLISHED, Service.restricted.is_(False)),
        ),
        checked,
    )
