"""What waits for staff, counted for those whose roles let them see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from event_registration.schemas import Gathering
from event_registration.tables import registrations
from event_registration.vocabulary import RegistrationState
from referral_directory.models import Phone, Service
from referral_directory.periods import PERIODS
from referral_directory.verification import national_emergency_is_old, national_emergency_ready
from referral_directory.visibility import today
from referral_directory.vocabulary import Status
from staff_console.visit import Console
from storage.actors import Actor, Role

_r = registrations.c


@dataclass(frozen=True, slots=True)
class Coming:
    """A gathering that is not over, and how many of its registrations wait for an answer."""

    gathering: Gathering
    to_examine: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Today:
    """What a member of staff should know this morning.

    Attributes:
        unverified: published or draft entries that nobody has confirmed.
        old: confirmed too long ago.
        coming: the next gatherings; `None` for those who may not see registrations.
        training: requests for training that wait; `None` likewise.
        emergency: `missing`, `old` or `ready`: the number for the whole country.
    """

    unverified: int
    old: int
    coming: list[Coming] | None
    training: int | None
    emergency: str


def see_today(connection: Connection, console: Console, actor: Actor, now: datetime) -> Today:
    """Return what waits for staff."""
    sees_events = actor.may(Role.EVENTS)
    return Today(
        unverified=sum(_unverified(connection, model) for model in (Service, Phone)),
        old=sum(_old(connection, model, now) for model in (Service, Phone)),
        coming=_coming(connection, console, now) if sees_events else None,
        training=len(console.training.asked(connection, now)) if sees_events else None,
        emergency=_emergency(connection, now),
    )


def _unverified(connection: Connection, model: type[Service | Phone]) -> int:
    return connection.execute(_open_entries(model).where(model.assured_date.is_(None))).scalar_one()


def _old(connection: Connection, model: type[Service | Phone], now: datetime) -> int:
    limit = today(now) - PERIODS.default.due
    return connection.execute(_open_entries(model).where(model.assured_date < limit)).scalar_one()


def _open_entries(model: type[Service | Phone]) -> Select[int]:
    gone = (Status.CLOSED, Status.DELETED)
    return select(func.count()).select_from(model).where(model.status.not_in(gone))


def _coming(connection: Connection, console: Console, now: datetime) -> list[Coming]:
    counted = connection.execute(
        select(_r.gathering_id, _r.state, func.count()).group_by(_r.gathering_id, _r.state)
    )
    numbers = {(gathering, state): count for gathering, state, count in counted}
    return [
        Coming(
            each,
            numbers.get((each.id, RegistrationState.RECEIVED.value), 0),
            numbers.get((each.id, RegistrationState.WAITING.value), 0),
        )
        for each in console.desk.gatherings.coming(connection, now)
    ]


def _emergency(connection: Connection, now: datetime) -> str:
    if not national_emergency_ready(connection):
        return "missing"
    return "old" if national_emergency_is_old(connection, now) else "ready"
