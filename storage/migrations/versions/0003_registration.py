"""Registration: gatherings, registrations, delegates, drafts, their messages and their figures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "code_attempts",
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_code_attempts")),
    )
    op.create_index(op.f("ix_code_attempts_first_at"), "code_attempts", ["first_at"], unique=False)
    op.create_table(
        "gatherings",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("folded_code", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("region", sa.String(length=24), nullable=True),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("name_bm", sa.String(length=120), nullable=True),
        sa.Column("theme_fr", sa.String(length=300), nullable=True),
        sa.Column("theme_bm", sa.String(length=300), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue_fr", sa.String(length=200), nullable=False),
        sa.Column("venue_bm", sa.String(length=200), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("most_delegates", sa.SmallInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correct_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("co_organizers", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("cloned_from", _ID, nullable=True),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('cancelled', 'draft', 'published')", name=op.f("ck_gatherings_state")
        ),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_gatherings_capacity")),
        sa.CheckConstraint(
            "most_delegates >= 1 AND most_delegates <= capacity",
            name=op.f("ck_gatherings_delegates"),
        ),
        sa.CheckConstraint(
            "places_taken >= 0 AND places_taken <= capacity", name=op.f("ck_gatherings_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings")),
        sa.UniqueConstraint("folded_code", name=op.f("uq_gatherings_folded_code")),
    )
    op.create_index(op.f("ix_gatherings_ends_at"), "gatherings", ["ends_at"], unique=False)
    op.create_table(
        "registration_drafts",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("registrant_hash", sa.String(length=32), nullable=False),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_drafts")),
        sa.UniqueConstraint("registrant_hash", name=op.f("uq_registration_drafts_registrant_hash")),
    )
    op.create_index(
        op.f("ix_registration_drafts_expires_at"),
        "registration_drafts",
        ["expires_at"],
        unique=False,
    )
    op.create_table(
        "gathering_figures",
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"], ["gatherings.id"], name=op.f("fk_gathering_figures_gathering_id")
        ),
        sa.PrimaryKeyConstraint(
            "gathering_id", "dimension", "value", name=op.f("pk_gathering_figures")
        ),
    )
    op.create_table(
        "registrations",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("queue_number", sa.Integer(), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("least_places", sa.SmallInteger(), nullable=False),
        sa.Column("places", sa.SmallInteger(), nullable=False),
        sa.Column("passed_over", sa.SmallInteger(), nullable=False),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registrant_hash", sa.String(length=32), nullable=False),
        sa.Column("name_hash", sa.String(length=32), nullable=False),
        sa.Column("acronym_hash", sa.String(length=32), nullable=True),
        sa.Column("receipt_hash", sa.String(length=32), nullable=True),
        sa.Column("phone_hash", sa.String(length=32), nullable=False),
        sa.Column("sealed_chat", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_details", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("organization_kind", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=24), nullable=False),
        sa.Column("cercle", sa.String(length=24), nullable=True),
        sa.Column("women", sa.SmallInteger(), nullable=False),
        sa.Column("men", sa.SmallInteger(), nullable=False),
        sa.Column("young", sa.SmallInteger(), nullable=False),
        sa.Column("disabled", sa.SmallInteger(), nullable=False),
        sa.Column("wants_to_speak", sa.Boolean(), nullable=False),
        sa.Column("wants_stand", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("reminder_time", sa.String(length=10), nullable=True),
        sa.Column("photo_consent", sa.Boolean(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("similar_to", _ID, nullable=True),
        sa.Column("merged_into", _ID, nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_people", sa.SmallInteger(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'offered') = (offer_until IS NOT NULL)", name=op.f("ck_registrations_offer")
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'offered')) = (places > 0)",
            name=op.f("ck_registrations_places"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'confirmed', 'lapsed', 'merged', 'offered', 'received', 'refused', 'waiting')",
            name=op.f("ck_registrations_state"),
        ),
        sa.CheckConstraint(
            "least_places >= 1 AND least_places <= size", name=op.f("ck_registrations_least_places")
        ),
        sa.CheckConstraint(
            "places >= 0 AND places <= size", name=op.f("ck_registrations_places_in_size")
        ),
        sa.CheckConstraint(
            "women >= 0 AND men >= 0 AND size = women + men AND size > 0",
            name=op.f("ck_registrations_size"),
        ),
        sa.ForeignKeyConstraint(
            ["gathering_id"], ["gatherings.id"], name=op.f("fk_registrations_gathering_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("code", name=op.f("uq_registrations_code")),
    )
    op.create_index(
        op.f("ix_registrations_gathering_id_acronym_hash"),
        "registrations",
        ["gathering_id", "acronym_hash"],
        unique=False,
    )
    op.create_index(
        op.f("ix_registrations_gathering_id_name_hash"),
        "registrations",
        ["gathering_id", "name_hash"],
        unique=False,
    )
    op.create_index(
        op.f("ix_registrations_gathering_id_receipt_hash"),
        "registrations",
        ["gathering_id", "receipt_hash"],
        unique=False,
    )
    op.create_index(
        op.f("ix_registrations_offer_until"),
        "registrations",
        ["offer_until"],
        unique=False,
        sqlite_where=sa.text("offer_until IS NOT NULL"),
        postgresql_where=sa.text("offer_until IS NOT NULL"),
    )
    op.create_index(
        "ix_registrations_one_live",
        "registrations",
        ["gathering_id", "registrant_hash", "name_hash"],
        unique=True,
        sqlite_where=sa.text("state IN ('confirmed', 'offered', 'received', 'waiting')"),
        postgresql_where=sa.text("state IN ('confirmed', 'offered', 'received', 'waiting')"),
    )
    op.create_index(
        op.f("ix_registrations_registrant_hash"), "registrations", ["registrant_hash"], unique=False
    )
    op.create_index(
        "ix_registrations_waiting_order",
        "registrations",
        ["gathering_id", "queue_number"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_registrations_waiting_size",
        "registrations",
        ["gathering_id", "least_places", "queue_number"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "delegates",
        sa.Column("registration_id", _ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_details", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_delegates_registration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "position", name=op.f("pk_delegates")),
    )
    op.create_table(
        "registration_messages",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("registration_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=True),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (sealed_payload IS NOT NULL)",
            name=op.f("ck_registration_messages_payload"),
        ),
        sa.CheckConstraint(
            "state IN ('dropped', 'failed', 'sent', 'waiting')",
            name=op.f("ck_registration_messages_state"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_registration_messages_registration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_messages")),
        sa.UniqueConstraint(
            "registration_id",
            "kind",
            "occasion",
            name=op.f("uq_registration_messages_registration_id_kind_occasion"),
        ),
    )
    op.create_index(
        "ix_registration_messages_due",
        "registration_messages",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("registration_messages")
    op.drop_table("delegates")
    op.drop_table("registrations")
    op.drop_table("gathering_figures")
    op.drop_table("registration_drafts")
    op.drop_table("gatherings")
    op.drop_table("code_attempts")
