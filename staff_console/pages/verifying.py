"""The verification queue, the approvals, and what users report."""

from collections.abc import Sequence
from datetime import datetime

from starlette.responses import Response

from referral_directory import edits
from referral_directory.import_holds import approve_all
from referral_directory.reports import reported
from referral_directory.verification_queue import (
    is_closed,
    no_answer,
    still_right,
)
from referral_directory.versions import Seen
from referral_directory.waiting import Heap, imported_edits, part_of_import, single_edits
from staff_console.directory import in_french, names_of_edits
from staff_console.errors import RefusedError, UnknownRecordError
from staff_console.queue import see_queue
from staff_console.visit import Page, Visit
from storage.actors import Role

_QUEUE = "/verification"
_MOST_SKIPPED = 40
_SINGLE, _OF_AN_IMPORT = 50, 20
"""How many edits a page shows: of those that stand alone, and of an import beside others."""


def _skipped(text: str) -> list[tuple[str, str]]:
    """Return what the person put off: it stands in the address, and nowhere else."""
    pairs = [each.partition(":") for each in text.split(",") if each][-_MOST_SKIPPED:]
    return [(subject, slug) for subject, _, slug in pairs]


async def _show(visit: Visit) -> Response:
    later = visit.request.query_params.get("apres", "")[:2000]
    queue = await visit.read(see_queue, visit.actor, visit.now, skipping=_skipped(later))
    entry = queue.entry
    here = f"{entry.subject}:{entry.slug}" if entry is not None else ""
    return visit.page(
        "queue.html",
        entry=entry,
        queue=queue,
        later=later,
        skip=",".join(filter(None, (later, here))),
    )


async def _answer(visit: Visit) -> Response:
    later = visit.text("apres", 2000)
    back = f"{_QUEUE}?apres={later}" if later else _QUEUE
    with in_french():
        seen = Seen(visit.text("subject"), visit.text("slug"), visit.number("version"))
        match visit.text("do"):
            case "right":
                await visit.write(still_right, visit.actor, seen, visit.now)
                return visit.go(back, "Confirmé aujourd'hui.")
            case "silent":
                tries = await visit.write(no_answer, visit.actor, seen, visit.now)
                more = "revient dans 2 jours" if tries < 3 else "à chercher autrement"  # noqa: PLR2004  # as the queue says
                return visit.go(back, f"Sans réponse, essai {tries} : {more}.")
            case "closed":
                await visit.write(is_closed, visit.actor, seen, visit.now)
                return visit.go(back, "Fermé : le public ne le voit plus.")
            case _:
                raise RefusedError("Cette action n'existe pas.")


async def _approvals(visit: Visit) -> Response:
    one = _moment(visit.asked("import"))
    if one is not None:
        return await _of_import(visit, one)
    start = visit.place("depuis") or 0
    single = await visit.read(single_edits, visit.actor, _SINGLE, start)
    imports = await visit.read(imported_edits, visit.actor, _OF_AN_IMPORT)
    return await _waiting(visit, single, imports)


async def _of_import(visit: Visit, at: datetime) -> Response:
    start = visit.place("depuis") or 0
    heap = await visit.read(part_of_import, visit.actor, at, _SINGLE, start)
    if heap is None:
        raise UnknownRecordError
    return await _waiting(visit, None, [heap])


async def _waiting(visit: Visit, single: Heap | None, imports: Sequence[Heap]) -> Response:
    heaps = [*([single] if single else []), *imports]
    names = await visit.read(names_of_edits, [edit for heap in heaps for edit in heap.edits])
    return visit.page(
        "approvals.html",
        names=names,
        single=single,
        imports=imports,
        may_decide=visit.actor.may(Role.APPROVER),
        single_staff=visit.console.single_staff,
    )


def _moment(text: str) -> datetime | None:
    """Return the moment that names an import; `None` for what names none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


async def _approve_import(visit: Visit) -> Response:
    at = _moment(visit.text("at", 40))
    if at is None:
        raise UnknownRecordError
    alone = visit.console.single_staff
    with in_french():
        done = await visit.write(approve_all, visit.actor, at, visit.now, single_staff=alone)
    return visit.go("/validations", f"Validé : {done} fiches, le public les voit.")


async def _approval(visit: Visit) -> Response:
    return await _proposal(visit)


async def _proposal(visit: Visit, mistake: RefusedError | None = None) -> Response:
    """Show a proposal; after a mistake with the reason that was typed."""
    try:
        edit = await visit.read(edits.edit_of, visit.actor, visit.path("number"))
    except LookupError:
        return await _approvals(visit)
    names = await visit.read(names_of_edits, [edit])
    mine = edit.proposed_by == visit.actor.name
    return visit.page(
        "approval.html",
        mistake=mistake,
        typed=visit.typed(["reason"]) if mistake is not None else {},
        names=names,
        edit=edit,
        is_open=edit.state.value == "open",
        may_decide=visit.actor.may(Role.APPROVER) and (not mine or visit.console.single_staff),
        may_withdraw=mine or visit.actor.may(Role.ADMINISTRATOR),
        single_staff=visit.console.single_staff,
    )


async def _decide(visit: Visit) -> Response:
    try:
        return await _decided(visit)
    except RefusedError as error:
        return await _proposal(visit, error)


async def _decided(visit: Visit) -> Response:
    number = visit.path("number")
    with in_french():
        match visit.text("do"):
            case "approve":
                alone = visit.console.single_staff
                await visit.write(edits.approve, visit.actor, number, visit.now, single_staff=alone)
                return visit.go("/validations", "Validé : le public le voit.")
            case "reject":
                reason = visit.text("reason")
                if not reason:
                    raise RefusedError("Donnez le motif, pour la personne qui propose.", "reason")
                await visit.write(edits.reject, visit.actor, number, reason, visit.now)
                return visit.go("/validations", "Refusé.")
            case "withdraw":
                await visit.write(edits.withdraw, visit.actor, number, visit.now)
                return visit.go("/validations", "Proposition retirée.")
            case _:
                raise RefusedError("Cette action n'existe pas.")


async def _reports(visit: Visit) -> Response:
    found = await visit.read(reported, visit.actor, visit.now)
    return visit.page("reports.html", reports=found)


PAGES = (
    Page(path=_QUEUE, show=_show, act=_answer, role=Role.EDITOR, menu="Vérifier"),
    Page(
        path="/validations",
        show=_approvals,
        act=_approve_import,
        role=Role.EDITOR,
        menu="Valider",
    ),
    Page(path="/validations/{number:int}", show=_approval, act=_decide, role=Role.EDITOR),
    Page(path="/signalements", show=_reports, role=Role.READER, menu="Signalements"),
)
