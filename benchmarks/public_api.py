"""Pages of the HSDS API over 10,000 services, as another directory asks for them.

What is timed is the whole application in this process, from the request to the last byte; the
network is not in it. The baseline is a directory of a tenth.
"""

import time
from datetime import datetime

import httpx
from starlette.applications import Starlette

from benchmarks.both_databases import both_databases
from benchmarks.lab import Lab
from benchmarks.made_up_directory import NOW, growing_directories
from benchmarks.report import Report, Row, ms, share
from bot.adapters.public_catalogue import DirectoryCatalogue
from bot.public_api.app import Limits, PublicApi

SIZES = (1_000, 10_000)
VISITS = 40
_WARM = 3
_MANY = "1000000/minute"
_PAGES = {
    "first page of 50": "/hsds/services?per_page=50",
    "page in the middle": "/hsds/services?per_page=50&page=8",
    "full, first page of 50": "/hsds/services?per_page=50&full=true",
}


class _Clock:
    """The day for which the directory was made up."""

    def now(self) -> datetime:
        """Return it."""
        return NOW


async def run(lab: Lab) -> Report:
    """Measure on SQLite, and on PostgreSQL where its programs are installed."""
    notes = [f"{VISITS} visits of each, one after the other; the services are made up."]
    found: dict[tuple[str, str, int], float] = {}
    async with both_databases(lab, notes) as addresses:
        for database, address in addresses.items():
            for page, size, took in await _measure(address):
                found[database, page, size] = took
    rows = [
        _row(found, database, page, size)
        for database in addresses
        for page in _PAGES
        for size in SIZES
    ]
    return Report("HSDS API: pages of services as the directory grows", rows, notes)


def _row(found: dict[tuple[str, str, int], float], database: str, page: str, size: int) -> Row:
    took, first = found[database, page, size], found[database, page, SIZES[0]]
    is_first = size == SIZES[0]
    return Row(
        what=f"{database}, {size:,} services, {page}, p95",
        ours=ms(took),
        baseline="" if is_first else f"{ms(first)} at {SIZES[0]:,}",
        ratio=None if is_first else took / first,
    )


async def _measure(address: str) -> list[tuple[str, int, float]]:
    found = []
    async for size, directory in growing_directories(address, SIZES):
        catalogue = DirectoryCatalogue(directory.read_only)
        api = PublicApi(catalogue, _Clock(), "Jigi", Limits(_MANY, _MANY))
        transport = httpx.ASGITransport(Starlette(routes=api.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://jigi") as client:
            for page, address_of_page in _PAGES.items():
                waits = await _visit(client, address_of_page)
                found.append((page, size, share(waits, 95)))
    return found


async def _visit(client: httpx.AsyncClient, page: str) -> list[float]:
    waits = []
    for number in range(VISITS + _WARM):
        began = time.perf_counter()
        answer = await client.get(page)
        if number >= _WARM:
            waits.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text[:300]
        assert len(answer.json()["contents"]) == 50
    return waits
