"""Where services are missing, and which entries need mending, for staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from referral_directory.gap_map import draw_svg
from referral_directory.gaps import Gaps, find_gaps
from referral_directory.quality import Finding, FlawsOfAKind, first_flaws
from referral_directory.reports import missing
from referral_directory.vocabulary import Need
from staff_console.dates import day_of
from staff_console.names import Names, read_names
from storage.actors import Actor, Role, require

MOST_OF_A_KIND = 100


def read_gaps(connection: Connection, actor: Actor, now: datetime) -> Gaps:
    """Return where no verified service stands, with what was asked for and missed there."""
    require(actor, Role.READER)
    return find_gaps(connection, now, missing(connection, actor, now))


def draw_gaps(
    connection: Connection, actor: Actor, now: datetime, needs: Sequence[Need] = tuple(Need)
) -> str:
    """Return the maps of gaps as SVG, one for each need that is asked for."""
    return draw_svg(read_gaps(connection, actor, now), day_of(now), needs)


@dataclass(frozen=True, slots=True)
class Alike:
    """Cercles of a region that lack the same, in one line of the table.

    Attributes:
        cercles: Their names.
        missing: What no verified service answers there.
    """

    region: str
    cercles: Sequence[str]
    missing: Sequence[Need]


def table_of(gaps: Gaps, needs: Sequence[Need]) -> list[Alike]:
    """Return the table of gaps, region by region; what is alike in a region stands together."""
    lines: dict[tuple[str, tuple[Need, ...]], list[str]] = {}
    for row in gaps.rows:
        missing = tuple(need for need in row.missing if need in needs)
        lines.setdefault((row.region_name, missing), []).append(row.name)
    regions = list(dict.fromkeys(row.region_name for row in gaps.rows))
    found = [Alike(region, cercles, missing) for (region, missing), cercles in lines.items()]
    return sorted(found, key=lambda each: (regions.index(each.region), -len(each.missing)))


def read_flaws(
    connection: Connection, actor: Actor
) -> tuple[Mapping[Finding, FlawsOfAKind], Names]:
    """Return what needs mending, kind by kind, the most urgent first, with the entries' names."""
    require(actor, Role.EDITOR)
    flaws = first_flaws(connection, MOST_OF_A_KIND)
    shown = [flaw for kind in flaws.values() for flaw in kind.first]
    entries = [(flaw.subject, slug) for flaw in shown for slug in (flaw.slug, *flaw.others)]
    return flaws, read_names(connection, entries)


def names_of_gaps(connection: Connection, gaps: Gaps) -> Names:
    """Return the names of the places where something was asked for or missed."""
    asked = [each.region for each in gaps.asked]
    return read_names(connection, places=[*asked, *(place for _, place in gaps.missed)])
