"""The numbers that may be shown: emergency, lines for the whole country, those of a service."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, case, exists, or_, select
from sqlalchemy.orm import Session

from referral_directory.gathered import apart, gathered
from referral_directory.hours import is_open_at
from referral_directory.models import Organization, Phone, Schedule, Service, ServiceNeed
from referral_directory.numbers import format_number
from referral_directory.schemas import Bilingual, OpeningHours, PhoneLine
from referral_directory.visibility import PHONE_IS_VISIBLE, freshness, seen_by
from referral_directory.vocabulary import Need, OrganizationKind, Reach, Status

type Database = Connection | Session
"""What the directory's look-ups run on: `await session.run_sync(emergency_numbers, now=now)`."""


def connection_of(database: Database) -> Connection:
    """Return the connection itself: a session costs a third more for each statement."""
    if isinstance(database, Connection):
        return database
    database.flush()
    return database.connection()


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
        Schedule.day,
        Schedule.opens_at,
        Schedule.closes_at,
    )
    .join(Organization, Organization.slug == Phone.organization_slug)
    .outerjoin(Service, Service.slug == Phone.service_slug)
    .outerjoin(Schedule, Schedule.phone_slug == Phone.slug)
    .where(PHONE_IS_VISIBLE)
    .order_by(
        case((Organization.kind.in_(POLICE), 1), else_=0),
        Phone.position,
        Phone.slug,
        Schedule.day,
        Schedule.opens_at,
    )
)
"""Each number that may be shown, with its hours: as many rows as it has stretches, or one."""

_NATIONAL = _SHOWN.where(Phone.reach == Reach.NATIONAL)
_EMERGENCY = _NATIONAL.where(Phone.is_emergency.is_(True))
_HELPLINES = _NATIONAL.where(Phone.is_emergency.is_(False))
_ANSWERS_NEED = or_(
    Phone.service_slug.is_(None),
    exists().where(
        ServiceNeed.need == bindparam("need"), ServiceNeed.service_slug == Phone.service_slug
    ),
)
_HELPLINES_FOR_NEED = _HELPLINES.where(_ANSWERS_NEED)
_NATIONAL_WITH_NEEDS = _NATIONAL.add_columns(
    gathered([ServiceNeed.need], ServiceNeed.service_slug == Phone.service_slug, Phone).label(
        "needs"
    )
)
_ONE = _SHOWN.where(Phone.slug == bindparam("slug"))
_OF_SERVICES = _SHOWN.where(Phone.service_slug.in_(bindparam("services", expanding=True)))


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


def national_lines(
    database: Database, needs: Iterable[Need], *, now: datetime, allow_unverified: bool = False
) -> dict[Need, list[PhoneLine]]:
    """Return for each need its `helplines` and then the `emergency_numbers`, asking once."""
    seen = seen_by(now, allow_unverified=allow_unverified)
    found = _lines(database, _NATIONAL_WITH_NEEDS, seen, now)
    found.sort(key=lambda one: one[1].is_emergency)

    def fits(row: Row[*tuple[Any, ...]], need: Need) -> bool:
        return row.is_emergency or row.service_slug is None or [need] in apart(row.needs)

    return {need: [line for row, line in found if fits(row, need)] for need in needs}


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
    for row, line in _lines(database, _OF_SERVICES, values, now):
        found.setdefault(row.service_slug, []).append(line)
    return found


def _lines(
    database: Database,
    query: Select[*tuple[Any, ...]],
    values: dict[str, Any],
    now: datetime,
) -> list[tuple[Row[*tuple[Any, ...]], PhoneLine]]:
    """Return the lines, each with its row."""
    found = []
    for _, together in groupby(database.execute(query, values), key=lambda row: row.slug):
        rows = list(together)
        stretches = [row for row in rows if row.day is not None]
        hours = [OpeningHours(row.day, row.opens_at, row.closes_at) for row in stretches]
        found.append((rows[0], _line(rows[0], hours, now)))
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
