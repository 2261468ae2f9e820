"""The life of an entry: versions, edits that wait, reports, and staff who work in Telegram."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ENTRIES = ("organizations", "services", "phones")
_COLUMNS = ("last_tried", "tries", "version", "status_before", "deleted_at")


def upgrade() -> None:
    for table in _ENTRIES:
        for column in (
            sa.Column("last_tried", sa.Date(), nullable=True),
            sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
            sa.Column("version", sa.Integer(), server_default="1", nullable=False),
            sa.Column("status_before", sa.String(length=20), nullable=True),
            sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        ):
            op.add_column(table, column)
    _create_edits()
    _create_reports()
    _create_links()


def _create_edits() -> None:
    op.create_table(
        "entry_edits",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_edits")),
    )
    op.create_index("ix_entry_edits_state", "entry_edits", ["state", "proposed_at"], unique=False)
    op.create_index("ix_entry_edits_slug", "entry_edits", ["subject", "slug"], unique=False)
    op.create_table(
        "entry_versions",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("subject", "slug", "version", name=op.f("pk_entry_versions")),
    )
    op.create_index(
        "ix_entry_versions_replaced_at", "entry_versions", ["replaced_at"], unique=False
    )


def _create_reports() -> None:
    op.create_table(
        "service_reports",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("service_slug", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_service_reports_count")),
        sa.PrimaryKeyConstraint("week", "service_slug", "kind", name=op.f("pk_service_reports")),
    )
    op.create_table(
        "missing_services",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.Column("place_slug", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_missing_services_count")),
        sa.PrimaryKeyConstraint("week", "need", "place_slug", name=op.f("pk_missing_services")),
    )


def _create_links() -> None:
    op.create_table(
        "staff_telegram_links",
        sa.Column("chat_hash", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_hash", name=op.f("pk_staff_telegram_links")),
    )
    op.create_index(
        "ix_staff_telegram_links_name", "staff_telegram_links", ["name"], unique=False
    )
    op.create_table(
        "staff_link_codes",
        sa.Column("code_hash", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_staff_link_codes")),
    )


def downgrade() -> None:
    op.drop_table("staff_link_codes")
    op.drop_index("ix_staff_telegram_links_name", table_name="staff_telegram_links")
    op.drop_table("staff_telegram_links")
    op.drop_table("missing_services")
    op.drop_table("service_reports")
    op.drop_index("ix_entry_versions_replaced_at", table_name="entry_versions")
    op.drop_table("entry_versions")
    op.drop_index("ix_entry_edits_slug", table_name="entry_edits")
    op.drop_index("ix_entry_edits_state", table_name="entry_edits")
    op.drop_table("entry_edits")
    for table in _ENTRIES:
        for column in reversed(_COLUMNS):
            op.drop_column(table, column)
