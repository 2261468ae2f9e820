"""Edits that wait beside the published version until a second person approves them.

The public reads the last approved version throughout. Whoever approves sees each field as it is
and as it would become; an approved edit is written field by field, so that two edits of different
fields do not undo each other. Two who change the same field hear of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from referral_directory.edit_errors import (
    EditConflictError,
    EditDecidedError,
    InvalidEditError,
    SamePersonError,
)
from referral_directory.edit_writing import By, Outcome, becomes, check_fields, write
from referral_directory.entries import Database
from referral_directory.french_dates import ahead
from referral_directory.life import Deed, after
from referral_directory.life_tables import EntryEdit
from referral_directory.tables import cells_of
from referral_directory.verification import publish_owner
from referral_directory.versions import MODELS, FieldChange, Seen, check_version, record_of
from referral_directory.visibility import today
from referral_directory.vocabulary import EditOrigin, EditState, Status
from storage.actors import Actor, NotAllowedError, Role, require
from storage.audit import AuditEntry
from storage.audit import record as enter

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class NewEdit:
    """What somebody proposes.

    Attributes:
        subject: `service`, `phone` or `organization`.
        slug: Which entry.
        version: The version that was on the screen.
        changes: The fields that differ, as cells of a file; an empty cell empties the field.
        confirmed_on: The day a call or visit confirmed the entry as it would become, if one did.
        publishes: Whether a draft becomes public with the approval.
    """

    subject: str
    slug: str
    version: int
    changes: Mapping[str, str] = field(default_factory=dict)
    confirmed_on: date | None = None
    publishes: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A proposed edit as staff see it.

    Attributes:
        changes: Each field with what it was when the edit was proposed, and what it becomes.
        outdated: Fields that somebody else changed since; they must be looked at first.
    """

    id: int
    subject: str
    slug: str
    state: EditState
    origin: EditOrigin
    publishes: bool
    confirmed_on: date | None
    changes: tuple[FieldChange, ...]
    outdated: tuple[str, ...]
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


def propose(database: Database, actor: Actor, new: NewEdit, now: datetime) -> int:
    """Let an edit wait for approval; return its number.

    Raises:
        NotAllowedError: When the actor is no editor.
        UnknownEntryError: When there is no such entry.
        EntryChangedError: When it was changed since the actor opened it, with what changed.
        InvalidEditError: When the entry would not be one any more, field by field.
        ImpossibleDeedError: When the entry is closed, deleted or already in review.
    """
    require(actor, Role.EDITOR)
    return _propose(database, actor.name, EditOrigin.STAFF, new, now)


def propose_as_provider(database: Database, name: str, new: NewEdit, now: datetime) -> int:
    """Let a correction of whoever holds a provider's link wait; see `provider_links`.

    What the same provider proposed before and nobody decided yet is replaced.

    Raises:
        The errors of `propose`, but for the role.
    """
    former = update(EntryEdit).where(
        EntryEdit.state == EditState.OPEN,
        EntryEdit.origin == EditOrigin.PROVIDER,
        EntryEdit.subject == new.subject,
        EntryEdit.slug == new.slug,
    )
    withdrawn = former.values(state=EditState.WITHDRAWN, decided_by=name, decided_at=now)
    database.execute(withdrawn)
    return _propose(database, name, EditOrigin.PROVIDER, new, now)


def _propose(database: Database, name: str, origin: EditOrigin, new: NewEdit, now: datetime) -> int:
    check_version(database, Seen(new.subject, new.slug, new.version))
    old = record_of(database, new.subject, new.slug)
    status = _status(database, new.subject, new.slug)
    after(status, Deed.SUBMIT if new.publishes else Deed.APPROVE)
    before = cells_of(old)
    changes = {
        each: value.strip()
        for each, value in new.changes.items()
        if value.strip() != before.get(each, "")
    }
    outcome = Outcome(new.publishes, new.confirmed_on)
    check_fields(new.slug, old, changes, outcome)
    if new.confirmed_on is not None and new.confirmed_on > today(now):
        raise InvalidEditError(new.slug, {"confirmed_on": "cette date est dans l'avenir"})
    record = becomes(database, new.subject, before, changes, outcome)
    lie_ahead = {name: why for name, why in ahead(dict(record), today(now)) if name in changes}
    if lie_ahead:
        raise InvalidEditError(new.slug, lie_ahead)
    new_cells = cells_of(record)
    after_cells = {each: new_cells[each] for each in changes}
    row = {
        "subject": new.subject,
        "slug": new.slug,
        "base_version": new.version,
        "state": EditState.OPEN,
        "origin": origin,
        "publishes": new.publishes,
        "confirmed_on": new.confirmed_on,
        "before": {each: before.get(each, "") for each in changes},
        "after": after_cells,
        "proposed_by": name,
        "proposed_at": now,
    }
    number = database.execute(insert(EntryEdit).values(**row).returning(EntryEdit.id)).scalar_one()
    if new.publishes:
        _set_status(database, new.subject, new.slug, after(status, Deed.SUBMIT))
    _enter(database, new, "edit_proposed", By(name, now), tuple(changes))
    return int(number)


