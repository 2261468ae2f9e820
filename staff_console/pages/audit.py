"""The audit trail."""

from datetime import date

from starlette.responses import Response

from staff_console.trail import read_trail
from staff_console.trail_words import DEEDS
from staff_console.visit import Page, Visit
from storage.actors import Role

_FILTERS = ("qui", "quoi", "fiche", "du", "au")


async def _show(visit: Visit) -> Response:
    before = visit.place("avant")
    wanted = {name: visit.asked(name).strip() for name in _FILTERS}
    trail = await visit.read(
        read_trail,
        visit.actor,
        who=wanted["qui"],
        tag=wanted["quoi"],
        record_id=wanted["fiche"],
        since=_day(wanted["du"]),
        until=_day(wanted["au"]),
        before=before,
    )
    deeds = sorted(DEEDS, key=lambda tag: DEEDS[tag])
    return visit.page("audit.html", trail=trail, wanted=wanted, deeds=deeds, newest=before is None)


def _day(text: str) -> date | None:
    """Return a day of the address; an unreadable one narrows nothing down."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


PAGES = (Page(path="/journal", show=_show, role=Role.ADMINISTRATOR, menu="Journal"),)
