"""The audit trail."""

from starlette.responses import Response

from staff_console.trail import read_trail
from staff_console.visit import Page, Visit
from storage.actors import Role


async def _show(visit: Visit) -> Response:
    before = visit.asked("avant")
    wanted = {name: visit.asked(name).strip() for name in ("qui", "quoi", "fiche")}
    trail = await visit.read(
        read_trail,
        visit.actor,
        who=wanted["qui"],
        tag=wanted["quoi"],
        record_id=wanted["fiche"],
        before=int(before) if before.isdecimal() else None,
    )
    return visit.page("audit.html", trail=trail, wanted=wanted)


PAGES = (Page(path="/journal", show=_show, role=Role.ADMINISTRATOR, menu="Journal"),)
