"""Gatherings: entered, published, copied from last year, moved, enlarged, cancelled."""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from event_registration.codes import LONGEST_GATHERING_CODE, fold
from event_registration.errors import (
    ClosedWindowError,
    InvalidAnswerError,
    UnknownGatheringError,
)
from event_registration.hall import Given, Hall
from event_registration.messages import Messages
from event_registration.rows import gathering_of, gathering_values
from event_registration.schemas import Gathering, NewGathering, Point, Text
from event_registration.sealing import Vault
from event_registration.states import LIVE
from event_registration.tables import gatherings, registration_messages, registrations
from event_registration.vocabulary import (
    GatheringKind,
    GatheringState,
    MessageKind,
    MessageState,
)
from storage.audit import AuditEntry, record
from storage.columns import random_id
from storage.keys import Keyring

MOST_PER_ORGANIZATION = 50
"""The largest delegation that a gathering may allow."""

_CODE = re.compile(rf"[A-Z0-9]{{2,{LONGEST_GATHERING_CODE}}}")
_g = gatherings.c
_r = registrations.c


def check_window(gathering: Gathering, now: datetime) -> None:
    """Let an organisation register now.

    Raises:
        ClosedWindowError: the gathering takes no registrations now.
    """
    check_alive(gathering, now)
    if now < gathering.opens_at:
        raise ClosedWindowError("not_yet", gathering.opens_at)
    if now >= gathering.closes_at:
        raise ClosedWindowError("closed", gathering.closes_at)


def check_correctable(gathering: Gathering, now: datetime) -> None:
    """Let a registration be changed now.

    Raises:
        ClosedWindowError: it is too late.
    """
    check_alive(gathering, now)
    if now >= gathering.correct_until:
        raise ClosedWindowError("too_late_to_correct", gathering.correct_until)


def check_alive(gathering: Gathering, now: datetime) -> None:
    """Let something be done about a gathering that is still to come.

    Raises:
        ClosedWindowError: it is a draft, cancelled or over.
    """
    if gathering.state is GatheringState.CANCELLED:
        raise ClosedWindowError("cancelled")
    if gathering.state is GatheringState.DRAFT:
        raise ClosedWindowError("draft")
    if now >= gathering.ends_at:
        raise ClosedWindowError("over", gathering.ends_at)


