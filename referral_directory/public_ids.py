"""Which entry an HSDS id stands for: ids are made from slugs and stand in no table."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from referral_directory.entries import Database
from referral_directory.hsds_words import hsds_id
from referral_directory.models import Organization, Phone, Service

READ_AGAIN = timedelta(seconds=2)
"""An id that is not known lets the slugs be read again, but not sooner than this."""

_SERVICES = select(Service.slug).where(Service.restricted.is_(False))
_ORGANIZATIONS = select(Organization.slug).where(
    or_(
        Organization.slug.in_(_SERVICES.with_only_columns(Service.organization_slug)),
        Organization.slug.in_(select(Phone.organization_slug).where(Phone.service_slug.is_(None))),
    )
)


class KnownIds:
    """Keeps the ids of entries, whether or not they may be seen now: that is asked each time.

    Of what is restricted it knows no more than of what is nowhere: an id that somebody guessed
    costs the same look-ups then, and takes the same time. One for a process: what it knows serves
    many questions.
    """

    def __init__(self) -> None:
        self._slugs: dict[str, str] = {}
        self._read_at: datetime | None = None

    def slug(self, database: Database, entry_id: str, now: datetime) -> str | None:
        """Return the slug of an organisation, a service, or a service at its place."""
        found = self._slugs.get(entry_id)
        if found is None and (self._read_at is None or now - self._read_at >= READ_AGAIN):
            self._read(database)
            self._read_at = now
            found = self._slugs.get(entry_id)
        return found

    def _read(self, database: Database) -> None:
        services = database.execute(_SERVICES).scalars().all()
        organizations = database.execute(_ORGANIZATIONS).scalars().all()
        self._slugs = {
            hsds_id(kind, slug): slug
            for kind, slugs in (
                ("service", services),
                ("service_at_location", services),
                ("organization", organizations),
            )
            for slug in slugs
        }
