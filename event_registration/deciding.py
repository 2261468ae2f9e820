"""What staff decide about registrations, each with an entry in the audit log."""

from datetime import datetime

from sqlalchemy import Connection, update

from event_registration.cleaning import clean
from event_registration.errors import (
    AlreadyCheckedInError,
    InvalidAnswerError,
    UnknownRegistrationError,
    WrongStateError,
)
from event_registration.gatherings import check_alive
from event_registration.hall import Hall
from event_registration.reading import RegistrationReader
from event_registration.rows import AnyRow, application_values, registration_of
from event_registration.schemas import Registration
from event_registration.states import HOLDING, LIVE
from event_registration.tables import registrations
from event_registration.vocabulary import MessageKind
from event_registration.vocabulary import RegistrationState as State
from storage.audit import AuditEntry, record

_r = registrations.c


class Decisions(RegistrationReader):
    """What staff decide; each method works on the connection it is given.

    An `actor` is the member of staff, or the command that ran, for the audit log.
    """

    def approve(
        self, connection: Connection, registration_id: int, *, actor: str, now: datetime
    ) -> Registration:
        """Let a received registration in: confirmed where places are free, else waiting.

        Raises:
            UnknownRegistrationError: there is none of this number.
            WrongStateError: it does not wait for staff.
            ClosedWindowError: the gathering is cancelled or over.
        """
        hall, row = self._enter(connection, registration_id, None)
        if State(row.state) is not State.RECEIVED:
            raise WrongStateError(State(row.state), "approve")
        check_alive(hall.gathering, now)
        hall.step(row, State.WAITING, now)
        hall.promote(now, present=row.id)
        self._audit(connection, "registration:approved", row.id, ("state",), actor, now)
        after = self.get(connection, row.id)
        if after.state is State.WAITING:
            self._messages.add(connection, row, MessageKind.APPROVED_WAITING, now)
        return after

    def refuse(
        self, connection: Connection, registration_id: int, reason: str, *, actor: str,
        now: datetime,
    ) -> Registration:  # fmt: skip
        """Refuse a registration with a reason, which its registrant is told.

        Raises:
            UnknownRegistrationError: there is none of this number.
            WrongStateError: it has ended already.
            InvalidAnswerError: no reason, or one that is too long.
        """
        said = clean("reason", reason)
        hall, row = self._enter(connection, registration_id, None)
        application = registration_of(self._vault, row).application
        values = application_values(self._vault, application, reason=said)
        hall.step(row, State.REFUSED, now, **values)
        self._messages.drop_for(connection, row.id)
        self._messages.add(connection, row, MessageKind.REFUSED, now, details={"reason": said})
        self._audit(connection, "registration:refused", row.id, ("state",), actor, now)
        hall.promote(now)
        return self.get(connection, row.id)

    def withdraw(
        self, connection: Connection, registration_id: int, *, actor: str, now: datetime
    ) -> Registration:
        """Cancel a registration for its registrant, who is told.

        Raises:
            UnknownRegistrationError: there is none of this number.
            WrongStateError: it has ended already.
        """
        hall, row = self._enter(connection, registration_id, None)
        hall.step(row, State.CANCELLED, now)
        self._messages.drop_for(connection, row.id)
        self._messages.add(connection, row, MessageKind.CANCELLED_BY_STAFF, now)
        self._audit(connection, "registration:cancelled", row.id, ("state",), actor, now)
        hall.promote(now)
        return self.get(connection, row.id)

    def merge(
        self, connection: Connection, from_id: int, into_id: int, *, actor: str, now: datetime
    ) -> Registration:
        """Make two registrations of one organisation one: `from_id` ends in `into_id`.

        Its places go to those who wait; of two that wait, the older number counts.

        Returns:
            The one that stays.

        Raises:
            UnknownRegistrationError: one is not there, or they are of two gatherings.
            WrongStateError: one has ended, or the one that ends holds places and the other none.
        """
        before = self._row(connection, from_id, None)
        hall = Hall.enter(connection, before.gathering_id, self._messages)
        ending, staying = (self._row(connection, each, None) for each in (from_id, into_id))
        if ending.id == staying.id or ending.gathering_id != staying.gathering_id:
            raise UnknownRegistrationError
        self._check_merge(ending, staying)
        hall.step(ending, State.MERGED, now, merged_into=staying.id)
        first = min(ending.queue_number, staying.queue_number)
        kept = update(registrations).where(_r.id == staying.id)
        connection.execute(kept.values(queue_number=first, similar_to=None, changed_at=now))
        self._messages.drop_for(connection, ending.id)
        self._messages.add(connection, ending, MessageKind.MERGED, now)
        self._audit(connection, "registration:merged", ending.id, ("state",), actor, now)
        hall.promote(now)
        return self.get(connection, staying.id)

    # -- the door --------------------------------------------------------------------------

    def check_in(
        self,
        connection: Connection,
        registration_id: int,
        *,
        actor: str,
        now: datetime,
        people: int | None = None,
    ) -> Registration:
        """Let a delegation in.

        Args:
            connection: in a transaction.
            registration_id: whose delegation.
            actor: who stands at the door.
            now: aware UTC.
            people: how many have come; all unless said.

        Raises:
            UnknownRegistrationError: there is none of this number.
            WrongStateError: it is not confirmed.
            AlreadyCheckedInError: it has entered already.
            InvalidAnswerError: more people than places, or none.
            ClosedWindowError: the gathering is cancelled or over.
        """
        hall, row = self._enter(connection, registration_id, None)
        if State(row.state) is not State.CONFIRMED:
            raise WrongStateError(State(row.state), "check in")
        if row.checked_in_at is not None:
            raise AlreadyCheckedInError(row.checked_in_at)
        check_alive(hall.gathering, now)
        count = row.places if people is None else people
        if not 1 <= count <= row.places:
            raise InvalidAnswerError(
                "people", "too_large" if count > 0 else "too_small", row.places
            )
        self._mark_in(connection, row.id, now, count)
        self._audit(connection, "registration:checked_in", row.id, ("checked_in_at",), actor, now)
        return self.get(connection, row.id)

    def undo_check_in(
        self, connection: Connection, registration_id: int, *, actor: str, now: datetime
    ) -> Registration:
        """Take an entry back. Twice is as good as once.

        Raises:
            UnknownRegistrationError: there is none of this number.
        """
        _, row = self._enter(connection, registration_id, None)
        if row.checked_in_at is not None:
            self._mark_in(connection, row.id, None, None)
            self._audit(
                connection, "registration:check_in_undone", row.id, ("checked_in_at",), actor, now
            )
        return self.get(connection, row.id)

    # -- inside ----------------------------------------------------------------------------

    def _check_merge(self, ending: AnyRow, staying: AnyRow) -> None:
        for row in (ending, staying):
            if State(row.state) not in LIVE:
                raise WrongStateError(State(row.state), "merge")
        if State(ending.state) in HOLDING and State(staying.state) not in HOLDING:
            raise WrongStateError(State(staying.state), "merge")

    def _mark_in(
        self, connection: Connection, number: int, at: datetime | None, people: int | None
    ) -> None:
        entered = update(registrations).where(_r.id == number)
        connection.execute(entered.values(checked_in_at=at, checked_in_people=people))

    def _audit(  # noqa: PLR0913, PLR0917  # an audit entry has these parts
        self,
        connection: Connection,
        tag: str,
        number: int,
        names: tuple[str, ...],
        actor: str,
        now: datetime,
    ) -> None:
        record(connection, AuditEntry(now, actor, tag, f"registration:{number}", names))
