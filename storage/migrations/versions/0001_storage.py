"""Storage's tables: inbox, sessions, outbox, ledger, timers, figures, audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = {
    "sqlite_where": sa.text("person_key IS NOT NULL"),
    "postgresql_where": sa.text("person_key IS NOT NULL"),
}


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("changed_fields", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_entries_record_id"), "audit_entries", ["record_id"], unique=False
    )
    op.create_table(
        "counters",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("dimension", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rounded", sa.Boolean(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_counters_count")),
        sa.PrimaryKeyConstraint("week", "dimension", "value", name=op.f("pk_counters")),
    )
    op.create_table(
        "inbox_updates",
        sa.Column("update_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("person_key", sa.String(length=32), nullable=True),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=True),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (person_key IS NOT NULL)", name=op.f("ck_inbox_updates_person")
        ),
        sa.CheckConstraint(
            "state = 'waiting' OR sealed_payload IS NULL", name=op.f("ck_inbox_updates_payload")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'dropped')", name=op.f("ck_inbox_updates_state")
        ),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox_updates")),
    )
    op.create_index(
        op.f("ix_inbox_updates_person_key_update_id"),
        "inbox_updates",
        ["person_key", "update_id"],
        unique=False,
        **_WAITING,
    )
    op.create_index(
        op.f("ix_inbox_updates_received_at"), "inbox_updates", ["received_at"], unique=False
    )
    op.create_table(
        "ledger_messages",
        sa.Column("person_key", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_chat", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_ledger_messages_direction")),
        sa.PrimaryKeyConstraint("person_key", "message_id", name=op.f("pk_ledger_messages")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_ledger_messages_delete_at"), "ledger_messages", ["delete_at"], unique=False
    )
    op.create_index(
        op.f("ix_ledger_messages_sent_at"), "ledger_messages", ["sent_at"], unique=False
    )
    op.create_table(
        "outgoing_messages",
        sa.Column("id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("person_key", sa.String(length=32), nullable=True),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=True),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("update_id", _BIG_ID, nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (person_key IS NOT NULL)",
            name=op.f("ck_outgoing_messages_person"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (sealed_payload IS NOT NULL)",
            name=op.f("ck_outgoing_messages_payload"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'failed')", name=op.f("ck_outgoing_messages_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_messages")),
    )
    op.create_index(
        op.f("ix_outgoing_messages_expires_at"), "outgoing_messages", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_outgoing_messages_person_key"),
        "outgoing_messages",
        ["person_key"],
        unique=False,
        **_WAITING,
    )
    op.create_table(
        "sessions",
        sa.Column("person_key", sa.String(length=32), nullable=False),
        sa.Column("sealed_state", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "timers",
        sa.Column("id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_key", sa.String(length=32), nullable=True),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("set_for", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)
    op.create_index(op.f("ix_timers_person_key"), "timers", ["person_key"], unique=False)


def downgrade() -> None:
    op.drop_table("timers")
    op.drop_table("sessions")
    op.drop_table("outgoing_messages")
    op.drop_table("ledger_messages")
    op.drop_table("inbox_updates")
    op.drop_table("counters")
    op.drop_table("audit_entries")
