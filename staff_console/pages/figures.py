"""Figures with charts, and the outbox."""

from starlette.responses import Response

from staff_console.figures import read_figures, read_outbox
from staff_console.visit import Page, Visit
from storage.actors import Role


async def _figures(visit: Visit) -> Response:
    weeks = await visit.read(read_figures, visit.actor, visit.now)
    return visit.page("figures.html", weeks=weeks)


async def _outbox(visit: Visit) -> Response:
    found = await visit.read(read_outbox, visit.actor)
    return visit.page("outbox.html", outbox=found)


PAGES = (
    Page(path="/chiffres", show=_figures, role=Role.READER, menu="Chiffres"),
    Page(path="/envois", show=_outbox, role=Role.READER, menu="Envois"),
)
