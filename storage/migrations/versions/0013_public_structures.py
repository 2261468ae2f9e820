"""An index of the few services that stand everywhere: a search asks for them alone."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0015"
branch_labels = None
depends_on = None

_THEM = "kind = 'public_structure'"


def upgrade() -> None:
    op.create_index(
        "ix_services_public_structure",
        "services",
        ["slug"],
        unique=False,
        sqlite_where=sa.text(_THEM),
        postgresql_where=sa.text(_THEM),
    )


def downgrade() -> None:
    op.drop_index("ix_services_public_structure", table_name="services")
