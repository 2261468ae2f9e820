"""Registrations as registrants make and change them."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from event_registration.checking import check_application
from event_registration.cleaning import recognise
from event_registration.codes import new_code
from event_registration.delegations import cut_delegates
from event_registration.duplicates import find_similar
from event_registration.errors import (
    ClosedWindowError,
    NoPlaceLeftError,
    OfferExpiredError,
    WrongStateError,
)
from event_registration.gatherings import check_alive, check_correctable, check_window
from event_registration.hall import Hall
from event_registration.reading import RegistrationReader
from event_registration.rows import AnyRow, application_values, registration_of
from event_registration.schemas import Application, Registration
from event_registration.sealing import Subject
from event_registration.splitting import fit_group
from event_registration.states import LIVE
from event_registration.tables import registrations
from event_registration.vocabulary import MessageKind, ReminderTime
from event_registration.vocabulary import RegistrationState as State

_r = registrations.c

Choose = Callable[[str], str]


class Registrations(RegistrationReader):
    """What registrants do with registrations; each method works on the connection it is given."""

    # -- entering --------------------------------------------------------------------------

    def register(  # noqa: PLR0913  # who, what, when, and two ways to do it
        self,
        connection: Connection,
        gathering_id: int,
        application: Application,
        *,
        number: int,
        chat_id: int,
        now: datetime,
        although_similar: bool = False,
        choose: Choose = secrets.choice,
    ) -> Registration:
        """Register an organisation; the same number twice registers it once.

        Args:
            connection: in a transaction.
            gathering_id: for which gathering.
            application: the answers.
            number: the draft's number, which the registration keeps.
            chat_id: who registers.
            now: aware UTC.
            although_similar: the registrant has been told that another chat registered an
                organisation of the same name, acronym or receipt, and says it is another.
            choose: takes a sign of a code.

        Returns:
            The registration: received, confirmed, offered (fewer places, which it agreed to)
            or waiting.

        Raises:
            UnknownGatheringError: there is none of this number.
            ClosedWindowError: it takes no registrations now.
            InvalidAnswerError: an answer can't be taken.
            DuplicateOrganizationError: the organisation is registered already.
        """
        hall = Hall.enter(connection, gathering_id, self._messages)
        known = connection.execute(select(registrations).where(_r.id == number)).one_or_none()
        if known is not None:
            self._check_owner(known, chat_id)
            return registration_of(self._vault, known)
        check_window(hall.gathering, now)
        checked = check_application(application, hall.gathering)
        similar = find_similar(connection, self._vault, gathering_id, checked, chat_id)
        if similar is not None and (similar.is_own or not although_similar):
            raise similar
        state = State.RECEIVED if hall.gathering.needs_approval else State.WAITING
        connection.execute(
            insert(registrations).values(
                id=number,
                gathering_id=gathering_id,
                code=self._free_code(connection, hall.gathering.code, choose),
                state=state.value,
                queue_number=hall.draw_number(),
                places=0,
                passed_over=0,
                registrant_hash=self._vault.hash(Subject.CHAT, str(chat_id)),
                sealed_chat=self._vault.seal_chat(chat_id),
                similar_to=similar.registration_id if similar else None,
                consented_at=now,
                entered_at=now,
                changed_at=now,
                **application_values(self._vault, checked),
            )
        )
        if state is State.WAITING:
            hall.promote(now, present=number)
        return self.get(connection, number)

    # -- changing --------------------------------------------------------------------------

    def correct(
        self,
        connection: Connection,
        registration_id: int,
        application: Application,
        *,
        chat_id: int | None,
        now: datetime,
    ) -> Registration:
        """Put other answers in place of the old ones; places follow the new size at once.

        Fewer people free places, even after the deadline for corrections. More people need free
        places and nobody waiting.

        Raises:
            UnknownRegistrationError: it is not there, or not this chat's.
            ClosedWindowError: it is too late.
            InvalidAnswerError: an answer can't be taken.
            DuplicateOrganizationError: the new name is registered already.
            NoPlaceLeftError: more people than free places.
            WrongStateError: the registration has ended.
        """
        hall, row = self._enter(connection, registration_id, chat_id)
        old = registration_of(self._vault, row)
        if old.state not in LIVE:
            raise WrongStateError(old.state, "correct")
        checked = check_application(application, hall.gathering)
        if _only_fewer(old.application, checked):
            check_alive(hall.gathering, now)
        else:
            check_correctable(hall.gathering, now)
        self._check_name(connection, row, old.application, checked, chat_id)
        places = self._places_after(hall, old, checked)
        values = application_values(self._vault, checked, reason=old.reason)
        changed = update(registrations).where(_r.id == row.id)
        connection.execute(changed.values(changed_at=now, places=places, **values))
        cut_delegates(connection, row.id, checked)
        if places != row.places:
            hall.take(places - row.places)
        is_here = old.state is State.WAITING and chat_id is not None
        present = row.id if is_here else None
        hall.promote(now, present=present)
        return self.get(connection, registration_id)

    def set_reminders(
        self,
        connection: Connection,
        registration_id: int,
        when: ReminderTime | None,
        *,
        chat_id: int | None,
        now: datetime,
    ) -> Registration:
        """Say when reminders may come; `None` switches them off, at any time.

        Raises:
            UnknownRegistrationError: it is not there, or not this chat's.
        """
        row = self._row(connection, registration_id, chat_id)
        changed = update(registrations).where(_r.id == row.id)
        value = when.value if when else None
        connection.execute(changed.values(reminder_time=value, changed_at=now))
        return self.get(connection, registration_id)

    def cancel(
        self, connection: Connection, registration_id: int, *, chat_id: int | None, now: datetime
    ) -> Registration:
        """Cancel a registration; its places go to those who wait. Twice is as good as once.

        Raises:
            UnknownRegistrationError: it is not there, or not this chat's.
            WrongStateError: it was refused or merged.
            ClosedWindowError: the gathering is over.
        """
        hall, row = self._enter(connection, registration_id, chat_id)
        if State(row.state) is not State.CANCELLED:
            if now >= hall.gathering.ends_at:
                raise ClosedWindowError("over", hall.gathering.ends_at)
            self._end(connection, hall, row, now)
        return self.get(connection, registration_id)

    def accept(
        self, connection: Connection, registration_id: int, *, chat_id: int | None, now: datetime
    ) -> Registration:
        """Take the places that were offered. Twice is as good as once.

        Where fewer places were offered than asked for, the group becomes that small; women keep
        at least their share.

        Raises:
            UnknownRegistrationError: it is not there, or not this chat's.
            OfferExpiredError: the offer held until a time that has passed.
            WrongStateError: nothing is offered.
            ClosedWindowError: the gathering is cancelled or over.
        """
        hall, row = self._enter(connection, registration_id, chat_id)
        state = State(row.state)
        if state is State.CONFIRMED:
            return registration_of(self._vault, row)
        check_alive(hall.gathering, now)
        if state is State.LAPSED or (state is State.OFFERED and row.offer_until <= now):
            raise OfferExpiredError
        if state is not State.OFFERED:
            raise WrongStateError(state, State.CONFIRMED.value)
        fitted = fit_group(registration_of(self._vault, row).application, row.places)
        hall.step(
            row,
            State.CONFIRMED,
            now,
            places=row.places,
            **application_values(self._vault, fitted),
        )
        cut_delegates(connection, row.id, fitted)
        self._messages.add(connection, row, MessageKind.CONFIRMED, now)
        return self.get(connection, registration_id)

    def rejoin(
        self, connection: Connection, registration_id: int, *, chat_id: int | None, now: datetime
    ) -> Registration:
        """Join the waiting list again, at its end, after an offer has passed.

        Raises:
            UnknownRegistrationError: it is not there, or not this chat's.
            WrongStateError: no offer has passed.
            ClosedWindowError: registration is closed.
            DuplicateOrganizationError: the organisation has been registered anew meanwhile.
        """
        hall, row = self._enter(connection, registration_id, chat_id)
        if State(row.state) is not State.LAPSED:
            raise WrongStateError(State(row.state), State.WAITING.value)
        check_window(hall.gathering, now)
        old = registration_of(self._vault, row)
        similar = find_similar(
            connection, self._vault, row.gathering_id, old.application, chat_id, but=row.id
        )
        if similar is not None and similar.is_own:
            raise similar
        hall.step(row, State.WAITING, now, queue_number=hall.draw_number(), passed_over=0)
        hall.promote(now, present=row.id)
        return self.get(connection, registration_id)

    def forget(
        self, connection: Connection, registration_id: int, *, chat_id: int | None, now: datetime
    ) -> None:
        """Delete a registration with all that belongs to it; its places go to those who wait.

        Raises:
            UnknownRegistrationError: it is not there, or not this chat's.
        """
        hall, row = self._enter(connection, registration_id, chat_id)
        if State(row.state) in LIVE:
            self._end(connection, hall, row, now)
        connection.execute(delete(registrations).where(_r.id == row.id))

    # -- inside ----------------------------------------------------------------------------

    def _end(self, connection: Connection, hall: Hall, row: AnyRow, now: datetime) -> None:
        hall.step(row, State.CANCELLED, now)
        self._messages.drop_for(connection, row.id)
        hall.promote(now)

    def _places_after(self, hall: Hall, old: Registration, changed: Application) -> int:
        size = changed.women + changed.men
        match old.state:
            case State.CONFIRMED:
                # Who waits has been waiting for these places.
                free = 0 if hall.somebody_waits else hall.free
                if size > old.places + free:
                    raise NoPlaceLeftError(free)
                return size
            case State.OFFERED:
                if size > old.size:
                    raise NoPlaceLeftError(0)
                return min(old.places, size)
            case _:
                return 0

    def _check_name(
        self,
        connection: Connection,
        row: AnyRow,
        old: Application,
        changed: Application,
        chat_id: int | None,
    ) -> None:
        names = [
            recognise(each.organization, each.acronym, each.receipt) for each in (old, changed)
        ]
        if names[0] == names[1]:
            return
        similar = find_similar(
            connection, self._vault, row.gathering_id, changed, chat_id, but=row.id
        )
        if similar is not None:
            raise similar

    def _free_code(self, connection: Connection, gathering_code: str, choose: Choose) -> str:
        while True:
            code = str(new_code(gathering_code, choose))
            taken = connection.execute(select(_r.id).where(_r.code == code)).one_or_none()
            if taken is None:
                return code


def _only_fewer(old: Application, changed: Application) -> bool:
    """Whether nothing changes but that fewer people come."""
    fewer = changed.women <= old.women and changed.men <= old.men
    same = replace(
        changed,
        women=old.women,
        men=old.men,
        young=old.young,
        disabled=old.disabled,
        least_places=old.least_places,
    )
    return fewer and same == old
