"""Offers that were not taken in time."""

from datetime import datetime

from sqlalchemy import Connection, select

from event_registration.hall import Given, Hall
from event_registration.reading import RegistrationReader
from event_registration.tables import registrations
from event_registration.vocabulary import MessageKind
from event_registration.vocabulary import RegistrationState as State

_r = registrations.c


class Offers(RegistrationReader):
    """What happens to offers by itself; each method works on the connection it is given."""

    def due(self, connection: Connection, now: datetime) -> list[int]:
        """Return the gatherings in which an offer has passed."""
        wanted = select(_r.gathering_id).where(_r.offer_until <= now).distinct()
        return list(connection.execute(wanted).scalars())

    def expire(self, connection: Connection, gathering_id: int, now: datetime) -> list[Given]:
        """Let the offers of a gathering pass whose time is over; return who got places by it.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        hall = Hall.enter(connection, gathering_id, self._messages)
        passed = (
            select(registrations)
            .where(
                _r.gathering_id == gathering_id,
                _r.state == State.OFFERED.value,
                _r.offer_until <= now,
            )
            .order_by(_r.queue_number)
        )
        for row in connection.execute(passed).all():
            until = row.offer_until.isoformat()
            hall.step(row, State.LAPSED, now)
            self._messages.add(connection, row, MessageKind.OFFER_LAPSED, now, occasion=until)
        return hall.promote(now)
