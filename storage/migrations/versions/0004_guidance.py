"""Guidance: focal points, training requests."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "focal_points",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("network", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("section", sa.String(length=120), nullable=False),
        sa.Column("duty", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("name_anywhere", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "network IN ('gender', 'women')", name=op.f("ck_focal_points_network")
        ),
        sa.CheckConstraint(
            "name IS NULL OR consent_on IS NOT NULL", name=op.f("ck_focal_points_consent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_points")),
    )
    op.create_index(
        "ix_focal_points_network_region", "focal_points", ["network", "region"], unique=False
    )
    op.create_table(
        "training_requests",
        sa.Column("code_hash", sa.String(length=32), nullable=False),
        sa.Column("sealed_request", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'asked')", name=op.f("ck_training_requests_state")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_training_requests")),
    )
    op.create_index(
        "ix_training_requests_expires_at", "training_requests", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_training_requests_expires_at", table_name="training_requests")
    op.drop_table("training_requests")
    op.drop_index("ix_focal_points_network_region", table_name="focal_points")
    op.drop_table("focal_points")
