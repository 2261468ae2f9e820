"""Reminders to linked staff: the chat sealed, and the day of the last one."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff_telegram_links") as links:
        links.add_column(sa.Column("sealed_chat", sa.LargeBinary(), nullable=True))
        links.add_column(sa.Column("key_number", sa.Integer(), nullable=True))
        links.add_column(sa.Column("reminded_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("staff_telegram_links") as links:
        links.drop_column("reminded_on")
        links.drop_column("key_number")
        links.drop_column("sealed_chat")