class Gatherings:
    """What staff do with gatherings, and what registrants see of them.

    Each method works on the connection it is given; what staff do is entered in the audit log.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._messages = Messages(Vault(keyring))

    # -- reading ---------------------------------------------------------------------------

    def get(self, connection: Connection, gathering_id: int) -> Gathering:
        """Return a gathering.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        return self._one(connection, _g.id == gathering_id)

    def hold(self, connection: Connection, gathering_id: int) -> Gathering:
        """Return a gathering that nobody else changes before this transaction ends.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        return Hall.enter(connection, gathering_id, self._messages).gathering

    def of_code(self, connection: Connection, code: str) -> Gathering:
        """Return the gathering of a code such as `JIF27`, in any case and with look-alikes.

        Raises:
            UnknownGatheringError: there is none of this code.
        """
        return self._one(connection, _g.folded_code == fold(code.strip()))

    def all(self, connection: Connection) -> list[Gathering]:
        """Return all gatherings, the latest first."""
        rows = connection.execute(select(gatherings).order_by(_g.starts_at.desc(), _g.code))
        return [gathering_of(row) for row in rows]

    def coming(
        self, connection: Connection, now: datetime, kind: GatheringKind | None = None
    ) -> list[Gathering]:
        """Return published gatherings that are not over, the next first."""
        wanted = select(gatherings).where(
            _g.state == GatheringState.PUBLISHED.value, _g.ends_at > now
        )
        if kind is not None:
            wanted = wanted.where(_g.kind == kind.value)
        rows = connection.execute(wanted.order_by(_g.starts_at, _g.code))
        return [gathering_of(row) for row in rows]

    # -- entering and changing -------------------------------------------------------------

    def add(
        self, connection: Connection, gathering: NewGathering, *, actor: str, now: datetime
    ) -> Gathering:
        """Enter a gathering as a draft.

        Raises:
            InvalidAnswerError: the code is taken, or numbers and times don't fit together.
        """
        return self._insert(connection, gathering, actor, now, cloned_from=None)

    def clone(  # noqa: PLR0913  # where from, what to call it and when
        self,
        connection: Connection,
        gathering_id: int,
        *,
        code: str,
        starts_at: datetime,
        actor: str,
        now: datetime,
    ) -> Gathering:
        """Copy a gathering to another day: all its times move along with its beginning.

        Raises:
            UnknownGatheringError: there is none of this number.
            InvalidAnswerError: the code is taken.
        """
        old = self.get(connection, gathering_id)
        values = {field.name: getattr(old, field.name) for field in fields(NewGathering)}
        shift = starts_at - old.starts_at
        for name in ("starts_at", "ends_at", "opens_at", "closes_at", "correct_until"):
            values[name] += shift
        copy = NewGathering(**{**values, "code": code})
        return self._insert(connection, copy, actor, now, cloned_from=old.id)

    def publish(
        self, connection: Connection, gathering_id: int, *, actor: str, now: datetime
    ) -> Gathering:
        """Show a draft to everybody.

        Raises:
            UnknownGatheringError: there is none of this number.
            ClosedWindowError: it was cancelled.
        """
        hall = Hall.enter(connection, gathering_id, self._messages)
        if hall.gathering.state is GatheringState.CANCELLED:
            raise ClosedWindowError("cancelled")
        self._set(connection, hall.gathering.id, state=GatheringState.PUBLISHED.value)
        _audit(connection, "gathering:published", gathering_id, ("state",), actor, now)
        return self.get(connection, gathering_id)

    def change(
        self,
        connection: Connection,
        gathering_id: int,
        changed: NewGathering,
        *,
        actor: str,
        now: datetime,
    ) -> list[Given]:
        """Change a gathering; another time or venue is told to everybody who is registered.

        A larger capacity promotes from the waiting list.

        Returns:
            Who got places by it.

        Raises:
            UnknownGatheringError: there is none of this number.
            ClosedWindowError: it was cancelled.
            InvalidAnswerError: fewer places than are taken, or times that don't fit together.
        """
        hall = Hall.enter(connection, gathering_id, self._messages)
        old = hall.gathering
        if old.state is GatheringState.CANCELLED:
            raise ClosedWindowError("cancelled")
        if changed.capacity < hall.taken:
            raise InvalidAnswerError("capacity", "too_small", hall.taken)
        _check(changed)
        if fold(changed.code) != fold(old.code):
            raise InvalidAnswerError("code", "unknown")
        values = gathering_values(changed)
        before = gathering_values(old)
        names = [name for name, value in values.items() if value != before[name]]
        if not names:
            return []
        self._set(connection, old.id, **values)
        _audit(connection, "gathering:changed", old.id, names, actor, now)
        if {"starts_at", "venue_fr", "venue_bm", "latitude", "longitude"} & set(names):
            self._tell(connection, old.id, MessageKind.MOVED, now, occasion=now.isoformat())
        return Hall.enter(connection, old.id, self._messages).promote(now)

    def resize(
        self, connection: Connection, gathering_id: int, capacity: int, *, actor: str, now: datetime
    ) -> list[Given]:
        """Change the number of places; return who got some. Raises as `change` does.

        One organisation may never bring more people than there are places.
        """
        old = self.get(connection, gathering_id)
        changed = replace(
            old, capacity=capacity, most_delegates=min(old.most_delegates, max(capacity, 1))
        )
        return self.change(connection, gathering_id, changed, actor=actor, now=now)

    def move(  # noqa: PLR0913  # what may change of time and place
        self,
        connection: Connection,
        gathering_id: int,
        *,
        starts_at: datetime | None = None,
        venue: Text | None = None,
        point: Point | None = None,
        actor: str,
        now: datetime,
    ) -> Gathering:
        """Move a gathering to another time or place; everybody who is registered is told.

        Its end moves along with its beginning. Registration closes no later than it begins. A pin
        of the old place would mislead: with a new venue it goes, unless a new one is given.
        Raises as `change` does.
        """
        old = self.get(connection, gathering_id)
        begins = starts_at or old.starts_at
        moved = replace(
            old,
            starts_at=begins,
            ends_at=begins + (old.ends_at - old.starts_at),
            closes_at=min(old.closes_at, begins),
            venue=venue or old.venue,
            point=point or (None if venue else old.point),
        )
        self.change(connection, gathering_id, moved, actor=actor, now=now)
        return self.get(connection, gathering_id)

    def cancel(
        self, connection: Connection, gathering_id: int, *, actor: str, now: datetime
    ) -> None:
        """Call a gathering off; everybody who is registered is told.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        hall = Hall.enter(connection, gathering_id, self._messages)
        if hall.gathering.state is GatheringState.CANCELLED:
            return
        self._set(connection, gathering_id, state=GatheringState.CANCELLED.value)
        _audit(connection, "gathering:cancelled", gathering_id, ("state",), actor, now)
        if hall.gathering.state is GatheringState.DRAFT:
            return
        of_gathering = select(_r.id).where(_r.gathering_id == gathering_id)
        messages = registration_messages.c
        waiting = update(registration_messages).where(
            messages.state == MessageState.WAITING.value,
            messages.registration_id.in_(of_gathering),
        )
        connection.execute(waiting.values(state=MessageState.DROPPED.value, sealed_payload=None))
        self._tell(connection, gathering_id, MessageKind.CALLED_OFF, now)

    # -- inside ----------------------------------------------------------------------------

    def _insert(
        self,
        connection: Connection,
        gathering: NewGathering,
        actor: str,
        now: datetime,
        *,
        cloned_from: int | None,
    ) -> Gathering:
        _check(gathering)
        code = gathering.code.upper()
        taken = select(_g.id).where(_g.folded_code == fold(code))
        if connection.execute(taken).one_or_none() is not None:
            raise InvalidAnswerError("code", "taken")
        number = random_id()
        connection.execute(
            insert(gatherings).values(
                id=number,
                code=code,
                folded_code=fold(code),
                places_taken=0,
                next_number=1,
                state=GatheringState.DRAFT.value,
                cloned_from=cloned_from,
                **gathering_values(gathering),
            )
        )
        _audit(connection, "gathering:added", number, (), actor, now)
        return self.get(connection, number)

    def _tell(
        self,
        connection: Connection,
        gathering_id: int,
        kind: MessageKind,
        now: datetime,
        *,
        occasion: str = "",
    ) -> None:
        live = select(registrations).where(
            _r.gathering_id == gathering_id, _r.state.in_([state.value for state in LIVE])
        )
        rows = connection.execute(live).all()
        self._messages.add_all(connection, rows, kind, now, occasion=occasion)

    def _one(self, connection: Connection, condition: Any) -> Gathering:
        row = connection.execute(select(gatherings).where(condition)).one_or_none()
        if row is None:
            raise UnknownGatheringError
        return gathering_of(row)

    def _set(self, connection: Connection, gathering_id: int, **values: Any) -> None:
        connection.execute(update(gatherings).where(_g.id == gathering_id).values(**values))


