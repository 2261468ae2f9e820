"""How long registration keeps what: until 90 days after a gathering, then counts without persons.

Each table says here how it is emptied; `storage.retention` calls it, with all other tables.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from event_registration.claiming import ATTEMPTS_LIMIT
from event_registration.figures import keep_figures
from event_registration.tables import (
    code_attempts,
    gatherings,
    registration_drafts,
    registrations,
)

KEPT_AFTER = timedelta(days=90)
"""How long after its end a gathering's registrations are kept."""

_g = gatherings.c


def anonymise(connection: Connection, now: datetime) -> int:
    """Make counts of registrations whose time is over, and delete them; return how many."""
    over = select(_g.id).where(_g.ends_at <= now - KEPT_AFTER, _g.anonymised_at.is_(None))
    deleted = 0
    for number in connection.execute(over).scalars().all():
        keep_figures(connection, number)
        gone = delete(registrations).where(registrations.c.gathering_id == number)
        deleted += connection.execute(gone).rowcount
        done = update(gatherings).where(_g.id == number)
        connection.execute(done.values(anonymised_at=now, places_taken=0))
    return deleted


def purge_drafts(connection: Connection, now: datetime) -> int:
    """Delete drafts that nobody went on with; return how many."""
    gone = delete(registration_drafts).where(registration_drafts.c.expires_at <= now)
    return connection.execute(gone).rowcount


def purge_attempts(connection: Connection, now: datetime) -> int:
    """Forget failed attempts that count no more; return how many."""
    gone = delete(code_attempts).where(code_attempts.c.first_at <= now - ATTEMPTS_LIMIT)
    return connection.execute(gone).rowcount


registrations.info["purge"] = anonymise
registration_drafts.info["purge"] = purge_drafts
code_attempts.info["purge"] = purge_attempts
