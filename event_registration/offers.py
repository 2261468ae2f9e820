"""Offers that were not taken in time."""

from datetime import datetime

from sqlalchemy import Connection, exists, select

from event_registration.hall import SAVING_ENDS, Given, Hall
from event_registration.reading import RegistrationReader
from event_registration.tables import WAITS, gatherings, registrations
from event_registration.vocabulary import GatheringState, MessageKind
from event_registration.vocabulary import RegistrationState as State

_g = gatherings.c
_r = registrations.c


class Offers(RegistrationReader):
    """What happens to offers by itself; each method works on the connection it is given."""

    def due(self, connection: Connection, now: datetime) -> list[int]:
        """Return the gatherings in which an offer has passed, or saved places are to be let go."""
        passed = select(_r.gathering_id).where(_r.offer_until <= now).distinct()
        waits = exists().where(_r.gathering_id == _g.id, WAITS)
        unsaved = select(_g.id).where(
            _g.state == GatheringState.PUBLISHED.value,
            _g.starts_at > now,
            _g.starts_at <= now + SAVING_ENDS,
            _g.places_taken < _g.capacity,
            waits,
        )
        return sorted(
            {*connection.execute(passed).scalars(), *connection.execute(unsaved).scalars()}
        )

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
