"""Where restricted services are: read and written by approvers alone, and each reading on record.

Everything public is made from other functions, which leave this out. The audit log has who read
which entry when, and never a word of what stands there.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from referral_directory.entries import Database, hours_values, location_slug
from referral_directory.hours import format_hours
from referral_directory.models import (
    Location,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from referral_directory.models import Place as PlaceRow
from referral_directory.numbers import format_number
from referral_directory.schemas import OpeningHours
from referral_directory.versions import Seen, UnknownEntryError, begin_change, check_version
from referral_directory.vocabulary import Extent
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a restricted service is given; nothing of it shows in a log or an error.

    Attributes:
        place: Slug of the town or cercle; None where it is not known.
        hours: When it is open.
        numbers: How it is reached, as people read them. Not written with the others.
    """

    place: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    latitude: float | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)
    hours: tuple[OpeningHours, ...] = field(default=(), repr=False)
    note: str | None = field(default=None, repr=False)
    numbers: tuple[str, ...] = field(default=(), repr=False)

    @property
    def hours_text(self) -> str:
        """The hours as they are written in a form."""
        return format_hours(self.hours)


def read_whereabouts(database: Database, actor: Actor, slug: str, now: datetime) -> Whereabouts:
    """Return where a restricted service is, and enter in the audit log that it was read.

    Raises:
        NotAllowedError: When the actor is no approver; that is not entered: nothing was read.
        UnknownEntryError: When there is no such restricted service.
    """
    require(actor, Role.APPROVER)
    note = _note_of(database, slug)
    record(database, AuditEntry(now, actor.name, "service:read_restricted", slug))
    where = database.execute(
        select(Location)
        .join(ServiceAtLocation, ServiceAtLocation.location_slug == Location.slug)
        .where(ServiceAtLocation.service_slug == slug)
        .order_by(Location.slug)
        .with_only_columns(
            Location.place_slug, Location.address_1, Location.latitude, Location.longitude
        )
    ).first()
    hours = database.execute(
        select(Schedule.day, Schedule.opens_at, Schedule.closes_at)
        .where(Schedule.service_slug == slug)
        .order_by(Schedule.day, Schedule.opens_at)
    )
    numbers = database.execute(
        select(Phone.number).where(Phone.service_slug == slug).order_by(Phone.position, Phone.slug)
    ).scalars()
    return Whereabouts(
        place=where.place_slug if where else None,
        address=where.address_1 if where else None,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        hours=tuple(OpeningHours(*row) for row in hours),
        note=note,
        numbers=tuple(format_number(number) for number in numbers),
    )


def write_whereabouts(  # noqa: PLR0913  # who writes what of which version, and when
    database: Database,
    actor: Actor,
    slug: str,
    *,
    version: int,
    where: Whereabouts,
    now: datetime,
) -> None:
    """Write where a restricted service is; its public area becomes the region at most.

    Raises:
        NotAllowedError: When the actor is no approver.
        UnknownEntryError: When there is no such restricted service, or no such place.
        EntryChangedError: When it was changed since the actor saw it.
    """
    require(actor, Role.APPROVER)
    _note_of(database, slug)
    check_version(database, Seen("service", slug, version))
    begin_change(database, "service", [slug], now=now, by=actor.name)
    database.execute(update(Service).where(Service.slug == slug).values(note=where.note))
    database.execute(delete(Schedule).where(Schedule.service_slug == slug))
    rows = [hours_values(one) | {"service_slug": slug, "phone_slug": None} for one in where.hours]
    if rows:
        database.execute(insert(Schedule), rows)
    given = select(ServiceAtLocation.location_slug).where(ServiceAtLocation.service_slug == slug)
    own = Location.slug == location_slug(slug)
    database.execute(delete(Location).where(Location.slug.in_(given), own))
    if where.place is not None:
        _put(database, slug, where)
    fields = ("place", "address", "latitude", "longitude", "hours", "note")
    record(database, AuditEntry(now, actor.name, "service:whereabouts", slug, fields))


def _put(database: Database, slug: str, where: Whereabouts) -> None:
    region = select(PlaceRow.region_slug).where(PlaceRow.slug == where.place)
    found = database.execute(region).scalar_one_or_none()
    if found is None:
        raise UnknownEntryError(str(where.place))
    owner = select(Service.organization_slug).where(Service.slug == slug)
    values = {
        "slug": location_slug(slug),
        "organization_slug": database.execute(owner).scalar_one(),
        "place_slug": where.place,
        "address_1": where.address,
        "latitude": where.latitude,
        "longitude": where.longitude,
        "restricted": True,
    }
    database.execute(insert(Location).values(**values))
    at = {"service_slug": slug, "location_slug": location_slug(slug)}
    database.execute(insert(ServiceAtLocation).values(**at))
    known = select(ServiceArea.id).where(ServiceArea.service_slug == slug)
    if database.execute(known).first() is None:
        area = {"service_slug": slug, "extent": Extent.REGION, "region_slug": found}
        database.execute(insert(ServiceArea).values(**area))


def _note_of(database: Database, slug: str) -> str | None:
    row = database.execute(
        select(Service.note).where(Service.slug == slug, Service.restricted.is_(True))
    ).one_or_none()
    if row is None:
        raise UnknownEntryError(slug)
    note: str | None = row.note
    return note
