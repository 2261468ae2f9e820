"""The tables of an entry's life: edits that wait, former versions, what people report.

None of them holds anything of whoever reported: a report is a number in a week.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, Date, Index, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from referral_directory.vocabulary import EditOrigin, EditState, ReportKind
from storage.columns import BigId
from storage.database import Base, UtcDateTime

_CODE = String(20)
_SLUG = String(40)
_NAME = String(200)


class EntryEdit(Base):
    """A proposed edit beside the version that the public sees.

    `before` and `after` hold the changed fields alone, as the cells of a file. Once an edit of a
    restricted service is decided, what leads to the place is taken out of both.
    """

    __tablename__ = "entry_edits"
    __table_args__ = (
        Index("ix_entry_edits_state", "state", "proposed_at"),
        Index("ix_entry_edits_slug", "subject", "slug"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(_CODE)
    slug: Mapped[str] = mapped_column(_SLUG)
    base_version: Mapped[int]
    state: Mapped[EditState] = mapped_column(_CODE)
    origin: Mapped[EditOrigin] = mapped_column(_CODE)
    publishes: Mapped[bool]
    confirmed_on: Mapped[date | None]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    proposed_by: Mapped[str] = mapped_column(_NAME)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(_NAME)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))


class EntryVersion(Base):
    """What an entry looked like before a change, for whoever began to edit it then."""

    __tablename__ = "entry_versions"
    __table_args__ = (Index("ix_entry_versions_replaced_at", "replaced_at"),)

    subject: Mapped[str] = mapped_column(_CODE, primary_key=True)
    slug: Mapped[str] = mapped_column(_SLUG, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, Any]] = mapped_column(JSON)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by: Mapped[str] = mapped_column(_NAME)


class ServiceReport(Base):
    """How often something was said about a service in a week; who and when is nowhere."""

    __tablename__ = "service_reports"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    service_slug: Mapped[str] = mapped_column(_SLUG, primary_key=True)
    kind: Mapped[ReportKind] = mapped_column(_CODE, primary_key=True)
    count: Mapped[int]


class MissingService(Base):
    """How often a need was said to have no service in a cercle, by week."""

    __tablename__ = "missing_services"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    need: Mapped[str] = mapped_column(_CODE, primary_key=True)
    place_slug: Mapped[str] = mapped_column(_SLUG, primary_key=True)
    count: Mapped[int]


DELETED_KEPT = timedelta(days=30)
"""How long a deletion can be undone, and how long what an entry looked like is known."""

EDITS_KEPT = timedelta(days=730)
"""How long a decided edit says who proposed and who approved it: as long as the audit log does."""

REPORTS_KEPT = timedelta(weeks=26)
"""How long weekly reports about a service count."""

MISSING_KEPT = timedelta(weeks=156)
"""How long weeks in which services were missed can be compared."""


def _purge_edits(connection: Connection, now: datetime) -> int:
    old = delete(EntryEdit).where(EntryEdit.decided_at <= now - EDITS_KEPT)
    return connection.execute(old).rowcount


def _purge_versions(connection: Connection, now: datetime) -> int:
    old = delete(EntryVersion).where(EntryVersion.replaced_at <= now - DELETED_KEPT)
    return connection.execute(old).rowcount


def _purge_reports(connection: Connection, now: datetime) -> int:
    old = delete(ServiceReport).where(ServiceReport.week < (now - REPORTS_KEPT).date())
    return connection.execute(old).rowcount


def _purge_missing(connection: Connection, now: datetime) -> int:
    old = delete(MissingService).where(MissingService.week < (now - MISSING_KEPT).date())
    return connection.execute(old).rowcount


for _name, _purge in (
    ("entry_edits", _purge_edits),
    ("entry_versions", _purge_versions),
    ("service_reports", _purge_reports),
    ("missing_services", _purge_missing),
):
    Base.metadata.tables[_name].info["purge"] = _purge