def approve(
    database: Database, actor: Actor, number: int, now: datetime, *, single_staff: bool = False
) -> None:
    """Write a waiting edit into the version that the public reads.

    What was not confirmed by a call or visit loses its confirmation where one relies on it:
    such a number is shown again once somebody has dialled it.

    Args:
        database: A connection or session with an open transaction.
        actor: Who approves.
        number: Which edit.
        now: Aware time.
        single_staff: The installation said that it has no second person.

    Raises:
        NotAllowedError: When the actor is no approver.
        SamePersonError: When the actor proposed it, unless `single_staff`.
        EditDecidedError: When it does not wait any more.
        EditConflictError: When one of its fields was changed since by somebody else.
        InvalidEditError: When the entry would not be one any more.
        ImpossibleDeedError: When the entry was closed or deleted since.
    """
    require(actor, Role.APPROVER)
    edit = _open(database, number)
    if edit.proposed_by == actor.name and not single_staff:
        raise SamePersonError(actor.name)
    old = record_of(database, edit.subject, edit.slug)
    present = cells_of(old)
    outdated = _outdated(edit, present)
    if outdated:
        raise EditConflictError(
            edit.slug,
            tuple(FieldChange(each, edit.before[each], present[each]) for each in outdated),
        )
    status = _status(database, edit.subject, edit.slug)
    after(status, Deed.APPROVE)
    outcome = Outcome(edit.publishes, edit.confirmed_on)
    new = becomes(database, edit.subject, present, edit.after, outcome)
    by = By(actor.name, now)
    _decide(database, edit, EditState.APPROVED, by)
    fields = write(database, edit, old, new, by)
    if edit.publishes:
        publish_owner(database, edit.subject, edit.slug, who=actor.name, now=now)
    _enter(database, edit, "edit_approved", by, fields)


def reject(database: Database, actor: Actor, number: int, reason: str, now: datetime) -> None:
    """Turn a waiting edit down, with the reason for whoever proposed it.

    Raises:
        NotAllowedError: When the actor is no approver.
        InvalidEditError: When no reason is given.
        EditDecidedError: When it does not wait any more.
    """
    require(actor, Role.APPROVER)
    reason = reason.strip()
    edit = _open(database, number)
    if not reason:
        raise InvalidEditError(edit.slug, {"reason": "dites pourquoi"})
    _turn_down(database, edit, EditState.REJECTED, By(actor.name, now), reason[:LONGEST_REASON])


def withdraw(database: Database, actor: Actor, number: int, now: datetime) -> None:
    """Take a waiting edit back: whoever proposed it may, and an administrator.

    Raises:
        NotAllowedError: When the actor is neither.
        EditDecidedError: When it does not wait any more.
    """
    require(actor, Role.EDITOR)
    edit = _open(database, number)
    if edit.proposed_by != actor.name and not actor.may(Role.ADMINISTRATOR):
        raise NotAllowedError(actor.name, Role.ADMINISTRATOR)
    _turn_down(database, edit, EditState.WITHDRAWN, By(actor.name, now))


def edit_of(database: Database, actor: Actor, number: int) -> Edit:
    """Return an edit with its differences, whatever became of it.

    Raises:
        NotAllowedError: When the actor has no role.
        LookupError: When there is no such edit.
    """
    require(actor, Role.READER)
    row = database.execute(select(*_COLUMNS).where(EntryEdit.id == number)).one_or_none()
    if row is None:
        raise LookupError(number)
    return _seen(database, row)


