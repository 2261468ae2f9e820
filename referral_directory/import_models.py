"""The tables that remember imports, so that a whole one can be undone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId
from storage.database import Base, UtcDateTime

UNDO_WITHIN = timedelta(days=30)
"""How long an import can be undone."""

KEPT = timedelta(days=730)
"""How long it is known that an import was made: as long as the audit log."""


def _purge_imports(connection: Connection, now: datetime) -> int:
    return connection.execute(delete(Import).where(Import.at <= now - KEPT)).rowcount


def _purge_entries(connection: Connection, now: datetime) -> int:
    old = select(Import.id).where(Import.at <= now - UNDO_WITHIN)
    return connection.execute(delete(ImportEntry).where(ImportEntry.import_id.in_(old))).rowcount


class Import(Base):
    """One import that was written: who, when, which file, how much; nothing of its contents."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        {"info": {"purge": _purge_imports}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(120))
    added: Mapped[int]
    changed: Mapped[int]
    removed: Mapped[int]
    refused: Mapped[int]
    unchanged: Mapped[int]
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(200))


class ImportEntry(Base):
    """What an entry looked like before an import, and a fingerprint of how it looked after it.

    `before` is empty for an entry that the import added. It never holds the whereabouts of a
    restricted service.
    """

    __tablename__ = "import_entries"
    __table_args__ = (
        CheckConstraint("subject IN ('organization', 'phone', 'service')", name="subject"),
        {"info": {"purge": _purge_entries}},
    )

    import_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(12), primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after_digest: Mapped[str] = mapped_column(String(64))
