"""What is to be done today."""

from starlette.responses import Response

from staff_console.dashboard import see_today
from staff_console.visit import Page, Visit
from storage.actors import Role


async def _show(visit: Visit) -> Response:
    seen = await visit.read(see_today, visit.console, visit.actor, visit.now)
    return visit.page("today.html", seen=seen)


PAGES = (Page(path="/", show=_show, role=Role.READER, menu="Aujourd'hui"),)
