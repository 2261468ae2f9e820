"""What waits for staff, counted for those whose roles let them see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from event_registration.schemas import Gathering
from event_registration.tables import registrations
from event_registration.vocabulary import RegistrationState
from referral_directory.reports import reported
from referral_directory.verification import national_emergency_is_old, national_emergency_ready
from referral_directory.verification_queue import Urgency, queue_figures
from referral_directory.waiting import count_waiting
from staff_console.visit import Console
from storage.actors import Actor, Role
from storage.counters import Counters, shown, week_of

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
        coming: the next gatherings; `None` for those who may not see registrations.
        training: requests for training that wait; `None` likewise.
        to_call: entries in the verification queue; `None` for those who do not call.
        calls: the same by urgency.
        to_approve: edits that wait; `None` likewise.
        reported: services about which people said something often enough.
        searches: how many searches the last week that is over had, as it may be shown; `None`
            where none was counted.
        emergency: `missing`, `old` or `ready`: the number for the whole country.
    """

    coming: list[Coming] | None
    training: int | None
    to_call: int | None
    calls: Mapping[Urgency, int] | None
    to_approve: int | None
    reported: int
    searches: str | None
    emergency: str


def see_today(connection: Connection, console: Console, actor: Actor, now: datetime) -> Today:
    """Return what waits for staff."""
    sees_events, edits = actor.may(Role.EVENTS), actor.may(Role.EDITOR)
    calls = queue_figures(connection, actor, now) if edits else None
    return Today(
        coming=_coming(connection, console, now) if sees_events else None,
        training=len(console.training.asked(connection, now)) if sees_events else None,
        to_call=sum(calls.values()) if calls is not None else None,
        calls=calls,
        to_approve=count_waiting(connection, actor) if edits else None,
        reported=len({each.service for each in reported(connection, actor, now)}),
        searches=_searches(connection, now),
        emergency=_emergency(connection, now),
    )


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


def _searches(connection: Connection, now: datetime) -> str | None:
    """Return the searches of the last week that is over; each search names one need."""
    last_week = week_of(now) - timedelta(weeks=1)
    figures = Counters().closed(connection, last_week, now)
    counts = [each.count for each in figures if each.dimension == "need"]
    return shown(sum(counts)) if counts else None


def _emergency(connection: Connection, now: datetime) -> str:
    if not national_emergency_ready(connection):
        return "missing"
    return "old" if national_emergency_is_old(connection, now) else "ready"
