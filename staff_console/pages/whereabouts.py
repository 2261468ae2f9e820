"""Where restricted services are: one page, for approvers, each showing of which is on record.

The form that comes back after a mistake or after somebody else's saving shows what the form itself
shows, so it is entered in the audit log as a reading too.
"""

import math
from collections.abc import Mapping

from sqlalchemy import Connection
from starlette.responses import Response

from referral_directory.confidential import Whereabouts, write_whereabouts
from referral_directory.hours import UnreadableHoursError, parse_hours
from referral_directory.versions import UnknownEntryError
from staff_console import directory
from staff_console.directory import in_french
from staff_console.errors import ChangedMeanwhileError, RefusedError
from staff_console.three_way import Reconciled, opened, reconcile
from staff_console.visit import Page, Visit
from storage.actors import Role

_LABELS: Mapping[str, str] = {
    "place": "localité",
    "address": "adresse",
    "latitude": "latitude",
    "longitude": "longitude",
    "hours": "horaires",
    "note": "note interne",
}
_LONGEST = {"place": 60, "address": 200}
_LONGEST_NOTE = 1000
_BOUNDS = {"latitude": 90, "longitude": 180}


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _write(visit: Visit) -> Response:
    slug = str(visit.path("slug"))
    try:
        where, version = _read(visit), visit.number("version")
        with in_french():
            await visit.write(_put, visit, slug, version, where)
    except RefusedError as error:
        return await _page(visit, error)
    return visit.go(f"/annuaire/service/{slug}", "Enregistré.")


def _put(connection: Connection, visit: Visit, slug: str, version: int, where: Whereabouts) -> None:
    try:
        write_whereabouts(
            connection, visit.actor, slug, version=version, where=where, now=visit.now
        )
    except UnknownEntryError as error:
        if error.entry_id != where.place:
            raise
        raise RefusedError("Cette localité n'est pas dans la liste des lieux.", "place") from None


async def _page(visit: Visit, mistake: RefusedError | None = None) -> Response:
    """Show the form, filled from what there is, or with what was typed."""
    # The reading is entered in the audit log, so it is a transaction that writes.
    slug = str(visit.path("slug"))
    found, version = await visit.write(directory.whereabouts_of, visit.actor, slug, visit.now)
    now = _filled(found)
    fields, before, seen = now, now, str(version)
    reconciled: Reconciled | None = None
    if isinstance(mistake, ChangedMeanwhileError):
        reconciled = reconcile(opened(visit, _LABELS), visit.typed(_LABELS), now)
        fields = dict(reconciled.fields)
    elif mistake is not None:
        # What was typed stays, and so does the version it was typed over.
        fields = dict.fromkeys(_LABELS, "") | visit.typed(_LABELS)
        before = opened(visit, _LABELS)
        seen = visit.text("version", 20)
    return visit.page(
        "whereabouts.html",
        mistake=mistake,
        slug=slug,
        numbers=found.numbers,
        fields=fields,
        before=before,
        version=seen,
        reconciled=reconciled,
        labels=_LABELS,
    )


def _filled(found: Whereabouts) -> dict[str, str]:
    return {
        "place": found.place or "",
        "address": found.address or "",
        "latitude": _text_of(found.latitude),
        "longitude": _text_of(found.longitude),
        "hours": found.hours_text,
        "note": found.note or "",
    }


def _text_of(degrees: float | None) -> str:
    return "" if degrees is None else str(degrees)


def _read(visit: Visit) -> Whereabouts:
    sent = {name: visit.text(name, _LONGEST.get(name, _LONGEST_NOTE)) or None for name in _LABELS}
    latitude, longitude = (_degrees(name, sent[name]) for name in _BOUNDS)
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        raise RefusedError("Latitude et longitude vont ensemble.", missing)
    if sent["place"] is None and (sent["address"] or latitude is not None):
        raise RefusedError("Sans localité, le reste du lieu ne serait pas gardé.", "place")
    try:
        hours = parse_hours(sent["hours"] or "")
    except UnreadableHoursError:
        raise RefusedError(
            "Les horaires ne se lisent pas : « lun-ven 08:00-17:00 ».", "hours"
        ) from None
    return Whereabouts(sent["place"], sent["address"], latitude, longitude, hours, sent["note"])


def _degrees(name: str, text: str | None) -> float | None:
    try:
        value = float(text.replace(",", ".")) if text else None
    except ValueError:
        value = math.nan
    if value is not None and not abs(value) <= _BOUNDS[name]:
        raise RefusedError("Les coordonnées sont des nombres : 14.4843.", name)
    return value


PAGES = (Page(path="/annuaire/service/{slug}/lieu", show=_show, act=_write, role=Role.APPROVER),)
