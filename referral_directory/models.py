"""The directory's tables, in the words of the Human Services Data Specification (HSDS).

Keys are short readable slugs: they travel in buttons of old messages and must never change.
Coded columns hold the values of `referral_directory.vocabulary`.
"""

from datetime import date, datetime, time

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    delete,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from referral_directory.life_tables import DELETED_KEPT
from referral_directory.vocabulary import (
    Answer,
    Extent,
    Fees,
    Mark,
    Need,
    OrganizationKind,
    PlaceKind,
    Reach,
    ServiceKind,
    Status,
)
from storage.database import Base, UtcDateTime

SLUG_LENGTH = 24
"""Longest slug of a service, place or phone: it stands in callback data of 64 bytes."""

SLUG = String(SLUG_LENGTH)
CODE = String(20)
CASCADE = "CASCADE"


class Place(Base):
    """A region, cercle, Bamako commune or town; coordinates are those of its seat."""

    __tablename__ = "places"
    __table_args__ = (Index("ix_places_region_slug_kind", "region_slug", "kind"),)

    slug: Mapped[str] = mapped_column(SLUG, primary_key=True)
    kind: Mapped[PlaceKind] = mapped_column(CODE)
    name_fr: Mapped[str] = mapped_column(String(80))
    name_bm: Mapped[str | None] = mapped_column(String(80))
    other_names: Mapped[str | None] = mapped_column(Text)
    region_slug: Mapped[str] = mapped_column(SLUG)
    cercle_slug: Mapped[str | None] = mapped_column(SLUG)
    latitude: Mapped[float]
    longitude: Mapped[float]
    code: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(Text)


class TaxonomyTerm(Base):
    """One need that services answer."""

    __tablename__ = "taxonomy_terms"

    code: Mapped[Need] = mapped_column(CODE, primary_key=True)
    position: Mapped[int]
    name_fr: Mapped[str] = mapped_column(String(120))
    name_bm: Mapped[str | None] = mapped_column(String(120))
    description_fr: Mapped[str] = mapped_column(Text)


class _Sourced:
    """Where an entry comes from, how well its sources hold, and who confirmed it when.

    `assured_date` is when it was last confirmed, `last_tried` when somebody last tried to;
    `tries` counts the tries without an answer since then. `version` grows with every change.
    """

    status: Mapped[Status] = mapped_column(CODE, default=Status.DRAFT)
    mark: Mapped[Mark] = mapped_column(CODE, default=Mark.UNVERIFIED)
    source: Mapped[str] = mapped_column(Text)
    source_date: Mapped[str | None] = mapped_column(String(40))
    fact_row: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    assured_date: Mapped[date | None]
    verified_by: Mapped[str | None] = mapped_column(String(120))
    last_tried: Mapped[date | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    status_before: Mapped[Status | None] = mapped_column(CODE)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_modified: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Organization(_Sourced, Base):
    """Who runs services."""

    __tablename__ = "organizations"

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[OrganizationKind] = mapped_column(CODE)
    name_fr: Mapped[str] = mapped_column(String(160))
    name_bm: Mapped[str | None] = mapped_column(String(160))
    alternate_name: Mapped[str | None] = mapped_column(String(160))
    description_fr: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(120))


class Service(_Sourced, Base):
    """One thing an organisation does for people, with what is known of its clinical care."""

    __tablename__ = "services"
    # Of ten thousand services the few that stand everywhere are found at once.
    __table_args__ = (
        Index(
            "ix_services_public_structure",
            "slug",
            sqlite_where=text("kind = 'public_structure'"),
            postgresql_where=text("kind = 'public_structure'"),
        ),
    )

    slug: Mapped[str] = mapped_column(SLUG, primary_key=True)
    organization_slug: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug", ondelete=CASCADE), index=True
    )
    kind: Mapped[ServiceKind] = mapped_column(CODE, default=ServiceKind.ENTRY)
    name_fr: Mapped[str] = mapped_column(String(160))
    name_bm: Mapped[str | None] = mapped_column(String(160))
    description_fr: Mapped[str] = mapped_column(Text)
    description_bm: Mapped[str | None] = mapped_column(Text)
    eligibility_fr: Mapped[str | None] = mapped_column(Text)
    eligibility_bm: Mapped[str | None] = mapped_column(Text)
    fees: Mapped[Fees] = mapped_column(CODE, default=Fees.UNKNOWN)
    fees_note_fr: Mapped[str | None] = mapped_column(Text)
    fees_note_bm: Mapped[str | None] = mapped_column(Text)
    restricted: Mapped[bool] = mapped_column(default=False)
    pep: Mapped[Answer] = mapped_column(CODE, default=Answer.UNKNOWN)
    emergency_contraception: Mapped[Answer] = mapped_column(CODE, default=Answer.UNKNOWN)
    woman_caregiver: Mapped[Answer] = mapped_column(CODE, default=Answer.UNKNOWN)
    takes_minors: Mapped[Answer] = mapped_column(CODE, default=Answer.UNKNOWN)
    takes_men: Mapped[Answer] = mapped_column(CODE, default=Answer.UNKNOWN)
    asks_requisition: Mapped[Answer] = mapped_column(CODE, default=Answer.UNKNOWN)
    asks_fee: Mapped[Answer] = mapped_column(CODE, default=Answer.UNKNOWN)
    clinical_known_on: Mapped[date | None]


