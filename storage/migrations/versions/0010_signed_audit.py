"""The audit log is signed, and a checkpoint says where it begins."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("audit_entries", sa.Column("signature", sa.String(length=32), nullable=True))
    op.add_column("audit_entries", sa.Column("key_number", sa.Integer(), nullable=True))
    op.create_table(
        "audit_checkpoints",
        sa.Column("id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=32), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoints")),
    )


def downgrade() -> None:
    op.drop_table("audit_checkpoints")
    op.drop_column("audit_entries", "key_number")
    op.drop_column("audit_entries", "signature")
