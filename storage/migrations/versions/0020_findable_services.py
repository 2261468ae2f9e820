"""The services that may be found, derived by the database: a search reads them off one index."""

import sqlalchemy as sa
from alembic import op

from storage.derived import DerivedRows, Watched

revision = "0020"
down_revision = "0013"
branch_labels = None
depends_on = None

_READ = (
    *("service_slug", "organization_kind", "pep", "takes_minors", "one_stop"),
    *("assured_date", "latitude", "longitude"),
)
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



def upgrade() -> None:
    op.create_table(
        "findable_services",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("need", sa.String(20), nullable=False),
        sa.Column("region_slug", sa.String(24), nullable=True),
        sa.Column("cercle_slug", sa.String(24), nullable=True),
        sa.Column("service_slug", sa.String(24), nullable=False),
        sa.Column("organization_kind", sa.String(20), nullable=False),
        sa.Column("pep", sa.String(20), nullable=False),
        sa.Column("takes_minors", sa.String(20), nullable=False),
        sa.Column("one_stop", sa.Integer(), nullable=False),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_findable_services_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findable_services")),
    )
    op.create_index("ix_findable_services_region", "findable_services", ["need", "region_slug", *_READ])
    op.create_index("ix_findable_services_cercle", "findable_services", ["need", "cercle_slug", *_READ])
    op.create_index(op.f("ix_findable_services_service_slug"), "findable_services", ["service_slug"])
    op.execute(FINDABLE.fill())
    for statement in FINDABLE.create(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in FINDABLE.drop(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("findable_services")
