"""Gaps with their map, and the list of entries to mend."""

import gzip

from starlette.responses import Response

from referral_directory.quality import FINDING_LABELS
from referral_directory.vocabulary import Need
from staff_console.mending import draw_gaps, names_of_gaps, read_flaws, read_gaps, table_of
from staff_console.visit import Page, Visit
from storage.actors import Role


def _needs(visit: Visit) -> tuple[Need, ...]:
    """Return the need that is asked for; all of them where it is none."""
    asked = visit.asked("besoin")
    return (Need(asked),) if asked in set(Need) else tuple(Need)


async def _gaps(visit: Visit) -> Response:
    needs = _needs(visit)
    gaps = await visit.read(read_gaps, visit.actor, visit.now)
    names = await visit.read(names_of_gaps, gaps)
    not_found = [each for each in gaps.asked if not each.is_found]
    return visit.page(
        "gaps.html",
        gaps=gaps,
        all_needs=tuple(Need),
        needs=needs,
        lines=table_of(gaps, needs),
        not_found=[each for each in not_found if each.need in needs],
        missed={key: count for key, count in gaps.missed.items() if key[0] in needs},
        names=names,
    )


async def _map(visit: Visit) -> Response:
    drawn = await visit.read(draw_gaps, visit.actor, visit.now, _needs(visit))
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
