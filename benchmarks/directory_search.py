"""Search by need and place as the bot asks, while the directory grows, on both databases.

What is timed is the look-up of the flow's list, from the slots to the lines of the screen, wired as
`jigi serve` wires it.
"""

import random
import time
from dataclasses import dataclass

from benchmarks.both_databases import both_databases
from benchmarks.lab import Lab
from benchmarks.made_up_directory import NOW, growing_directories
from benchmarks.report import Report, Row, ms, share
from bot.adapters.directory import ANY_NEED, DirectoryLookUps
from flows.engine.effects import LookUp
from referral_directory.gazetteer import Gazetteer
from referral_directory.vocabulary import Need

SIZES = (1_000, 10_000, 100_000)
SEARCHES = 60
REPEATS = 2
_WARM = 10
_UNKNOWN = "need unknown"
_TARGETS = {"need and place": 0.020, "nearest in a region": 0.030, _UNKNOWN: None}
_TARGET_SIZE = 10_000
_MOST_GROWTH = 5  # ten times the services; as the services would be ten


@dataclass(frozen=True, slots=True)
class _Found:
    """Seconds of each search, by database, kind of search and size; a list for each repeat."""

    waits: dict[tuple[str, str, int], list[list[float]]]

    def wait(self, database: str, kind: str, size: int) -> float:
        """Return the 95th percentile of the quietest repeat: others use this machine too."""
        return min(share(repeat, 95) for repeat in self.waits[database, kind, size])


async def run(lab: Lab) -> Report:
    """Measure on SQLite, and on PostgreSQL where its programs are installed."""
    found = _Found({})
    notes = [
        f"{SEARCHES} searches of each kind, in turn; the quietest of {REPEATS} repeats counts.",
        "The services are made up.",
    ]
    async with both_databases(lab, notes) as addresses:
        for database, address in addresses.items():
            await _grow(found, database, address)
        rows = [
            _row(found, database, kind, size)
            for database in addresses
            for kind in _TARGETS
            for size in SIZES
        ]
    return Report("Directory: search as it grows", rows, notes)


def _row(found: _Found, database: str, kind: str, size: int) -> Row:
    slow = found.wait(database, kind, size)
    what = f"{database}, {size:,} services, {kind}, p95"
    if size == SIZES[0]:
        return Row(what=what, ours=ms(slow))
    tenth = found.wait(database, kind, size // 10)
    most = _TARGETS[kind]
    asked = {} if most is None else {f"ratio < {_MOST_GROWTH}": slow < _MOST_GROWTH * tenth}
    if most is not None and size == _TARGET_SIZE:
        asked = {f"< {ms(most)}": slow < most} | asked
    return Row(
        what=what,
        ours=ms(slow),
        baseline=f"{ms(tenth)} at {size // 10:,}",
        ratio=slow / tenth,
        target=", ".join(asked),
        met=all(asked.values()) if asked else None,
    )


async def _grow(found: _Found, database: str, address: str) -> None:
    async for size, directory in growing_directories(address, SIZES):
        look_ups = DirectoryLookUps(
            directory.read_only, directory.gazetteer, allow_unverified=False
        )
        for kind in _TARGETS:
            found.waits[database, kind, size] = [
                await _search(look_ups, directory.gazetteer, kind) for _ in range(REPEATS)
            ]


async def _search(look_ups: DirectoryLookUps, gazetteer: Gazetteer, kind: str) -> list[float]:
    chance = random.Random(1325)
    regions = [place.slug for place in gazetteer.regions()]
    cercles = [place.slug for region in regions for place in gazetteer.cercles(region)]
    waits = []
    for number in range(SEARCHES + _WARM):
        need = chance.choice(list(Need))
        if kind == "need and place":
            slots = {"need": need, "place": chance.choice(cercles)}
        elif kind == _UNKNOWN:
            slots = {"need": ANY_NEED, "place": chance.choice(cercles)}
        else:
            slots = {"need": need, "place": chance.choice(regions), "told": "sexual"}
        began = time.perf_counter()
        found = await look_ups.look_up(LookUp("find_services", tuple(slots.items())), NOW)
        if number >= _WARM:
            waits.append(time.perf_counter() - began)
        assert found.options
    return waits
