"""Requests for training, and focal points."""

from starlette.responses import Response

from staff_console.errors import ChangedMeanwhileError, RefusedError
from staff_console.focal_points import read_focal_points, replace_focal_points, seen_of
from staff_console.names import read_names
from staff_console.training import read_requests
from staff_console.visit import Page, Visit
from storage.actors import Role


async def _training(visit: Visit) -> Response:
    # The reading is entered in the audit log, so it is a transaction that writes.
    found = await visit.write(read_requests, visit.console.training, visit.actor, visit.now)
    names = await visit.read(read_names, places=[each.region for each in found])
    return visit.page("training.html", requests=found, names=names)


async def _focal_points(visit: Visit) -> Response:
    found = await visit.read(read_focal_points, visit.actor)
    return visit.page("focal_points.html", points=found, seen=seen_of(found), problem="", theirs="")


async def _replace(visit: Visit) -> Response:
    rows = visit.text("rows", 60_000)
    try:
        count = await visit.write(
            replace_focal_points, visit.actor, rows.splitlines(), visit.text("seen"), visit.now
        )
    except ChangedMeanwhileError as error:
        # Their list stands under the form, what was typed in it: somebody has to put them together.
        now = await visit.read(read_focal_points, visit.actor)
        return visit.page(
            "focal_points.html",
            error.status,
            points=rows,
            seen=seen_of(now),
            problem=error.sentence,
            theirs=now,
        )
    except RefusedError as error:
        return visit.page(
            "focal_points.html",
            error.status,
            points=rows,
            seen=visit.text("seen"),
            problem=error.sentence,
            theirs="",
        )
    return visit.go("/points-focaux", f"{count} points focaux enregistrés.")


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
