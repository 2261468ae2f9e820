"""The two databases on which a bench measures, each with the starter directory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.lab import Lab, prepare
from tests.postgres import find_programs, running_postgres


@asynccontextmanager
async def both_databases(lab: Lab, notes: list[str]) -> AsyncIterator[dict[str, str]]:
    """Give the address of each by its name; PostgreSQL runs inside the block.

    Args:
        lab: prepares SQLite's.
        notes: are told where PostgreSQL is not installed.
    """
    addresses = {"SQLite": await lab.empty_directory()}
    programs = find_programs()
    if programs is None:
        notes.append("PostgreSQL is not installed here.")
        yield addresses
        return
    with running_postgres(programs) as server:
        addresses["PostgreSQL"] = server.url(server.create_database())
        await prepare(addresses["PostgreSQL"], starter=True)
        yield addresses
