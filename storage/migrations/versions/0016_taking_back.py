"""What staff can take back for 30 days: replaced focal points, withdrawn signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_focal_points",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_focal_points")),
    )
    with op.batch_alter_table("content_reviews") as reviews:
        reviews.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM content_reviews WHERE withdrawn_at IS NOT NULL"))
    with op.batch_alter_table("content_reviews") as reviews:
        reviews.drop_column("withdrawn_at")
    op.drop_table("former_focal_points")
