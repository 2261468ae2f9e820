"""Who may see what: the conditions that every public look-up puts on entries and numbers."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, and_, bindparam, or_

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


def seen_by(now: datetime, *, allow_unverified: bool) -> dict[str, Any]:
    """Return the values for the conditions below, which statements hold once and for all."""
    return {"allow_unverified": allow_unverified, "verified_since": today(now) - EXPIRED_AFTER}


_ALLOW_UNVERIFIED = bindparam("allow_unverified", type_=Boolean())
_VERIFIED_SINCE = bindparam("verified_since", type_=Date())

SERVICE_IS_VISIBLE: ColumnElement[bool] = and_(
    Service.status == Status.PUBLISHED,
    Organization.status == Status.PUBLISHED,
    or_(
        _ALLOW_UNVERIFIED,
        Service.kind == ServiceKind.PUBLIC_STRUCTURE,
        Service.assured_date >= _VERIFIED_SINCE,
    ),
)
"""The condition on `services` joined with `organizations`.

Public structures need no verification: they hold no detail that could be wrong.
"""

PHONE_IS_VISIBLE: ColumnElement[bool] = and_(
    Phone.status == Status.PUBLISHED,
    Organization.status == Status.PUBLISHED,
    or_(
        Phone.service_slug.is_(None),
        and_(Service.status == Status.PUBLISHED, Service.restricted.is_(False)),
    ),
    or_(
        _ALLOW_UNVERIFIED,
        Phone.assured_date >= _VERIFIED_SINCE,
        and_(Phone.reach == Reach.NATIONAL, Phone.assured_date.is_not(None)),
    ),
)
"""The condition on `phones` joined with `organizations` and, outer, `services`.

A verified national number stays visible when its verification is old: an old number with its
date is better than none. The number of a restricted service is never visible.
"""
