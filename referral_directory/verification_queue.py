"""The queue of entries that somebody must call: one at a time, the most urgent first.

An entry that nobody answered for comes back two days later, and after three tries it goes to a
person who finds another way. Nothing here takes an entry from the public but `close`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Date, bindparam, literal, or_, select, update

from referral_directory.deeds import close
from referral_directory.entries import Database
from referral_directory.life import State, state_of
from referral_directory.models import Organization, Phone, Service, ServiceNeed
from referral_directory.numbers import format_number
from referral_directory.periods import PERIODS, Period, Periods
from referral_directory.verification import Verified, verify
from referral_directory.versions import MODELS, Seen, check_version
from referral_directory.visibility import today
from referral_directory.vocabulary import Reach, ServiceKind, Status
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record

COMES_BACK_AFTER = timedelta(days=2)
"""How long an entry rests after a try without an answer."""

MOST_TRIES = 3
"""After so many tries without an answer a person takes it over."""


class Urgency(StrEnum):
    """Why an entry is in the queue, the most urgent first."""

    NATIONAL = "national"
    EXPIRED = "expired"
    DUE = "due"
    WARNED = "warned"
    NEVER = "never"


_ORDER = {urgency: place for place, urgency in enumerate(Urgency)}


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
    waiting = due_entries(database, actor, now, restricted=restricted)
    return next((one for one in waiting if (one.subject, one.slug) not in left_out), None)


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
    require(actor, Role.EDITOR)
    day = today(now)
    rows = [
        row
        for row in _entries(database, actor, day, restricted=restricted, periods=periods)
        if row.tries < MOST_TRIES
        and (row.tries == 0 or row.last_tried is None or row.last_tried + COMES_BACK_AFTER <= day)
    ]
    return _with_numbers(database, sorted(rows, key=_position))


def for_a_person(
    database: Database, actor: Actor, now: datetime, *, periods: Periods = PERIODS
) -> list[QueueEntry]:
    """Return what nobody answered for three times: somebody must find another way.

    Raises:
        NotAllowedError: When the actor is no editor.
    """
    require(actor, Role.EDITOR)
    rows = _entries(database, actor, today(now), restricted=True, periods=periods)
    taken = [row for row in rows if row.tries >= MOST_TRIES]
    return _with_numbers(database, sorted(taken, key=_position))


def queue_figures(database: Database, actor: Actor, now: datetime) -> Mapping[Urgency, int]:
    """Return how many entries wait, by urgency.

    Raises:
        NotAllowedError: When the actor is no editor.
    """
    figures = dict.fromkeys(Urgency, 0)
    for entry in due_entries(database, actor, now):
        figures[entry.urgency] += 1
    return figures


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


def _entries(
    database: Database, actor: Actor, day: date, *, restricted: bool, periods: Periods
) -> list[QueueEntry]:
    """Return every published entry that is to be called, in no order and without numbers."""
    restricted = restricted and actor.may(Role.APPROVER)
    needs: dict[str, list[str]] = {}
    if periods.needs:
        for slug, need in database.execute(select(ServiceNeed.service_slug, ServiceNeed.need)):
            needs.setdefault(slug, []).append(need)
    found = []
    for query in (_SERVICES, _PHONES):
        for row in database.execute(query, {"called_before": day - _earliest(periods)}):
            if row.restricted and not restricted:
                continue
            owned = row.slug if row.subject == "service" else ""
            entry = _entry(row, periods.of(row.kind, needs.get(owned, ())), day)
            if entry is not None:
                found.append(entry)
    return found


_CALLED_BEFORE: BindParameter[date] = bindparam("called_before", type_=Date())
_SERVICES = (
    select(
        literal("service").label("subject"),
        Service.slug,
        Service.name_fr.label("name"),
        Organization.name_fr.label("organization"),
        Organization.kind,
        Service.assured_date,
        Service.last_tried,
        Service.tries,
        Service.version,
        Service.restricted,
        literal("").label("number"),
        literal(value=False).label("national"),
    )
    .join(Organization, Organization.slug == Service.organization_slug)
    .where(
        Service.status == Status.PUBLISHED,
        Organization.status == Status.PUBLISHED,
        Service.kind == ServiceKind.ENTRY,
        or_(Service.assured_date.is_(None), Service.assured_date <= _CALLED_BEFORE),
    )
)
_PHONES = (
    select(
        literal("phone").label("subject"),
        Phone.slug,
        Phone.label_fr.label("name"),
        Organization.name_fr.label("organization"),
        Organization.kind,
        Phone.assured_date,
        Phone.last_tried,
        Phone.tries,
        Phone.version,
        Service.restricted,
        Phone.number,
        (Phone.is_emergency & (Phone.reach == Reach.NATIONAL)).label("national"),
    )
    .join(Organization, Organization.slug == Phone.organization_slug)
    .outerjoin(Service, Service.slug == Phone.service_slug)
    .where(
        Phone.status == Status.PUBLISHED,
        Organization.status == Status.PUBLISHED,
        or_(Phone.assured_date.is_(None), Phone.assured_date <= _CALLED_BEFORE),
    )
)
_NUMBERS = (
    select(Phone.service_slug, Phone.number)
    .where(Phone.service_slug.is_not(None), Phone.status == Status.PUBLISHED)
    .order_by(Phone.position, Phone.slug)
)


def _earliest(periods: Periods) -> timedelta:
    """Return the age from which some entry is to be called, whatever its category."""
    each = (periods.default, *periods.organizations.values(), *periods.needs.values())
    return min(period.due for period in each) - max(period.warn for period in each)


def _entry(row: Any, period: Period, day: date) -> QueueEntry | None:
    """Return a row as an entry of the queue; None when it is not to be called yet."""
    if row.assured_date is not None and not period.is_warned(row.assured_date, day):
        return None
    state = state_of(Status.PUBLISHED, row.assured_date, period, day)
    if row.national:
        urgency = Urgency.NATIONAL
    elif row.assured_date is None:
        urgency = Urgency.NEVER
    else:
        urgency = {State.EXPIRED: Urgency.EXPIRED, State.DUE: Urgency.DUE}.get(
            state, Urgency.WARNED
        )
    return QueueEntry(
        subject=row.subject,
        slug=row.slug,
        name=row.name,
        organization=row.organization,
        numbers=(format_number(row.number),) if row.number else (),
        urgency=urgency,
        state=state,
        last_confirmed=row.assured_date,
        last_tried=row.last_tried,
        tries=row.tries,
        version=row.version,
        restricted=bool(row.restricted),
    )


def _position(entry: QueueEntry) -> tuple[int, date, str, str]:
    return _ORDER[entry.urgency], entry.last_confirmed or date.min, entry.subject, entry.slug


def _with_numbers(database: Database, entries: list[QueueEntry]) -> list[QueueEntry]:
    """Give services the numbers they are reached by; a number has its own already."""
    numbers: dict[str, list[str]] = {}
    for slug, number in database.execute(_NUMBERS):
        numbers.setdefault(str(slug), []).append(format_number(number))
    return [
        replace(one, numbers=tuple(numbers.get(one.slug, ()))) if one.subject == "service" else one
        for one in entries
    ]
