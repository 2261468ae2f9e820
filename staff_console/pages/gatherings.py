"""Gatherings: entered, changed, copied, published, called off."""

from collections.abc import Mapping

from starlette.responses import Response

from event_registration.exporting import Format
from event_registration.schemas import Gathering
from event_registration.vocabulary import GatheringKind, GatheringState
from event_registration.vocabulary import RegistrationState as State
from staff_console.errors import ChangedMeanwhileError, RefusedError
from staff_console.events import Events, fingerprint
from staff_console.gathering_form import (
    FIELDS,
    LABELS,
    filled,
    read_gathering,
    read_moment,
    sent,
    suggested,
)
from staff_console.three_way import Reconciled, opened, reconcile
from staff_console.visit import Page, Visit
from storage.actors import Role

_MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_TYPED = ("code", "starts_at", "reason", "form")
"""What is typed on a gathering's own page."""


def events_of(visit: Visit) -> Events:
    """Return the desk for who makes the visit."""
    return Events(visit.console.desk, visit.actor, visit.now)


async def _list(visit: Visit) -> Response:
    found = await visit.read(events_of(visit).all)
    return visit.page("gatherings.html", gatherings=found)


async def _new(visit: Visit) -> Response:
    return _form(visit, suggested(visit.now), None)


async def _add(visit: Visit) -> Response:
    try:
        added = await visit.write(events_of(visit).add, read_gathering(visit, None))
    except RefusedError as error:
        return _form(visit, sent(visit), None, error)
    return visit.go(f"/rencontres/{added.id}", "Brouillon enregistré. Relisez, puis publiez.")


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _page(visit: Visit, mistake: RefusedError | None = None) -> Response:
    """Show a gathering; after a mistake with what was typed into its forms."""
    seen = await visit.read(events_of(visit).overview, visit.path("number"))
    return visit.page(
        "gathering.html",
        mistake=mistake,
        typed=visit.typed(_TYPED) if mistake is not None else {},
        seen=seen,
        gathering=seen.gathering,
        is_draft=seen.gathering.state is GatheringState.DRAFT,
        is_cancelled=seen.gathering.state is GatheringState.CANCELLED,
        states=[state for state in State if seen.counts[state]],
    )


async def _act(visit: Visit) -> Response:
    try:
        return await _do(visit)
    except RefusedError as error:
        return await _page(visit, error)


async def _do(visit: Visit) -> Response:
    number, events = visit.path("number"), events_of(visit)
    here = f"/rencontres/{number}"
    match visit.text("do"):
        case "publish":
            await visit.write(events.publish, number)
            return visit.go(here, "Publiée.")
        case "cancel":
            if visit.text("sure") != "oui":
                raise RefusedError("Cochez la case pour annuler la rencontre.", "sure")
            await visit.write(events.cancel, number)
            return visit.go(here, "Annulée. Les inscrits sont prévenus.")
        case "copy":
            starts_at = read_moment(visit, "starts_at")
            copied = await visit.write(events.copy, number, visit.text("code", 20), starts_at)
            return visit.go(f"/rencontres/{copied.id}", "Copiée en brouillon.")
        case _:
            raise RefusedError("Cette action n'existe pas.")


async def _edit(visit: Visit) -> Response:
    gathering = await visit.read(events_of(visit).get, visit.path("number"))
    return _form(visit, filled(gathering), gathering)


async def _change(visit: Visit) -> Response:
    number, events = visit.path("number"), events_of(visit)
    old = await visit.read(events.get, number)
    try:
        changed = read_gathering(visit, old)
        given = await visit.write(events.change, number, changed, visit.text("seen"))
    except ChangedMeanwhileError as error:
        # Once more: somebody may have saved after `old` was read.
        now = await visit.read(events.get, number)
        found = reconcile(opened(visit, FIELDS), sent(visit), filled(now))
        return _form(visit, found.fields, now, error, found)
    except RefusedError as error:
        # What was typed stays, and so does what it was typed over.
        return _form(visit, sent(visit), old, error)
    more = f" {given} inscriptions en attente ont reçu une place." if given else ""
    return visit.go(f"/rencontres/{number}", f"Enregistrée.{more}")


def _form(
    visit: Visit,
    fields: Mapping[str, str],
    old: Gathering | None,
    mistake: RefusedError | None = None,
    reconciled: Reconciled | None = None,
) -> Response:
    before = filled(old) if old is not None else {}
    seen = fingerprint(old) if old is not None else ""
    if mistake is not None and reconciled is None:
        # A mistake in the form: it still was opened over what stood there then.
        before, seen = opened(visit, FIELDS), visit.text("seen")
    return visit.page(
        "gathering_form.html",
        mistake=mistake,
        fields=fields,
        gathering=old,
        seen=seen,
        before=before,
        reconciled=reconciled,
        labels=LABELS,
        words={"needs_approval": {"oui": "oui", "": "non"}},
        kinds=list(GatheringKind),
    )


async def _export(visit: Visit) -> Response:
    number = visit.path("number")
    form = Format.XLSX if visit.text("form") == Format.XLSX.value else Format.CSV
    events = events_of(visit)
    gathering = await visit.read(events.get, number)
    try:
        content = await visit.write(events.export, number, form, visit.text("reason"))
    except RefusedError as error:
        return await _page(visit, error)
    return _file(content, _MEDIA[form], f"{gathering.code}.{form.value}")


async def _door_list(visit: Visit) -> Response:
    events = events_of(visit)
    gathering = await visit.read(events.get, visit.path("number"))
    content = await visit.write(events.door_list, gathering.id)
    return _file(content, "application/pdf", f"{gathering.code}-accueil.pdf")


def _file(content: bytes, media: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


async def _messages(visit: Visit) -> Response:
    events, number = events_of(visit), visit.path("number")
    gathering = await visit.read(events.get, number)
    reports = await visit.read(events.messages, number)
    return visit.page("gathering_messages.html", gathering=gathering, reports=reports[:200])


PAGES = (
    Page(path="/rencontres", show=_list, role=Role.EVENTS, menu="Rencontres"),
    Page(path="/rencontres/nouvelle", show=_new, act=_add, role=Role.EVENTS),
    Page(path="/rencontres/{number:int}", show=_show, act=_act, role=Role.EVENTS),
    Page(path="/rencontres/{number:int}/modifier", show=_edit, act=_change, role=Role.EVENTS),
    Page(path="/rencontres/{number:int}/export", act=_export, role=Role.EVENTS),
    Page(path="/rencontres/{number:int}/liste", act=_door_list, role=Role.EVENTS),
    Page(path="/rencontres/{number:int}/messages", show=_messages, role=Role.EVENTS),
)
