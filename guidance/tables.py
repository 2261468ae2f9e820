"""The tables of focal points, training requests and signatures under content.

What a requester gave is sealed with the key of `Purpose.TRAINING` alone: nothing here can be joined
with a conversation about services or with a registration.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    false,
)

from storage.columns import BigId
from storage.database import Base, UtcDateTime

TAKEN_BACK_WITHIN = timedelta(days=30)
"""How long staff can bring back a list that was replaced and a signature that was withdrawn."""

focal_points = Table(
    "focal_points",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("network", String(8), nullable=False),
    Column("region", String(40), nullable=False),
    Column("section", String(120), nullable=False),
    Column("duty", String(120), nullable=False),
    Column("channel", String(200), nullable=False),
    Column("name", String(120), nullable=True),
    Column("consent_on", Date, nullable=True),
    Column("name_anywhere", Boolean, nullable=False, server_default=false()),
    CheckConstraint("network IN ('gender', 'women')", name="network"),
    CheckConstraint("name IS NULL OR consent_on IS NOT NULL", name="consent"),
    Index("ix_focal_points_network_region", "network", "region"),
)

former_focal_points = Table(
    "former_focal_points",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("replaced_at", UtcDateTime, nullable=False),
    Column("replaced_by", String(200), nullable=False),
    Column("rows", JSON, nullable=False),
)

training_requests = Table(
    "training_requests",
    Base.metadata,
    Column("code_hash", String(32), primary_key=True),
    Column("sealed_request", LargeBinary, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("state", String(8), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    CheckConstraint("state IN ('draft', 'asked')", name="state"),
    Index("ix_training_requests_expires_at", "expires_at"),
)

content_reviews = Table(
    "content_reviews",
    Base.metadata,
    Column("kind", String(8), primary_key=True),
    # The id of an article; of a text, what stands for its context and its French.
    Column("key", String(64), primary_key=True),
    Column("language", String(8), primary_key=True),
    # Stands for the words that were read: other words are unsigned.
    Column("digest", String(64), nullable=False),
    Column("reviewed_by", String(120), nullable=False),
    Column("reviewed_on", Date, nullable=False),
    Column("valid_until", Date, nullable=True),
    Column("signed_by", String(200), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    # A withdrawn signature counts for nothing, and can be given back for a while.
    Column("withdrawn_at", UtcDateTime, nullable=True),
    CheckConstraint("kind IN ('article', 'text')", name="kind"),
)


def _purge_after(table: Table, moment: Column[datetime]) -> None:
    """Attach the purge here: whoever knows the table must know how it ends."""

    def purge(connection: Connection, now: datetime) -> int:
        gone = delete(table).where(moment <= now - TAKEN_BACK_WITHIN)
        return connection.execute(gone).rowcount

    table.info["purge"] = purge


_purge_after(former_focal_points, former_focal_points.c.replaced_at)
_purge_after(content_reviews, content_reviews.c.withdrawn_at)
