"""The console's tables: accounts, invitations, recovery codes, sessions, attempts to sign in.

Whatever lets somebody in stands here as a hash alone: passwords as Argon2id, tokens and recovery
codes, which are random and long, as SHA-256. The secret of the second factor must be read again
for each code, so it is sealed.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    delete,
)

from storage.actors import LONGEST_NAME
from storage.columns import BigId
from storage.database import Base, UtcDateTime

_HASH = String(64)
_ROLES = String(80)
_CASCADE = "CASCADE"

staff_accounts = Table(
    "staff_accounts",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("email", String(LONGEST_NAME), nullable=False),
    Column("roles", _ROLES, nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("sealed_totp", LargeBinary),
    # The time step of the code that was taken last: none is taken twice.
    Column("totp_step", Integer, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("signed_in_at", UtcDateTime),
    UniqueConstraint("email"),
)

staff_invitations = Table(
    "staff_invitations",
    Base.metadata,
    Column("token_hash", _HASH, primary_key=True),
    Column("email", String(LONGEST_NAME), nullable=False),
    Column("roles", _ROLES, nullable=False),
    Column("invited_by", String(LONGEST_NAME), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    UniqueConstraint("email"),
)

staff_recovery_codes = Table(
    "staff_recovery_codes",
    Base.metadata,
    Column(
        "account_id",
        BigId,
        ForeignKey("staff_accounts.id", ondelete=_CASCADE),
        primary_key=True,
        autoincrement=False,
    ),
    Column("code_hash", _HASH, primary_key=True),
)

staff_sessions = Table(
    "staff_sessions",
    Base.metadata,
    Column("token_hash", _HASH, primary_key=True),
    Column(
        "account_id",
        BigId,
        ForeignKey("staff_accounts.id", ondelete=_CASCADE),
        nullable=False,
    ),
    Column("stage", String(8), nullable=False),
    # A second factor that is being set up, until its first code is given.
    Column("sealed_totp", LargeBinary),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    CheckConstraint("stage IN ('code', 'enrol', 'open')", name="stage"),
)
Index(None, staff_sessions.c.account_id)
Index(None, staff_sessions.c.expires_at)

staff_attempts = Table(
    "staff_attempts",
    Base.metadata,
    # A hash of an account, of a network address, or of both together.
    Column("subject", String(32), primary_key=True),
    Column("failures", SmallInteger, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index(None, staff_attempts.c.expires_at)


def _purge_expired(table: Table) -> None:
    """Let the rows of a table go when their time is over."""

    def purge(connection: Connection, now: object) -> int:
        return connection.execute(delete(table).where(table.c.expires_at <= now)).rowcount

    table.info["purge"] = purge


for _table in (staff_invitations, staff_sessions, staff_attempts):
    _purge_expired(_table)
