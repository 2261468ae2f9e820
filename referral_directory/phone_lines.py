"""The numbers that may be shown: emergency, lines for the whole country, those of a service."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, or_, select
from sqlalchemy.orm import Session

from referral_directory.hours import is_open_at
from referral_directory.models import Organization, Phone, Schedule, Service, ServiceNeed
from referral_directory.numbers import format_number
from referral_directory.schemas import Bilingual, OpeningHours, PhoneLine
from referral_directory.visibility import freshness, phone_is_visible
from referral_directory.vocabulary import Need, OrganizationKind, Reach, Status

type Database = Connection | Session
"""What the directory's look-ups run on: `await session.run_sync(emergency_numbers, now=now)`."""

POLICE = (OrganizationKind.POLICE, OrganizationKind.GENDARMERIE)

_POLICE_LAST = case((Organization.kind.in_(POLICE), 1), else_=0)


def emergency_numbers(
    database: Database, *, now: datetime, allow_unverified: bool = False
) -> list[PhoneLine]:
    """Return the emergency numbers of the whole country, those that are no police first.

    A number whose verification is old stays, with its date. Only where no verified one is left
    and unverified ones are not allowed is the list empty; `serve` does not start then.
    """
    condition = (Phone.is_emergency.is_(True), Phone.reach == Reach.NATIONAL)
    return _lines(database, condition, now, allow_unverified=allow_unverified)


def helplines(
    database: Database, *, now: datetime, need: Need | None = None, allow_unverified: bool = False
) -> list[PhoneLine]:
    """Return the lines for the whole country that are no emergency numbers.

    With a need, lines of a service that answers something else are left out.
    """
    condition = [Phone.is_emergency.is_(False), Phone.reach == Reach.NATIONAL]
    if need is not None:
        answering = select(ServiceNeed.service_slug).where(ServiceNeed.need == need)
        condition.append(or_(Phone.service_slug.is_(None), Phone.service_slug.in_(answering)))
    return _lines(database, condition, now, allow_unverified=allow_unverified)


def phone_line(
    database: Database, slug: str, *, now: datetime, allow_unverified: bool = False
) -> PhoneLine | None:
    """Return one number, or None when it may not be shown."""
    lines = _lines(database, (Phone.slug == slug,), now, allow_unverified=allow_unverified)
    return lines[0] if lines else None


def lines_of_services(
    database: Database, slugs: Sequence[str], now: datetime, *, allow_unverified: bool
) -> dict[str, list[PhoneLine]]:
    """Return the visible numbers by service."""
    found: dict[str, list[PhoneLine]] = {}
    rows = _rows(database, (Phone.service_slug.in_(slugs),), now, allow_unverified)
    hours = _hours_of(database, [row.slug for row in rows])
    for row in rows:
        found.setdefault(row.service_slug, []).append(_line(row, hours.get(row.slug, ()), now))
    return found


def _lines(
    database: Database,
    condition: Iterable[ColumnElement[bool]],
    now: datetime,
    *,
    allow_unverified: bool,
) -> list[PhoneLine]:
    rows = _rows(database, condition, now, allow_unverified)
    hours = _hours_of(database, [row.slug for row in rows])
    return [_line(row, hours.get(row.slug, ()), now) for row in rows]


def _rows(
    database: Database,
    condition: Iterable[ColumnElement[bool]],
    now: datetime,
    allow_unverified: bool,  # noqa: FBT001  # private, and named at each call by its variable
) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        _SHOWN.where(phone_is_visible(now, allow_unverified=allow_unverified))
        .where(*condition)
        .order_by(_POLICE_LAST, Phone.position, Phone.slug)
    )
    return database.execute(query).all()


_SHOWN: Select[*tuple[Any, ...]] = (
    select(
        Phone.slug,
        Phone.number,
        Phone.service_slug,
        Phone.label_fr,
        Phone.label_bm,
        Phone.reach,
        Phone.is_free,
        Phone.is_emergency,
        Phone.assured_date,
        Phone.source,
        Phone.source_date,
        Organization.kind.label("organization_kind"),
    )
    .join(Organization, Organization.slug == Phone.organization_slug)
    .outerjoin(Service, Service.slug == Phone.service_slug)
)


def _hours_of(database: Database, slugs: Sequence[str]) -> dict[str, list[OpeningHours]]:
    found: dict[str, list[OpeningHours]] = {}
    if not slugs:
        return found
    query = (
        select(Schedule.phone_slug, Schedule.day, Schedule.opens_at, Schedule.closes_at)
        .where(Schedule.phone_slug.in_(slugs))
        .order_by(Schedule.day, Schedule.opens_at)
    )
    for slug, day, opens_at, closes_at in database.execute(query):
        found.setdefault(str(slug), []).append(OpeningHours(day, opens_at, closes_at))
    return found


def _line(row: Row[*tuple[Any, ...]], hours: Iterable[OpeningHours], now: datetime) -> PhoneLine:
    known = tuple(hours)
    return PhoneLine(
        slug=row.slug,
        label=Bilingual(row.label_fr, row.label_bm),
        number=row.number,
        display=format_number(row.number),
        reach=Reach(row.reach),
        is_free=row.is_free,
        is_emergency=row.is_emergency,
        is_police=row.organization_kind in POLICE,
        hours=known,
        is_open=is_open_at(known, now),
        freshness=freshness(row.assured_date, now),
        assured_date=row.assured_date,
        source=row.source,
        source_date=row.source_date,
    )


def covers_the_country(phone: type[Phone] = Phone) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a published emergency number of the whole country."""
    return (
        phone.is_emergency.is_(True),
        phone.reach == Reach.NATIONAL,
        phone.status == Status.PUBLISHED,
    )
