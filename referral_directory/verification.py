"""Says that a person confirmed an entry, or took that back, with the audit entry beside it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from referral_directory.models import Organization, Phone, Service
from referral_directory.numbers import is_dialable, is_short_code
from referral_directory.phone_lines import covers_the_country
from referral_directory.versions import MODELS, UnknownEntryError, begin_change
from referral_directory.visibility import freshness, today
from referral_directory.vocabulary import HIDDEN_MARKS, Freshness, Status
from storage.audit import AuditEntry, record

type Database = Connection | Session
type Entry = type[Organization | Service | Phone]

_SUBJECTS = ("phone", "service", "organization")


class CannotVerifyError(ValueError):
    """An entry that nobody may call verified as it stands.

    Attributes:
        entry_id: Which entry.
        reason: Why, as a sentence for staff.
    """

    def __init__(self, entry_id: str, reason: str) -> None:
        super().__init__(f"{entry_id}: {reason}")
        self.entry_id = entry_id
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification did: `subject` is phone, service or organization."""

    entry_id: str
    subject: str
    on: date | None


def verify(  # noqa: PLR0913  # who confirmed what, on which day, and when that was said
    database: Database,
    entry_id: str,
    *,
    by: str,
    on: date,
    now: datetime,
    actor: str = "",
    subject: str | None = None,
) -> Verified:
    """Note that a person confirmed an entry, publish it, and enter that in the audit log.

    Confirming never unpublishes, whatever edit waits beside the entry.

    Args:
        database: A connection or session with an open transaction.
        entry_id: Slug of a number, service or organisation, looked for in this order.
        by: Who confirmed it.
        on: The day of the call or visit.
        now: Aware time of this statement.
        actor: Who states it, when that is not `by`.
        subject: `phone`, `service` or `organization`, where the caller knows.

    Raises:
        UnknownEntryError: When there is no such entry.
        CannotVerifyError: When the day lies ahead, nobody is named, the entry or its organisation
            is closed or deleted, its number cannot exist, or the service of a number is not
            published.
    """
    subject, model = _find(database, entry_id, subject)
    if not by.strip():
        raise CannotVerifyError(entry_id, "say who confirmed it")
    if on > today(now):
        raise CannotVerifyError(entry_id, "the day of the verification lies ahead")
    _check_itself(database, entry_id, model)
    _hidden_owner(database, model, entry_id)
    who = actor or by.strip()
    values = {"assured_date": on, "verified_by": by.strip(), "status": Status.PUBLISHED}
    begin_change(database, subject, [entry_id], now=now, by=who)
    _change(database, model, entry_id, values | {"last_tried": on, "tries": 0}, now)
    record(database, AuditEntry(now, who, f"{subject}:verified", entry_id, tuple(values)))
    publish_owner(database, subject, entry_id, who=who, now=now)
    return Verified(entry_id, subject, on)


def publish_owner(
    database: Database, subject: str, entry_id: str, *, who: str, now: datetime
) -> None:
    """Publish the organisation of a published entry, without which it would stay hidden.

    Raises:
        CannotVerifyError: When the organisation is closed or deleted.
    """
    owner = _hidden_owner(database, MODELS[subject], entry_id)
    if owner is None:
        return
    begin_change(database, "organization", [owner], now=now, by=who)
    _change(database, Organization, owner, {"status": Status.PUBLISHED}, now)
    record(database, AuditEntry(now, who, "organization:published", owner, ("status",)))


def unverify(database: Database, entry_id: str, *, now: datetime, actor: str) -> Verified:
    """Take a verification back: the entry is no longer shown as verified, at once.

    Raises:
        UnknownEntryError: When there is no such entry.
    """
    subject, model = _find(database, entry_id)
    begin_change(database, subject, [entry_id], now=now, by=actor)
    values: dict[str, object] = {"assured_date": None, "verified_by": None}
    mark = database.execute(select(model.mark).where(model.slug == entry_id)).scalar_one()
    if mark in HIDDEN_MARKS:
        # What its sources do not carry was shown on that person's word alone.
        values["status"] = Status.DRAFT
    _change(database, model, entry_id, values, now)
    record(database, AuditEntry(now, actor, f"{subject}:unverified", entry_id, tuple(values)))
    return Verified(entry_id, subject, None)


def national_emergency_ready(database: Database) -> bool:
    """Tell whether one emergency number for the whole country was verified, however long ago.

    An old verification keeps `serve` running, see `national_emergency_is_old`.
    """
    return bool(_national_dates(database))


def national_emergency_is_old(database: Database, now: datetime) -> bool:
    """Tell whether staff must be alarmed: no national emergency number was confirmed in time."""
    in_time = (Freshness.FRESH, Freshness.STALE)
    return not any(freshness(on, now) in in_time for on in _national_dates(database))


def _national_dates(database: Database) -> list[date]:
    query = (
        select(Phone.assured_date)
        .join(Organization, Organization.slug == Phone.organization_slug)
        .where(
            *covers_the_country(),
            Phone.service_slug.is_(None),
            Phone.assured_date.is_not(None),
            Organization.status == Status.PUBLISHED,
        )
    )
    return [on for on in database.execute(query).scalars() if on is not None]


def _find(database: Database, entry_id: str, subject: str | None = None) -> tuple[str, Entry]:
    for each in _SUBJECTS if subject is None else (subject,):
        model = MODELS[each]
        if database.execute(select(model.slug).where(model.slug == entry_id)).first():
            return each, model
    raise UnknownEntryError(entry_id)


def _check_itself(database: Database, entry_id: str, model: Entry) -> None:
    status = database.execute(select(model.status).where(model.slug == entry_id)).scalar_one()
    if status == Status.CLOSED:
        raise CannotVerifyError(entry_id, "it is closed; open it again first")
    if status == Status.DELETED:
        raise CannotVerifyError(entry_id, "it is deleted; restore it first")
    if model is Phone:
        _check_number(database, entry_id)


def _check_number(database: Database, entry_id: str) -> None:
    number, service_status = database.execute(
        select(Phone.number, Service.status)
        .outerjoin(Service, Service.slug == Phone.service_slug)
        .where(Phone.slug == entry_id)
    ).one()
    # A short code that somebody dialled is truer than what the library knows of short codes.
    if not (is_short_code(number) or is_dialable(number)):
        raise CannotVerifyError(entry_id, "the numbering plan knows no such number")
    if service_status not in {None, Status.PUBLISHED}:
        raise CannotVerifyError(entry_id, "its service is not published; verify that one first")


def _hidden_owner(database: Database, model: Entry, entry_id: str) -> str | None:
    """Return the organisation of an entry when it is still a draft itself."""
    if model is Organization:
        return None
    owner = Service.organization_slug if model is Service else Phone.organization_slug
    slug, status = database.execute(
        select(Organization.slug, Organization.status)
        .join(model, owner == Organization.slug)
        .where(model.slug == entry_id)
    ).one()
    if status in {Status.CLOSED, Status.DELETED}:
        raise CannotVerifyError(entry_id, f"its organisation is {status}")
    return str(slug) if status in {Status.DRAFT, Status.IN_REVIEW} else None


def _change(
    database: Database, model: Entry, entry_id: str, values: dict[str, object], now: datetime
) -> None:
    changed = values | {"last_modified": now}
    database.execute(update(model).where(model.slug == entry_id).values(**changed))


__all__ = [
    "CannotVerifyError",
    "UnknownEntryError",
    "Verified",
    "national_emergency_is_old",
    "national_emergency_ready",
    "publish_owner",
    "unverify",
    "verify",
]
