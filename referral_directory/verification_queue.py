"""The queue of entries that somebody must call: one at a time, the most urgent first.

An entry that nobody answered for comes back two days later, and after three tries it goes to a
person who finds another way. Nothing here takes an entry from the public but `close`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select, update

from referral_directory.deeds import close
from referral_directory.entries import Database
from referral_directory.life import State
from referral_directory.models import Phone, Service
from referral_directory.numbers import format_number
from referral_directory.periods import PERIODS, Periods
from referral_directory.queue_rows import (
    URGENCIES,
    Urgency,
    in_order,
    numbers_of,
    waiting_rows,
)
from referral_directory.verification import Verified, verify
from referral_directory.versions import MODELS, Seen, check_version
from referral_directory.visibility import today
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record

COMES_BACK_AFTER = timedelta(days=2)
"""How long an entry rests after a try without an answer."""

MOST_TRIES = 3
"""After so many tries without an answer a person takes it over."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """An entry to call, with all that the caller needs.

    Attributes:
        numbers: As people read them. Of a restricted service only for those allowed.
        urgency: Why it is here.
        state: Where it stands in its life.
    """

    subject: str
    slug: str
    name: str
    organization: str
    numbers: tuple[str, ...]
    urgency: Urgency
    state: State
    last_confirmed: date | None
    last_tried: date | None
    tries: int
    version: int
    restricted: bool

    @property
    def seen(self) -> Seen:
        """What to hand back with the answer."""
        return Seen(self.subject, self.slug, self.version)


def next_due(
    database: Database,
    actor: Actor,
    now: datetime,
    *,
    restricted: bool = True,
    skipping: Sequence[tuple[str, str]] = (),
) -> QueueEntry | None:
    """Return the entry to call next; None when the queue is empty.

    Args:
        database: A connection or session.
        actor: Who calls. Restricted entries come to approvers alone.
        now: Aware time.
        restricted: Whether restricted entries may come at all: not in a chat, which is no place
            for them.
        skipping: Subject and slug of what the person put off.

    Raises:
        NotAllowedError: When the actor is no editor.
    """
    left_out = set(skipping)
    rows = _waiting(actor, now, restricted=restricted)
    # So many rows hold one that was not put off, if there is one at all.
    some = database.execute(in_order(rows).where(_is_called(rows, now)).limit(len(left_out) + 1))
    first = next((row for row in some if (row.subject, row.slug) not in left_out), None)
    return None if first is None else _entries(database, [first])[0]


def due_entries(
    database: Database,
    actor: Actor,
    now: datetime,
    *,
    restricted: bool = True,
    periods: Periods = PERIODS,
) -> list[QueueEntry]:
    """Return the whole queue in its order, without what rests and what a person took over.

    Raises:
        NotAllowedError: When the actor is no editor.
    """
    rows = _waiting(actor, now, restricted=restricted, periods=periods)
    return _entries(database, database.execute(in_order(rows).where(_is_called(rows, now))).all())


def for_a_person(
    database: Database, actor: Actor, now: datetime, *, periods: Periods = PERIODS
) -> list[QueueEntry]:
    """Return what nobody answered for three times: somebody must find another way.

    Raises:
        NotAllowedError: When the actor is no editor.
    """
    rows = _waiting(actor, now, periods=periods)
    taken = in_order(rows).where(rows.c.tries >= MOST_TRIES)
    return _entries(database, database.execute(taken).all())


def queue_figures(database: Database, actor: Actor, now: datetime) -> Mapping[Urgency, int]:
    """Return how many entries wait, by urgency.

    Raises:
        NotAllowedError: When the actor is no editor.
    """
    rows = _waiting(actor, now)
    counted = select(rows.c.urgency, func.count()).where(_is_called(rows, now))
    each = database.execute(counted.group_by(rows.c.urgency))
    found = {URGENCIES[row[0]]: row[1] for row in each}
    return {urgency: found.get(urgency, 0) for urgency in Urgency}


@dataclass(frozen=True, slots=True)
class ToCall:
    """How much is to be called, without what keeps its place back.

    Attributes:
        late: Entries whose confirmation is too old.
        soon: Entries that fall due within the days of warning.
    """

    late: int
    soon: int

    def __bool__(self) -> bool:
        return self.late + self.soon > 0


def to_call(database: Database, now: datetime, periods: Periods = PERIODS) -> ToCall:
    """Return what staff are to be reminded of: what was confirmed, and is old or soon will be.

    Restricted entries are not even counted: the message stands in a chat.
    """
    rows = waiting_rows(today(now), periods, restricted=False)
    counted = select(rows.c.state, func.count()).where(
        _is_called(rows, now), rows.c.assured_date.is_not(None)
    )
    found = {State(row[0]): row[1] for row in database.execute(counted.group_by(rows.c.state))}
    late = found.get(State.DUE, 0) + found.get(State.EXPIRED, 0)
    return ToCall(late, found.get(State.PUBLISHED, 0))


def next_with_figures(
    database: Database, actor: Actor, now: datetime, *, skipping: Sequence[tuple[str, str]] = ()
) -> tuple[QueueEntry | None, Mapping[Urgency, int]]:
    """Return `next_due` and `queue_figures`, looking through the whole queue only once.

    Raises:
        NotAllowedError: When the actor is no editor.
    """
    rows = _waiting(actor, now)
    oldest = func.min(rows.c.assured_date)
    counted = select(rows.c.urgency, func.count(), func.count(rows.c.assured_date), oldest)
    counted = counted.where(_is_called(rows, now)).group_by(rows.c.urgency)
    groups = sorted(database.execute(counted).all(), key=lambda group: int(group[0]))
    found = {URGENCIES[group[0]]: int(group[1]) for group in groups}
    figures = {urgency: found.get(urgency, 0) for urgency in Urgency}
    if skipping or not groups:
        return next_due(database, actor, now, skipping=skipping), figures
    urgency, waiting, dated, day = groups[0]
    # Who was never confirmed stands first; so known, the entry is found without sorting the others.
    since = rows.c.assured_date.is_(None) if dated < waiting else rows.c.assured_date == day
    query = in_order(rows).where(_is_called(rows, now), since, rows.c.urgency == urgency)
    first = _entries(database, database.execute(query.limit(1)).all())
    # Somebody may have confirmed it a moment ago.
    return first[0] if first else next_due(database, actor, now), figures


# -- what came of a call -----------------------------------------------------------------------


def still_right(database: Database, actor: Actor, entry: Seen, now: datetime) -> Verified:
    """Say that somebody confirmed the entry today; it stays public, and due dates begin anew.

    Raises:
        NotAllowedError: When the actor is no editor, or the entry is restricted and they are no
            approver.
        UnknownEntryError: When there is no such entry.
        EntryChangedError: When it was changed since the actor saw it.
        CannotVerifyError: When nobody may call it verified as it stands.
    """
    _check(database, actor, entry)
    return verify(
        database,
        entry.slug,
        by=actor.name,
        on=today(now),
        now=now,
        actor=actor.name,
        subject=entry.subject,
    )


def no_answer(database: Database, actor: Actor, entry: Seen, now: datetime) -> int:
    """Say that nobody answered today; return how many tries that makes.

    The entry stays as the public sees it, and its version as it is: nothing of it changed.

    Raises:
        The errors of `still_right`, but for the last.
    """
    _check(database, actor, entry)
    model = MODELS[entry.subject]
    tried = update(model).where(model.slug == entry.slug)
    database.execute(tried.values(last_tried=today(now), tries=model.tries + 1))
    fields = ("last_tried", "tries")
    record(database, AuditEntry(now, actor.name, f"{entry.subject}:no_answer", entry.slug, fields))
    tries = select(model.tries).where(model.slug == entry.slug)
    return int(database.execute(tries).scalar_one())


def is_closed(database: Database, actor: Actor, entry: Seen, now: datetime) -> None:
    """Say that the entry is no more; the public no longer sees it.

    Raises:
        The errors of `still_right` and `close`.
    """
    _check(database, actor, entry)
    close(database, actor, entry, now)


def _check(database: Database, actor: Actor, entry: Seen) -> None:
    require(actor, Role.EDITOR)
    check_version(database, entry)
    if is_restricted(database, entry.subject, entry.slug):
        require(actor, Role.APPROVER)


def is_restricted(database: Database, subject: str, slug: str) -> bool:
    """Tell whether an entry is a restricted service or the number of one."""
    if subject == "service":
        query = select(Service.restricted).where(Service.slug == slug)
    elif subject == "phone":
        query = (
            select(Service.restricted)
            .join(Phone, Phone.service_slug == Service.slug)
            .where(Phone.slug == slug)
        )
    else:
        return False
    return bool(database.execute(query).scalar_one_or_none())


# -- inside ------------------------------------------------------------------------------------


def _waiting(
    actor: Actor, now: datetime, *, restricted: bool = True, periods: Periods = PERIODS
) -> Subquery:
    """Return what is to be called and the actor may know of, the tries not looked at."""
    require(actor, Role.EDITOR)
    return waiting_rows(today(now), periods, restricted=restricted and actor.may(Role.APPROVER))


def _is_called(rows: Subquery, now: datetime) -> ColumnElement[bool]:
    """Say that an entry neither rests nor was taken over by a person."""
    rested = rows.c.last_tried <= today(now) - COMES_BACK_AFTER
    return and_(
        rows.c.tries < MOST_TRIES,
        or_(rows.c.tries == 0, rows.c.last_tried.is_(None), rested),
    )


def _entries(database: Database, rows: Sequence[Any]) -> list[QueueEntry]:
    """Return rows as entries; services with the numbers they are reached by."""
    numbers: dict[str, list[str]] = {}
    for query in numbers_of([row.slug for row in rows if row.subject == "service"]):
        for slug, number in database.execute(query):
            numbers.setdefault(str(slug), []).append(format_number(number))
    return [_entry(row, numbers) for row in rows]


def _entry(row: Any, numbers: Mapping[str, list[str]]) -> QueueEntry:
    own = [format_number(row.number)] if row.subject == "phone" else numbers.get(row.slug, [])
    return QueueEntry(
        subject=row.subject,
        slug=row.slug,
        name=row.name,
        organization=row.organization,
        numbers=tuple(own),
        urgency=URGENCIES[row.urgency],
        state=State(row.state),
        last_confirmed=row.assured_date,
        last_tried=row.last_tried,
        tries=row.tries,
        version=row.version,
        restricted=bool(row.restricted),
    )


__all__ = [
    "COMES_BACK_AFTER",
    "MOST_TRIES",
    "QueueEntry",
    "ToCall",
    "Urgency",
    "due_entries",
    "for_a_person",
    "is_closed",
    "is_restricted",
    "next_due",
    "next_with_figures",
    "no_answer",
    "queue_figures",
    "still_right",
    "to_call",
]
