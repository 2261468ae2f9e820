"""Requests for training, and focal points."""

from starlette.responses import Response

from staff_console.errors import ChangedMeanwhileError, RefusedError, UnknownRecordError
from staff_console.focal_points import (
    erase_former,
    of_lines,
    read_focal_points,
    read_former,
    reconcile_lines,
    replace_focal_points,
    restore_former,
    seen_of,
)
from staff_console.names import read_names
from staff_console.three_way import Reconciled
from staff_console.training import read_requests
from staff_console.visit import Page, Visit
from storage.actors import Role

_LONGEST_LIST = 60_000


async def _training(visit: Visit) -> Response:
    # The reading is entered in the audit log, so it is a transaction that writes.
    found = await visit.write(read_requests, visit.console.training, visit.actor, visit.now)
    names = await visit.read(read_names, places=[each.region for each in found])
    return visit.page("training.html", requests=found, names=names)


async def _focal_points(visit: Visit) -> Response:
    return await _list(visit)


async def _list(visit: Visit, mistake: RefusedError | None = None) -> Response:
    """Show the list, or what was typed in its place."""
    now = await visit.read(read_focal_points, visit.actor)
    former = await visit.read(read_former, visit.actor, visit.now)
    rows, before, seen = now, now, seen_of(now)
    reconciled: Reconciled | None = None
    typed = visit.typed(["rows", "was.rows"])
    if "rows" in typed and isinstance(mistake, ChangedMeanwhileError):
        reconciled = reconcile_lines(typed.get("was.rows", now), typed["rows"], now)
        rows = of_lines(reconciled.fields)
    elif "rows" in typed:
        # What was typed stays, and so does what it was typed over.
        rows, before, seen = typed["rows"], typed.get("was.rows", now), visit.text("seen")
    return visit.page(
        "focal_points.html",
        mistake=mistake,
        points=rows,
        before=before,
        seen=seen,
        reconciled=reconciled,
        theirs=now if reconciled is not None else "",
        former=former,
        present=seen_of(now),
    )


async def _replace(visit: Visit) -> Response:
    number = visit.number("former") if visit.text("do") else 0
    seen = visit.text("seen")
    try:
        match visit.text("do"):
            case "restore":
                count = await visit.write(restore_former, visit.actor, number, seen, visit.now)
                said = f"{count} points focaux repris. La liste d'avant peut l'être à son tour."
            case "erase":
                await visit.write(erase_former, visit.actor, number, visit.now)
                said = "Ancienne liste effacée."
            case _:
                rows = visit.text("rows", _LONGEST_LIST).splitlines()
                count = await visit.write(replace_focal_points, visit.actor, rows, seen, visit.now)
                said = f"{count} points focaux enregistrés. La liste d'avant est gardée 30 jours."
    except UnknownRecordError:
        raise
    except RefusedError as error:
        return await _list(visit, error)
    return visit.go("/points-focaux", said)


PAGES = (
    Page(path="/formations", show=_training, role=Role.EVENTS, menu="Formations"),
    Page(
        path="/points-focaux",
        show=_focal_points,
        act=_replace,
        role=Role.EVENTS,
        menu="Points focaux",
    ),
)
