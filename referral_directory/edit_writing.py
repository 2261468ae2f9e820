"""What an edit makes of an entry: checked like a row of a file, and written field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select, update

from referral_directory.changes import (
    VERIFICATION,
    compare,
    write_organizations,
    write_phones,
    write_services,
)
from referral_directory.edit_errors import InvalidEditError
from referral_directory.entries import Database, UnknownPlaceError, area_rows, read_areas
from referral_directory.models import Organization, Service
from referral_directory.records import OrganizationRecord, PhoneRecord, Record, ServiceRecord
from referral_directory.refusals import refusals
from referral_directory.versions import MODELS, RECORDS, begin_change
from referral_directory.vocabulary import Status

_UNEDITABLE = VERIFICATION | {"slug", "status"}
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an edit does besides changing fields.

    Attributes:
        publishes: The draft becomes public.
        confirmed_on: The day a call or visit confirmed the entry as it becomes.
    """

    publishes: bool = False
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and when (aware UTC)."""

    who: str
    at: datetime


def check_fields(entry_id: str, old: Record, changes: Mapping[str, str], outcome: Outcome) -> None:
    """Refuse fields that no edit changes, and an edit that changes nothing.

    Raises:
        InvalidEditError: With what is wrong, field by field.
    """
    known = type(old).model_fields.keys() - _UNEDITABLE
    wrong = {each: "ce champ ne se change pas ici" for each in changes if each not in known}
    if changes.get("restricted") == "yes":
        wrong["restricted"] = "cela se fait sur la fiche, et vaut aussitôt"
    if not changes and outcome == Outcome():
        wrong["changes"] = "rien ne change"
    if wrong:
        raise InvalidEditError(entry_id, wrong)


def becomes(
    database: Database,
    subject: str,
    before: Mapping[str, str],
    changes: Mapping[str, str],
    outcome: Outcome,
) -> Record:
    """Return the entry as it would become, checked like a row of a file.

    Raises:
        InvalidEditError: When it would not be one any more, field by field.
    """
    cells: dict[str, Any] = {**before, **changes}
    if outcome.publishes:
        cells["status"] = Status.PUBLISHED.value
    if outcome.confirmed_on is not None:
        cells |= {"assured_date": outcome.confirmed_on.isoformat(), "verified_by": "edit"}
    try:
        record = RECORDS[subject].from_cells(cells)
        if isinstance(record, ServiceRecord):
            area_rows(record, read_areas(database))
    except ValidationError as error:
        raise InvalidEditError(before["slug"], dict(refusals(subject, error))) from None
    except UnknownPlaceError as error:
        problem = f"lieu inconnu : {error.slug}"
        raise InvalidEditError(before["slug"], {"place": problem}) from None
    _check_links(database, record)
    return record


def _check_links(database: Database, becomes: Record) -> None:
    slug = str(getattr(becomes, "slug", ""))
    for name, model in (("organization", Organization), ("service", Service)):
        wanted = getattr(becomes, name, None)
        if wanted and not database.execute(select(model.slug).where(model.slug == wanted)).first():
            raise InvalidEditError(slug, {name: "aucune fiche n'a cet identifiant"})


def write(database: Database, edit: Any, old: Record, new: Record, by: By) -> tuple[str, ...]:
    """Write what differs; return the names of the fields, those of the confirmation included."""
    match old, new:
        case OrganizationRecord(), OrganizationRecord():
            organizations = _compared(edit, old, new)
            write_organizations(database, organizations, by.at, by=by.who)
            changes = [change for change, _ in organizations]
        case ServiceRecord(), ServiceRecord():
            services = _compared(edit, old, new)
            write_services(database, services, read_areas(database), by.at, by=by.who)
            changes = [change for change, _ in services]
        case PhoneRecord(), PhoneRecord():
            phones = _compared(edit, old, new)
            write_phones(database, phones, by.at, by=by.who)
            changes = [change for change, _ in phones]
        case _:
            raise InvalidEditError(edit.slug, {"subject": "une autre sorte de fiche"})
    fields = [name for change in changes for name in change.fields]
    if any(change.withdraws_verification for change in changes):
        fields.append("assured_date")
    if edit.confirmed_on is not None:
        if not changes:
            begin_change(database, edit.subject, [edit.slug], now=by.at, by=by.who)
        _confirm(database, edit)
        fields += ["assured_date", "verified_by"]
    return tuple(fields)


def _compared[R: (OrganizationRecord, ServiceRecord, PhoneRecord)](
    edit: Any, old: R, new: R
) -> list[tuple[Any, R]]:
    found = compare(edit.subject, {edit.slug: old}, [new])
    if edit.confirmed_on is None:
        return found
    # Somebody called and was told so: the entry stays confirmed, with the new day.
    return [(replace(change, withdraws_verification=False), record) for change, record in found]


def _confirm(database: Database, edit: Any) -> None:
    model = MODELS[edit.subject]
    values = {
        "assured_date": edit.confirmed_on,
        "verified_by": edit.proposed_by[:_LONGEST_NAME],
        "last_tried": edit.confirmed_on,
        "tries": 0,
    }
    database.execute(update(model).where(model.slug == edit.slug).values(**values))
