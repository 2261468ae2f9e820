"""The staff console's pages over 10,000 services, as a signed-in member of staff asks for them.

What is timed is the whole application in this process, from the request to the last byte: session,
role, queries, template, headers. The network is not in it. The baseline is a directory of a tenth.
"""

import time

from benchmarks.both_databases import both_databases
from benchmarks.lab import SECRET, Lab
from benchmarks.made_up_directory import fill
from benchmarks.report import Report, Row, ms, share
from bot import footprint
from storage.actors import Role
from storage.keys import Keyring
from tests.staff_console.world import Browser, World

SIZES = (1_000, 10_000)
VISITS = 40
_WARM = 3
_TARGET = 0.150
_SLOW_TARGET = 0.300
_PAGES = {
    "list, first page": "/annuaire",
    "today": "/",
    "verification queue": "/verification",
}
_SLOW_PAGES = {"quality, all findings": "/qualite"}
_SLOW_VISITS = 5


async def run(lab: Lab) -> Report:
    """Measure on SQLite, and on PostgreSQL where its programs are installed."""
    notes = [
        (
            f"{VISITS} visits of each page, one after the other; a number for each of the services."
            " The services are made up, all are due or nearly so: the queue is at its longest."
        ),
        f"Quality looks through the whole directory on purpose ({_SLOW_VISITS} visits).",
    ]
    found: dict[tuple[str, str, int], float] = {}
    async with both_databases(lab, notes) as addresses:
        for database, address in addresses.items():
            for page, size, took in await _measure(address):
                found[database, page, size] = took
    pages = (*_PAGES, *_SLOW_PAGES)
    rows = [
        _row(found, database, page, size)
        for database in addresses
        for page in pages
        for size in SIZES
    ]
    return Report("Console: pages as the directory grows", rows, notes)


def _row(found: dict[tuple[str, str, int], float], database: str, page: str, size: int) -> Row:
    took, first = found[database, page, size], found[database, page, SIZES[0]]
    is_asked = size == SIZES[-1]
    target = _TARGET if page in _PAGES else _SLOW_TARGET
    return Row(
        what=f"{database}, {size:,} services, {page}, p95",
        ours=ms(took),
        baseline="" if size == SIZES[0] else f"{ms(first)} at {SIZES[0]:,}",
        ratio=None if size == SIZES[0] else took / first,
        target=f"< {ms(target)}" if is_asked else "",
        met=took < target if is_asked else None,
    )


async def _measure(address: str) -> list[tuple[str, int, float]]:
    found = []
    held = 0
    for size in SIZES:
        world = World(address, Keyring(SECRET))
        try:
            await world.store.write(fill, held, size)
            held = size
            footprint.settle()  # as `jigi console` does once it is loaded
            who = f"bench-{size}@example.org"
            async with world.browser(Role.EDITOR, Role.APPROVER, email=who) as browser:
                for page, path in (_PAGES | _SLOW_PAGES).items():
                    visits = VISITS if page in _PAGES else _SLOW_VISITS
                    found.append((page, size, share(await _visit(browser, path, visits), 95)))
        finally:
            await world.store.close()
    return found


async def _visit(browser: Browser, path: str, visits: int) -> list[float]:
    waits = []
    for number in range(visits + _WARM):
        began = time.perf_counter()
        answer = await browser.get(path)
        if number >= _WARM:
            waits.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text[:300]
    return waits
