"""Gaps with their map, and the list of entries to mend."""

import gzip

from starlette.responses import Response

from referral_directory.gaps import Cover
from referral_directory.quality import FINDING_LABELS
from referral_directory.vocabulary import Need
from staff_console.mending import draw_gaps, names_of_gaps, read_flaws, read_gaps
from staff_console.visit import Page, Visit
from storage.actors import Role


async def _gaps(visit: Visit) -> Response:
    gaps = await visit.read(read_gaps, visit.actor, visit.now)
    names = await visit.read(names_of_gaps, gaps)
    not_found = [each for each in gaps.asked if not each.is_found]
    return visit.page(
        "gaps.html", gaps=gaps, needs=list(Need), none=Cover.NONE, not_found=not_found, names=names
    )


async def _map(visit: Visit) -> Response:
    drawn = await visit.read(draw_gaps, visit.actor, visit.now)
    if "gzip" not in visit.request.headers.get("accept-encoding", ""):
        return Response(drawn, media_type="image/svg+xml")
    # Nothing of a person and no token is in it, so it may be compressed: 80 KB become 20.
    headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Response(gzip.compress(drawn.encode()), media_type="image/svg+xml", headers=headers)


async def _flaws(visit: Visit) -> Response:
    flaws, names = await visit.read(read_flaws, visit.actor)
    return visit.page("flaws.html", flaws=flaws, names=names, labels=FINDING_LABELS)


PAGES = (
    Page(path="/manques", show=_gaps, role=Role.READER, menu="Manques"),
    Page(path="/manques/carte.svg", show=_map, role=Role.READER),
    Page(path="/qualite", show=_flaws, role=Role.EDITOR, menu="Qualité"),
)