class ServiceNeed(Base):
    """That a service answers a need.

    On a service that is not restricted, the need `shelter` says that it arranges a safe place,
    not that it is one.
    """

    __tablename__ = "service_needs"
    __table_args__ = (Index("ix_service_needs_service_slug", "service_slug"),)

    need: Mapped[Need] = mapped_column(ForeignKey("taxonomy_terms.code"), primary_key=True)
    service_slug: Mapped[str] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), primary_key=True
    )


class Location(Base):
    """Where services are given. A restricted one is never shown, measured or exported."""

    __tablename__ = "locations"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates_together"),
    )

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_slug: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug", ondelete=CASCADE), index=True
    )
    place_slug: Mapped[str] = mapped_column(ForeignKey("places.slug"), index=True)
    name_fr: Mapped[str | None] = mapped_column(String(160))
    name_bm: Mapped[str | None] = mapped_column(String(160))
    address_1: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    restricted: Mapped[bool] = mapped_column(default=False)


class ServiceAtLocation(Base):
    """That a service is given at a location."""

    __tablename__ = "services_at_location"
    __table_args__ = (Index("ix_services_at_location_location_slug", "location_slug"),)

    service_slug: Mapped[str] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), primary_key=True
    )
    location_slug: Mapped[str] = mapped_column(
        ForeignKey("locations.slug", ondelete=CASCADE), primary_key=True
    )


class ServiceArea(Base):
    """Where a service is for people: each has at least one row, its location's area included.

    `region_slug` is empty for the whole country, `cercle_slug` for a whole region.
    """

    __tablename__ = "service_areas"
    __table_args__ = (
        Index("ix_service_areas_region_slug", "region_slug", "service_slug"),
        Index("ix_service_areas_cercle_slug", "cercle_slug", "service_slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    service_slug: Mapped[str] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), index=True
    )
    extent: Mapped[Extent] = mapped_column(CODE)
    region_slug: Mapped[str | None] = mapped_column(ForeignKey("places.slug"))
    cercle_slug: Mapped[str | None] = mapped_column(ForeignKey("places.slug"))


class Phone(_Sourced, Base):
    """A number, with a status and a verification of its own."""

    __tablename__ = "phones"

    slug: Mapped[str] = mapped_column(SLUG, primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(CODE, default="voice")
    organization_slug: Mapped[str] = mapped_column(
        ForeignKey("organizations.slug", ondelete=CASCADE), index=True
    )
    service_slug: Mapped[str | None] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), index=True
    )
    label_fr: Mapped[str] = mapped_column(String(160))
    label_bm: Mapped[str | None] = mapped_column(String(160))
    reach: Mapped[Reach] = mapped_column(CODE, default=Reach.LOCAL, index=True)
    is_free: Mapped[bool | None]
    is_emergency: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class Schedule(Base):
    """One weekly stretch of opening of a service or a phone; `day` is 0 for Monday."""

    __tablename__ = "schedules"
    __table_args__ = (
        CheckConstraint("day BETWEEN 0 AND 6", name="day_of_week"),
        CheckConstraint("(service_slug IS NULL) <> (phone_slug IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    service_slug: Mapped[str | None] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), index=True
    )
    phone_slug: Mapped[str | None] = mapped_column(
        ForeignKey("phones.slug", ondelete=CASCADE), index=True
    )
    day: Mapped[int]
    opens_at: Mapped[time]
    closes_at: Mapped[time]


class Language(Base):
    """A language spoken at a service, as ISO 639 code."""

    __tablename__ = "languages"

    service_slug: Mapped[str] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(8), primary_key=True)


class Accessibility(Base):
    """A way in which a service is accessible, as a code of docs/directory.md."""

    __tablename__ = "accessibility"

    service_slug: Mapped[str] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), primary_key=True
    )
    code: Mapped[str] = mapped_column(CODE, primary_key=True)


def _purge_organizations(connection: Connection, now: datetime) -> int:
    gone = delete(Organization).where(Organization.deleted_at <= now - DELETED_KEPT)
    return connection.execute(gone).rowcount


def _purge_services(connection: Connection, now: datetime) -> int:
    gone = select(Service.slug).where(Service.deleted_at <= now - DELETED_KEPT)
    given = select(ServiceAtLocation.location_slug)
    kept = given.where(ServiceAtLocation.service_slug.not_in(gone))
    # Where a service was given goes with it, unless another one is given there.
    connection.execute(
        delete(Location).where(
            Location.slug.in_(given.where(ServiceAtLocation.service_slug.in_(gone))),
            Location.slug.not_in(kept),
        )
    )
    return connection.execute(delete(Service).where(Service.slug.in_(gone))).rowcount


def _purge_phones(connection: Connection, now: datetime) -> int:
    gone = delete(Phone).where(Phone.deleted_at <= now - DELETED_KEPT)
    return connection.execute(gone).rowcount


metadata: MetaData = Base.metadata
metadata.tables["organizations"].info["purge"] = _purge_organizations
metadata.tables["services"].info["purge"] = _purge_services
metadata.tables["phones"].info["purge"] = _purge_phones
