"""What the search looks at: the services that may be found, a row for each need, area and place.

The database derives the rows by itself. A search reads them off one index, where it would have
to look at six tables for each service of a region.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, MetaData, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from referral_directory.models import CASCADE, CODE, SLUG
from referral_directory.vocabulary import Answer, Need, OrganizationKind
from storage.database import Base
from storage.derived import DerivedRows, Watched

ONE_STOP = (Need.MEDICAL, Need.PSYCHOSOCIAL, Need.LEGAL)
"""Who offers all of these spares people to tell what happened at three doors."""

_READ = (
    *("service_slug", "organization_kind", "pep", "takes_minors", "one_stop"),
    *("assured_date", "latitude", "longitude"),
)


class FindableService(Base):
    """A published service that is not restricted, for one need, in one area, at one place.

    `one_stop` counts which of `ONE_STOP` it offers. Coordinates are those of its place, or of the
    seat of the area where it stands; none where the place is kept back.
    """

    __tablename__ = "findable_services"
    # All that a search reads stands in the index itself.
    __table_args__ = (
        Index("ix_findable_services_region", "need", "region_slug", *_READ),
        Index("ix_findable_services_cercle", "need", "cercle_slug", *_READ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    need: Mapped[Need] = mapped_column(CODE)
    region_slug: Mapped[str | None] = mapped_column(SLUG)
    cercle_slug: Mapped[str | None] = mapped_column(SLUG)
    service_slug: Mapped[str] = mapped_column(
        ForeignKey("services.slug", ondelete=CASCADE), index=True
    )
    organization_kind: Mapped[OrganizationKind] = mapped_column(CODE)
    pep: Mapped[Answer] = mapped_column(CODE)
    takes_minors: Mapped[Answer] = mapped_column(CODE)
    one_stop: Mapped[int]
    assured_date: Mapped[date | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


_FROM_CHILD = "{row}.service_slug"
_OF_AN_ORGANIZATION = "SELECT slug FROM services WHERE organization_slug = {row}.slug"
_AT_A_LOCATION = "SELECT service_slug FROM services_at_location WHERE location_slug = {row}.slug"
_IN_A_PLACE = (
    "SELECT services_at_location.service_slug FROM services_at_location"
    " JOIN locations ON locations.slug = services_at_location.location_slug"
    " WHERE locations.place_slug = {row}.slug"
)
FINDABLE = DerivedRows(
    table="findable_services",
    columns=("need", "region_slug", "cercle_slug", *_READ),
    key="service_slug",
    owner="services",
    owner_key="services.slug",
    query=(
        "SELECT service_needs.need, service_areas.region_slug, service_areas.cercle_slug,"
        " services.slug, organizations.kind, services.pep, services.takes_minors,"
        " (SELECT count(*) FROM service_needs AS offered"
        " WHERE offered.service_slug = services.slug"
        " AND offered.need IN ('medical', 'psychosocial', 'legal')),"
        " services.assured_date, coalesce(locations.latitude, places.latitude),"
        " coalesce(locations.longitude, places.longitude)"
        " FROM services"
        " JOIN organizations ON organizations.slug = services.organization_slug"
        " JOIN service_needs ON service_needs.service_slug = services.slug"
        " JOIN service_areas ON service_areas.service_slug = services.slug"
        " LEFT JOIN services_at_location ON services_at_location.service_slug = services.slug"
        " LEFT JOIN locations ON locations.slug = services_at_location.location_slug"
        " AND NOT locations.restricted"
        " LEFT JOIN places ON places.slug = locations.place_slug"
        " WHERE services.kind = 'entry' AND services.status = 'published'"
        " AND NOT services.restricted AND organizations.status = 'published'"
    ),
    watched=(
        Watched(
            "services",
            "{row}.slug",
            (
                *("organization_slug", "kind", "status", "restricted", "pep", "takes_minors"),
                "assured_date",
            ),
        ),
        Watched("organizations", _OF_AN_ORGANIZATION, ("kind", "status")),
        Watched("service_needs", _FROM_CHILD),
        Watched("service_areas", _FROM_CHILD),
        Watched("services_at_location", _FROM_CHILD),
        Watched(
            "locations",
            _AT_A_LOCATION,
            ("place_slug", "latitude", "longitude", "restricted"),
        ),
        Watched("places", _IN_A_PLACE, ("latitude", "longitude")),
    ),
)


@event.listens_for(Base.metadata, "after_create")
def _derive(
    _metadata: MetaData, connection: Connection, tables: Iterable[Table], **_options: Any
) -> None:
    """Where the tables are made without their history, the triggers are made too."""
    if FindableService.__tablename__ in {table.name for table in tables}:
        for statement in FINDABLE.create(connection.dialect.name):
            connection.exec_driver_sql(statement)
