"""`jigi figures`: what was asked for, week by week, of nobody in particular."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from bot import bootstrap
from bot.settings import Settings
from storage.counters import Counters, Figure, shown, week_of
from storage.database import open_engine

_TITLES = {"need": "need", "region": "region", "need_region": "need and region"}


def figures(*, weeks: int = 4) -> None:
    """Print how often services were searched for, one dimension at a time and need by region.

    Weeks that are over alone; figures are rounded to five, and what is below five stays so.

    Args:
        weeks: how many.
    """
    now = bootstrap.SystemClock().now()
    since = week_of(now) - timedelta(weeks=weeks)

    async def read() -> list[Figure]:
        engine = open_engine(Settings.read().database)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(Counters().closed, since, now)
        finally:
            await engine.dispose()

    found = asyncio.run(read())
    print("\n".join(_lines(found)) if found else "Nothing was counted in weeks that are over.")


def _lines(found: Sequence[Figure]) -> Iterator[str]:
    for week, of_week in groupby(found, lambda figure: figure.week):
        yield f"Week of {week}"
        for dimension, cells in groupby(of_week, lambda figure: figure.dimension):
            yield f"  {_TITLES.get(dimension, dimension)}"
            yield from (
                f"    {cell.value.replace(':', ', ')}: {shown(cell.count)}" for cell in cells
            )