def _check(gathering: NewGathering) -> None:
    if not _CODE.fullmatch(gathering.code.upper()):
        raise InvalidAnswerError("code", "signs")
    if gathering.capacity < 1:
        raise InvalidAnswerError("capacity", "too_small", 1)
    most = min(gathering.capacity, MOST_PER_ORGANIZATION)
    if not 1 <= gathering.most_delegates <= most:
        raise InvalidAnswerError("most_delegates", "too_large", most)
    # Each time must not lie before the one in front of it.
    times = {
        "closes_at": (gathering.opens_at, gathering.closes_at),
        "correct_until": (gathering.opens_at, gathering.correct_until),
        "starts_at": (gathering.closes_at, gathering.starts_at),
        "ends_at": (gathering.starts_at, gathering.ends_at),
    }
    for field, (before, after) in times.items():
        if after < before or (field == "ends_at" and after - before > timedelta(days=31)):
            raise InvalidAnswerError(field, "too_small" if after < before else "too_large")


def _audit(  # noqa: PLR0913, PLR0917  # an audit entry has these parts
    connection: Connection,
    tag: str,
    gathering_id: int,
    names: Sequence[str],
    actor: str,
    now: datetime,
) -> None:
    record(connection, AuditEntry(now, actor, tag, f"gathering:{gathering_id}", tuple(names)))
