"""The numbers that may be shown: emergency, lines for the whole country, those of a service."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, case, or_, select
from sqlalchemy.orm import Session

from referral_directory.hours import is_open_at
from referral_directory.models import Organization, Phone, Schedule, Service, ServiceNeed
from referral_directory.numbers import format_number
from referral_directory.schemas import Bilingual, OpeningHours, PhoneLine
from referral_directory.visibility import PHONE_IS_VISIBLE, freshness, seen_by
from referral_directory.vocabulary import Need, OrganizationKind, Reach, Status

type Database = Connection | Session
"""What the directory's look-ups run on: `await session.run_sync(emergency_numbers, now=now)`."""

POLICE = (OrganizationKind.POLICE, OrganizationKind.GENDARMERIE)

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
    .where(PHONE_IS_VISIBLE)
    .order_by(case((Organization.kind.in_(POLICE), 1), else_=0), Phone.position, Phone.slug)
)
_NATIONAL = _SHOWN.where(Phone.reach == Reach.NATIONAL)
_EMERGENCY = _NATIONAL.where(Phone.is_emergency.is_(True))
_HELPLINES = _NATIONAL.where(Phone.is_emergency.is_(False))
_HELPLINES_FOR_NEED = _HELPLINES.where(
    or_(
        Phone.service_slug.is_(None),
        Phone.service_slug.in_(
            select(ServiceNeed.service_slug).where(ServiceNeed.need == bindparam("need"))
        ),
    )
)
_ONE = _SHOWN.where(Phone.slug == bindparam("slug"))
_OF_SERVICES = _SHOWN.where(Phone.service_slug.in_(bindparam("services", expanding=True)))
_HOURS = (
    select(Schedule.phone_slug, Schedule.day, Schedule.opens_at, Schedule.closes_at)
    .where(Schedule.phone_slug.in_(bindparam("phones", expanding=True)))
    .order_by(Schedule.day, Schedule.opens_at)
)


def emergency_numbers(
    database: Database, *, now: datetime, allow_unverified: bool = False
) -> list[PhoneLine]:
    """Return the emergency numbers of the whole country, those that are no police first.

    A number whose verification is old stays, with its date. Only where no verified one is left
    and unverified ones are not allowed is the list empty; `serve` does not start then.
    """
    seen = seen_by(now, allow_unverified=allow_unverified)
    return [line for _, line in _lines(database, _EMERGENCY, seen, now)]


def helplines(
    database: Database, *, now: datetime, need: Need | None = None, allow_unverified: bool = False
) -> list[PhoneLine]:
    """Return the lines for the whole country that are no emergency numbers.

    With a need, lines of a service that answers something else are left out.
    """
    seen = seen_by(now, allow_unverified=allow_unverified)
    if need is None:
        return [line for _, line in _lines(database, _HELPLINES, seen, now)]
    lines = _lines(database, _HELPLINES_FOR_NEED, seen | {"need": need}, now)
    return [line for _, line in lines]


def phone_line(
    database: Database, slug: str, *, now: datetime, allow_unverified: bool = False
) -> PhoneLine | None:
    """Return one number, or None when it may not be shown."""
    seen = seen_by(now, allow_unverified=allow_unverified)
    lines = _lines(database, _ONE, seen | {"slug": slug}, now)
    return lines[0][1] if lines else None


def lines_of_services(
    database: Database, slugs: Sequence[str], now: datetime, seen: Mapping[str, Any]
) -> dict[str, list[PhoneLine]]:
    """Return the visible numbers by service; `seen` says what is visible, see `seen_by`."""
    found: dict[str, list[PhoneLine]] = {}
    values = {**seen, "services": list(slugs)}
    for service, line in _lines(database, _OF_SERVICES, values, now):
        found.setdefault(str(service), []).append(line)
    return found


def _lines(
    database: Database,
    query: Select[*tuple[Any, ...]],
    values: dict[str, Any],
    now: datetime,
) -> list[tuple[str | None, PhoneLine]]:
    """Return the lines with the service each belongs to."""
    rows = database.execute(query, values).all()
    hours = _hours_of(database, [row.slug for row in rows])
    return [(row.service_slug, _line(row, hours.get(row.slug, ()), now)) for row in rows]


def _hours_of(database: Database, slugs: Sequence[str]) -> dict[str, list[OpeningHours]]:
    found: dict[str, list[OpeningHours]] = {}
    if not slugs:
        return found
    for slug, day, opens_at, closes_at in database.execute(_HOURS, {"phones": list(slugs)}):
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
        freshness=freshness(row.assured_date, now, row.organization_kind),
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