def open_edits(
    database: Database,
    actor: Actor,
    wanted: Sequence[ColumnElement[bool]] = (),
    *,
    start: int = 0,
    most: int | None = None,
) -> list[Edit]:
    """Return the edits that wait, oldest first.

    Args:
        database: A connection or session.
        actor: Who looks.
        wanted: What else must hold of an edit.
        start: How many to leave out at the beginning.
        most: How many to return; None is all. Each takes a query of its own.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    require(actor, Role.READER)
    waiting = select(*_COLUMNS).where(EntryEdit.state == EditState.OPEN, *wanted)
    ordered = waiting.order_by(EntryEdit.proposed_at, EntryEdit.id).offset(start).limit(most)
    rows = database.execute(ordered).all()
    return [_seen(database, row) for row in rows]


def edits_of_entry(database: Database, actor: Actor, subject: str, slug: str) -> list[Edit]:
    """Return all edits of an entry that are still known, newest first.

    Raises:
        NotAllowedError: When the actor has no role.
    """
    require(actor, Role.READER)
    query = select(*_COLUMNS).where(EntryEdit.subject == subject, EntryEdit.slug == slug)
    rows = database.execute(query.order_by(EntryEdit.id.desc())).all()
    return [_seen(database, row) for row in rows]


# -- inside ------------------------------------------------------------------------------------

_COLUMNS = tuple(EntryEdit.__table__.columns)


def _open(database: Database, number: int) -> Any:
    row = database.execute(select(*_COLUMNS).where(EntryEdit.id == number)).one_or_none()
    if row is None or row.state != EditState.OPEN:
        raise EditDecidedError(number)
    return row


def _seen(database: Database, row: Any) -> Edit:
    outdated: tuple[str, ...] = ()
    if row.state == EditState.OPEN:
        outdated = _outdated(row, cells_of(record_of(database, row.subject, row.slug)))
    return Edit(
        id=row.id,
        subject=row.subject,
        slug=row.slug,
        state=EditState(row.state),
        origin=EditOrigin(row.origin),
        publishes=row.publishes,
        confirmed_on=row.confirmed_on,
        changes=tuple(
            FieldChange(name, row.before.get(name, ""), new) for name, new in row.after.items()
        ),
        outdated=outdated,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
    )


def _outdated(edit: Any, present: Mapping[str, str]) -> tuple[str, ...]:
    """Return the edit's fields that are no longer what they were when it was proposed."""
    return tuple(
        name
        for name, old in edit.before.items()
        if present.get(name, "") not in {old, edit.after[name]}
    )


def _status(database: Database, subject: str, slug: str) -> Status:
    model = MODELS[subject]
    return Status(database.execute(select(model.status).where(model.slug == slug)).scalar_one())


def _set_status(database: Database, subject: str, slug: str, status: Status) -> None:
    model = MODELS[subject]
    database.execute(update(model).where(model.slug == slug).values(status=status))


def _turn_down(
    database: Database, edit: Any, state: EditState, by: By, reason: str | None = None
) -> None:
    _decide(database, edit, state, by, reason)
    status = _status(database, edit.subject, edit.slug)
    deed = Deed.REJECT if state is EditState.REJECTED else Deed.WITHDRAW
    if edit.publishes and status is Status.IN_REVIEW:
        _set_status(database, edit.subject, edit.slug, after(status, deed))
    _enter(database, edit, f"edit_{state.value}", by, tuple(edit.after))


def _decide(
    database: Database, edit: Any, state: EditState, by: By, reason: str | None = None
) -> None:
    """Say what became of an edit, once: of two who decide at the same time one is told."""
    waiting = update(EntryEdit).where(EntryEdit.id == edit.id, EntryEdit.state == EditState.OPEN)
    values = {"state": state, "decided_by": by.who, "decided_at": by.at, "reason": reason}
    if database.execute(waiting.values(**values).returning(EntryEdit.id)).first() is None:
        raise EditDecidedError(edit.id)


def _enter(database: Database, edit: Any, action: str, by: By, fields: tuple[str, ...]) -> None:
    """Enter in the audit log what is done with an edit (or a new one)."""
    enter(database, AuditEntry(by.at, by.who, f"{edit.subject}:{action}", edit.slug, fields))
