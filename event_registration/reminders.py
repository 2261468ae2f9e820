"""Reminders: a week and a day before, to those who said yes, at the hour they chose."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, select

from event_registration.messages import Messages
from event_registration.sealing import Vault
from event_registration.tables import gatherings, registration_messages, registrations
from event_registration.vocabulary import (
    GatheringState,
    MessageKind,
    RegistrationState,
    ReminderTime,
)
from storage.keys import Keyring

DAYS_BEFORE = {MessageKind.REMINDER_WEEK: 7, MessageKind.REMINDER_DAY: 1}
"""How many days before the gathering each reminder comes."""

LATEST = timedelta(hours=4)
"""A reminder that is later than this does not come: the hour was chosen."""

_g = gatherings.c
_r = registrations.c
_m = registration_messages.c


class Reminders:
    """Plans reminders. Each method works on the connection it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._messages = Messages(Vault(keyring))

    def plan(self, connection: Connection, now: datetime) -> int:
        """Store the reminders whose hour has come; each is stored once. Return how many."""
        soon = now + timedelta(days=max(DAYS_BEFORE.values()) + 1)
        wanted = select(_g.id, _g.starts_at).where(
            _g.state == GatheringState.PUBLISHED.value,
            _g.starts_at > now,
            _g.starts_at <= soon,
        )
        return sum(
            self._plan_one(connection, row.id, row.starts_at, kind, when, now)
            for row in connection.execute(wanted).all()
            for kind in DAYS_BEFORE
            for when in ReminderTime
        )

    def _plan_one(  # noqa: PLR0913, PLR0917  # which gathering, which reminder, at what hour
        self,
        connection: Connection,
        gathering_id: int,
        starts_at: datetime,
        kind: MessageKind,
        when: ReminderTime,
        now: datetime,
    ) -> int:
        day = starts_at.date() - timedelta(days=DAYS_BEFORE[kind])
        due = datetime.combine(day, when.hour, tzinfo=starts_at.tzinfo)
        if not due <= now < due + LATEST:
            return 0
        # A gathering that was moved to another day is reminded of anew.
        occasion = starts_at.date().isoformat()
        told = and_(_m.registration_id == _r.id, _m.kind == kind.value, _m.occasion == occasion)
        wanted = (
            select(registrations)
            .outerjoin(registration_messages, told)
            .where(
                _r.gathering_id == gathering_id,
                _r.state == RegistrationState.CONFIRMED.value,
                _r.reminder_time == when.value,
                _m.id.is_(None),
            )
        )
        rows = connection.execute(wanted).all()
        self._messages.add_all(
            connection, rows, kind, now, occasion=occasion, expires_at=due + LATEST
        )
        return len(rows)
