"""The places of a gathering: one door, so that none is lost and none given twice.

Whoever changes places enters the hall first: on PostgreSQL its row is locked until the transaction
ends, on SQLite the whole database has one writer. The count of places taken stands in that row and
the database itself refuses a count below zero or above the capacity.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from event_registration.errors import UnknownGatheringError
from event_registration.messages import Messages
from event_registration.rows import AnyRow, gathering_of
from event_registration.schemas import Gathering
from event_registration.states import check_step
from event_registration.tables import WAITS, gatherings, registrations
from event_registration.vocabulary import GatheringState, MessageKind, RegistrationState

MOST_PASSES = 2
"""How often the group that stands first may be passed over by a smaller one that fits."""

SAVING_ENDS = timedelta(days=3)
"""So long before the gathering no place is saved any more: whoever fits gets it."""

_g = gatherings.c
_r = registrations.c

_HOLDS = (
    (timedelta(days=7), timedelta(hours=48)),
    (timedelta(days=2), timedelta(hours=12)),
    (timedelta(0), timedelta(hours=3)),
)


def offer_end(now: datetime, starts_at: datetime) -> datetime:
    """Return until when an offer made now holds: 48 hours, less when the gathering is near."""
    left = starts_at - now
    hold = next((length for least, length in _HOLDS if left > least), timedelta(0))
    return min(now + hold, starts_at)


@dataclass(frozen=True, slots=True)
class Given:
    """A registration that got places.

    Attributes:
        registration_id: which.
        places: how many.
        state: `confirmed`, or `offered` when it still has to accept.
    """

    registration_id: int
    places: int
    state: RegistrationState


class Hall:
    """A gathering whose places nobody else can change until this transaction ends."""

    def __init__(self, connection: Connection, row: AnyRow, messages: Messages) -> None:
        self._connection = connection
        self._messages = messages
        self._next_number: int = row.next_number
        self.gathering: Gathering = gathering_of(row)
        self.taken: int = row.places_taken

    @classmethod
    def enter(cls, connection: Connection, gathering_id: int, messages: Messages) -> "Hall":
        """Lock a gathering's row and return its hall.

        Raises:
            UnknownGatheringError: there is none.
        """
        wanted = select(gatherings).where(_g.id == gathering_id).with_for_update()
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise UnknownGatheringError
        return cls(connection, row, messages)

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return self.gathering.capacity - self.taken

    @property
    def somebody_waits(self) -> bool:
        """Whether the waiting list has anybody on it."""
        return self._first() is not None

    def take(self, places: int) -> None:
        """Hold places; a negative number gives places back."""
        self.taken += places
        self._write(places_taken=self.taken)

    def draw_number(self) -> int:
        """Return the next number in the order of entry."""
        number, self._next_number = self._next_number, self._next_number + 1
        self._write(next_number=self._next_number)
        return number

    def promote(self, now: datetime, *, present: int | None = None) -> list[Given]:
        """Give the free places to those who wait, by the written rule; return who got some.

        Whoever stands first gets them. A group that needs more than are free may be passed over
        by the next one that fits, twice; then places are saved for it, until three days before
        the gathering.

        Args:
            now: aware UTC.
            present: a registration whose people are here: it is confirmed at once where all its
                places are free, the others are offered them.
        """
        given: list[Given] = []
        gathering = self.gathering
        if gathering.state is not GatheringState.PUBLISHED:
            return given
        while self.free > 0 and now < gathering.starts_at:
            following = self._next_served(now)
            if following is None:
                break
            given.append(self._give(following, now, is_present=following.id == present))
        return given

    def step(self, row: AnyRow, state: RegistrationState, now: datetime, **values: Any) -> None:
        """Bring a registration to another state, and give back places it no longer holds.

        Raises:
            WrongStateError: it can't go there.
        """
        check_step(RegistrationState(row.state), state)
        places = values.setdefault("places", 0)
        values.setdefault("offer_until", None)
        changed = update(registrations).where(_r.id == row.id, _r.state == row.state)
        self._connection.execute(changed.values(state=state.value, changed_at=now, **values))
        if places != row.places:
            self.take(places - row.places)

    # -- who is next -----------------------------------------------------------------------

    def _next_served(self, now: datetime) -> AnyRow | None:
        first = self._first()
        if first is None or first.least_places <= self.free:
            return first
        near = self.gathering.starts_at - now <= SAVING_ENDS
        if first.passed_over >= MOST_PASSES and not near:
            return None
        following = self._first_that_fits()
        if following is not None:
            passed = update(registrations).where(_r.id == first.id)
            self._connection.execute(passed.values(passed_over=_r.passed_over + 1))
        return following

    def _first(self) -> AnyRow | None:
        wanted = _waiting(self.gathering.id).order_by(_r.queue_number).limit(1)
        return self._connection.execute(wanted).one_or_none()

    def _first_that_fits(self) -> AnyRow | None:
        # One look into the index for each size: however long the list is, it is not walked.
        rows = [
            row
            for size in range(1, min(self.free, self.gathering.most_delegates) + 1)
            for row in self._connection.execute(
                _waiting(self.gathering.id)
                .where(_r.least_places == size)
                .order_by(_r.queue_number)
                .limit(1)
            )
        ]
        return min(rows, key=lambda row: int(row.queue_number), default=None)

    def _give(self, row: AnyRow, now: datetime, *, is_present: bool) -> Given:
        places = min(row.size, self.free)
        if is_present and places == row.size:
            self.step(row, RegistrationState.CONFIRMED, now, places=places)
            self._messages.add(self._connection, row, MessageKind.CONFIRMED, now)
            return Given(row.id, places, RegistrationState.CONFIRMED)
        until = offer_end(now, self.gathering.starts_at)
        self.step(row, RegistrationState.OFFERED, now, places=places, offer_until=until)
        self._messages.add(
            self._connection,
            row,
            MessageKind.OFFERED,
            now,
            occasion=until.isoformat(),
            expires_at=until,
        )
        return Given(row.id, places, RegistrationState.OFFERED)

    def _write(self, **values: int) -> None:
        self._connection.execute(
            update(gatherings).where(_g.id == self.gathering.id).values(**values)
        )


def _waiting(gathering_id: int) -> Any:
    return select(registrations).where(_r.gathering_id == gathering_id, WAITS)
