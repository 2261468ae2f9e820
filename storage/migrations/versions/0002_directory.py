"""The directory: places, needs, organisations, services, numbers and what hangs on them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_fr", sa.String(length=160), nullable=False),
        sa.Column("name_bm", sa.String(length=160), nullable=True),
        sa.Column("alternate_name", sa.String(length=160), nullable=True),
        sa.Column("description_fr", sa.Text(), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_date", sa.String(length=40), nullable=True),
        sa.Column("fact_row", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.String(length=120), nullable=True),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organizations")),
    )
    op.create_table(
        "places",
        sa.Column("slug", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_fr", sa.String(length=80), nullable=False),
        sa.Column("name_bm", sa.String(length=80), nullable=True),
        sa.Column("other_names", sa.Text(), nullable=True),
        sa.Column("region_slug", sa.String(length=24), nullable=False),
        sa.Column("cercle_slug", sa.String(length=24), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_places")),
    )
    op.create_index("ix_places_region_slug_kind", "places", ["region_slug", "kind"], unique=False)
    op.create_table(
        "taxonomy_terms",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("name_bm", sa.String(length=120), nullable=True),
        sa.Column("description_fr", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_taxonomy_terms")),
    )
    op.create_table(
        "locations",
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("organization_slug", sa.String(length=40), nullable=False),
        sa.Column("place_slug", sa.String(length=24), nullable=False),
        sa.Column("name_fr", sa.String(length=160), nullable=True),
        sa.Column("name_bm", sa.String(length=160), nullable=True),
        sa.Column("address_1", sa.String(length=200), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)",
            name=op.f("ck_locations_coordinates_together"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_slug"],
            ["organizations.slug"],
            name=op.f("fk_locations_organization_slug"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_slug"], ["places.slug"], name=op.f("fk_locations_place_slug")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_locations")),
    )
    op.create_index(
        op.f("ix_locations_organization_slug"), "locations", ["organization_slug"], unique=False
    )
    op.create_index(op.f("ix_locations_place_slug"), "locations", ["place_slug"], unique=False)
    op.create_table(
        "services",
        sa.Column("slug", sa.String(length=24), nullable=False),
        sa.Column("organization_slug", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_fr", sa.String(length=160), nullable=False),
        sa.Column("name_bm", sa.String(length=160), nullable=True),
        sa.Column("description_fr", sa.Text(), nullable=False),
        sa.Column("description_bm", sa.Text(), nullable=True),
        sa.Column("eligibility_fr", sa.Text(), nullable=True),
        sa.Column("eligibility_bm", sa.Text(), nullable=True),
        sa.Column("fees", sa.String(length=20), nullable=False),
        sa.Column("fees_note_fr", sa.Text(), nullable=True),
        sa.Column("fees_note_bm", sa.Text(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("pep", sa.String(length=20), nullable=False),
        sa.Column("emergency_contraception", sa.String(length=20), nullable=False),
        sa.Column("woman_caregiver", sa.String(length=20), nullable=False),
        sa.Column("takes_minors", sa.String(length=20), nullable=False),
        sa.Column("takes_men", sa.String(length=20), nullable=False),
        sa.Column("asks_requisition", sa.String(length=20), nullable=False),
        sa.Column("asks_fee", sa.String(length=20), nullable=False),
        sa.Column("clinical_known_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_date", sa.String(length=40), nullable=True),
        sa.Column("fact_row", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.String(length=120), nullable=True),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_slug"],
            ["organizations.slug"],
            name=op.f("fk_services_organization_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_services")),
    )
    op.create_index(
        op.f("ix_services_organization_slug"), "services", ["organization_slug"], unique=False
    )
    op.create_table(
        "accessibility",
        sa.Column("service_slug", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_accessibility_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_slug", "code", name=op.f("pk_accessibility")),
    )
    op.create_table(
        "languages",
        sa.Column("service_slug", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_languages_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_slug", "code", name=op.f("pk_languages")),
    )
    op.create_table(
        "phones",
        sa.Column("slug", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("organization_slug", sa.String(length=40), nullable=False),
        sa.Column("service_slug", sa.String(length=24), nullable=True),
        sa.Column("label_fr", sa.String(length=160), nullable=False),
        sa.Column("label_bm", sa.String(length=160), nullable=True),
        sa.Column("reach", sa.String(length=20), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=True),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_date", sa.String(length=40), nullable=True),
        sa.Column("fact_row", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.String(length=120), nullable=True),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_slug"],
            ["organizations.slug"],
            name=op.f("fk_phones_organization_slug"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_phones_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_phones")),
    )
    op.create_index(
        op.f("ix_phones_organization_slug"), "phones", ["organization_slug"], unique=False
    )
    op.create_index(op.f("ix_phones_reach"), "phones", ["reach"], unique=False)
    op.create_index(op.f("ix_phones_service_slug"), "phones", ["service_slug"], unique=False)
    op.create_table(
        "service_areas",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("service_slug", sa.String(length=24), nullable=False),
        sa.Column("extent", sa.String(length=20), nullable=False),
        sa.Column("region_slug", sa.String(length=24), nullable=True),
        sa.Column("cercle_slug", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["cercle_slug"], ["places.slug"], name=op.f("fk_service_areas_cercle_slug")
        ),
        sa.ForeignKeyConstraint(
            ["region_slug"], ["places.slug"], name=op.f("fk_service_areas_region_slug")
        ),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_service_areas_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_areas")),
    )
    op.create_index(
        "ix_service_areas_region_slug",
        "service_areas",
        ["region_slug", "service_slug"],
        unique=False,
    )
    op.create_index(
        "ix_service_areas_cercle_slug",
        "service_areas",
        ["cercle_slug", "service_slug"],
        unique=False,
    )
    op.create_index(
        op.f("ix_service_areas_service_slug"), "service_areas", ["service_slug"], unique=False
    )
    op.create_table(
        "service_needs",
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.Column("service_slug", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["need"], ["taxonomy_terms.code"], name=op.f("fk_service_needs_need")
        ),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_service_needs_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("need", "service_slug", name=op.f("pk_service_needs")),
    )
    op.create_index(
        "ix_service_needs_service_slug", "service_needs", ["service_slug"], unique=False
    )
    op.create_table(
        "services_at_location",
        sa.Column("service_slug", sa.String(length=24), nullable=False),
        sa.Column("location_slug", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_slug"],
            ["locations.slug"],
            name=op.f("fk_services_at_location_location_slug"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_services_at_location_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "service_slug", "location_slug", name=op.f("pk_services_at_location")
        ),
    )
    op.create_index(
        "ix_services_at_location_location_slug",
        "services_at_location",
        ["location_slug"],
        unique=False,
    )
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("service_slug", sa.String(length=24), nullable=True),
        sa.Column("phone_slug", sa.String(length=24), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.CheckConstraint(
            "(service_slug IS NULL) <> (phone_slug IS NULL)", name=op.f("ck_schedules_one_owner")
        ),
        sa.CheckConstraint("day BETWEEN 0 AND 6", name=op.f("ck_schedules_day_of_week")),
        sa.ForeignKeyConstraint(
            ["phone_slug"],
            ["phones.slug"],
            name=op.f("fk_schedules_phone_slug"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_slug"],
            ["services.slug"],
            name=op.f("fk_schedules_service_slug"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
    )
    op.create_index(op.f("ix_schedules_phone_slug"), "schedules", ["phone_slug"], unique=False)
    op.create_index(op.f("ix_schedules_service_slug"), "schedules", ["service_slug"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_schedules_service_slug"), table_name="schedules")
    op.drop_index(op.f("ix_schedules_phone_slug"), table_name="schedules")
    op.drop_table("schedules")
    op.drop_index("ix_services_at_location_location_slug", table_name="services_at_location")
    op.drop_table("services_at_location")
    op.drop_index("ix_service_needs_service_slug", table_name="service_needs")
    op.drop_table("service_needs")
    op.drop_index(op.f("ix_service_areas_service_slug"), table_name="service_areas")
    op.drop_index("ix_service_areas_cercle_slug", table_name="service_areas")
    op.drop_index("ix_service_areas_region_slug", table_name="service_areas")
    op.drop_table("service_areas")
    op.drop_index(op.f("ix_phones_service_slug"), table_name="phones")
    op.drop_index(op.f("ix_phones_reach"), table_name="phones")
    op.drop_index(op.f("ix_phones_organization_slug"), table_name="phones")
    op.drop_table("phones")
    op.drop_table("languages")
    op.drop_table("accessibility")
    op.drop_index(op.f("ix_services_organization_slug"), table_name="services")
    op.drop_table("services")
    op.drop_index(op.f("ix_locations_place_slug"), table_name="locations")
    op.drop_index(op.f("ix_locations_organization_slug"), table_name="locations")
    op.drop_table("locations")
    op.drop_table("taxonomy_terms")
    op.drop_index("ix_places_region_slug_kind", table_name="places")
    op.drop_table("places")
    op.drop_table("organizations")
