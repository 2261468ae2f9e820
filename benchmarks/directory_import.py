"""An import of 10,000 rows: looked at, written and undone, as `jigi directory import` does it.

The baseline is a tenth of the rows: the cost of a row must not grow with their number.
"""

import csv
import random
import resource
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr
from sqlalchemy import select

from benchmarks.lab import Lab, prepare
from benchmarks.report import Report, Row
from bot import bootstrap
from bot.settings import Settings
from referral_directory.exchange import ImportReport, prepare_import, write_import
from referral_directory.import_log import undo_import
from referral_directory.models import Place
from referral_directory.vocabulary import Need, PlaceKind
from tests.postgres import find_programs, running_postgres

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SIZES = (1_000, 10_000)
_ORGANIZATIONS = 50
_TARGET = 60.0
_SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # made up: it signs a made-up log


async def run(lab: Lab) -> Report:
    """Measure on SQLite, and on PostgreSQL where its programs are installed."""
    rows: list[Row] = []
    notes = ["Half of the rows are services, the others numbers; the services are made up."]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        addresses = {"SQLite": [await lab.empty_directory() for _ in SIZES]}
        programs = find_programs()
        if programs is None:
            notes.append("PostgreSQL is not installed here.")
        else:
            server = stack.enter_context(running_postgres(programs))
            addresses["PostgreSQL"] = [server.url(server.create_database()) for _ in SIZES]
            for address in addresses["PostgreSQL"]:
                await prepare(address, starter=True)
        for database, one_each in addresses.items():
            first: dict[str, float] = {}
            for address, size in zip(one_each, SIZES, strict=True):
                path = folder / f"{size}.csv"
                seconds = await _measure(f"{database}, {size:,} rows", address, path, size)
                for what, took in seconds.items():
                    if what == "lock held":
                        rows.append(_lock_row(database, size, took, seconds["written"]))
                    else:
                        rows.append(_row(database, what, size, took, first))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    notes.append(f"The process held {peak:.0f} MB at most, all sizes and databases together.")
    return Report("Directory: import", rows, notes)


def _row(database: str, what: str, size: int, took: float, first: dict[str, float]) -> Row:
    known = first.setdefault(what, took / size)
    is_asked = size == SIZES[-1] and what == "written"
    return Row(
        what=f"{database}, {size:,} rows, {what}",
        ours=f"{took:.1f} s",
        baseline="" if size == SIZES[0] else f"{known * size:.1f} s if a row costs the same",
        ratio=None if size == SIZES[0] else took / (known * size),
        target=f"< {_TARGET:.0f} s" if is_asked else "",
        met=took < _TARGET if is_asked else None,
    )


def _lock_row(database: str, size: int, took: float, whole: float) -> Row:
    """Say how long others waited: before, for all of the import."""
    return Row(
        what=f"{database}, {size:,} rows, lock held",
        ours=f"{took:.1f} s",
        baseline=f"{whole:.1f} s for all of this import",
        ratio=took / whole,
    )


async def _measure(name: str, address: str, path: Path, size: int) -> dict[str, float]:
    """Return the seconds of a preview, of an import and of its undoing."""
    settings = Settings.model_construct(database_url=address, secret_key=SecretStr(_SECRET))
    seconds: dict[str, float] = {}
    async with bootstrap.open_directory(settings) as directory, directory.sessions() as session:
        places = list(
            (
                await session.execute(select(Place.slug).where(Place.kind != PlaceKind.REGION))
            ).scalars()
        )
        _write(path, size, places)
        await session.commit()
        began = time.perf_counter()
        look = await directory.read_only.read(prepare_import, path, now=NOW, hold=True)
        seconds["looked at"] = _tell(name, "looked at", began)
        assert (look.plan.incoming.problems, len(look.plan.found.changes)) == ([], size)
        began = time.perf_counter()
        prepared = await directory.read_only.read(prepare_import, path, now=NOW, hold=True)
        locked = time.perf_counter()
        report: ImportReport = await session.run_sync(write_import, prepared, actor="bench")
        await session.commit()
        seconds["lock held"] = _tell(name, "lock held", locked)
        seconds["written"] = _tell(name, "written", began)
        assert (report.problems, report.added) == ((), size)
        assert report.import_id is not None
        began = time.perf_counter()
        undone = await session.run_sync(undo_import, report.import_id, now=NOW, actor="bench")
        await session.commit()
        seconds["undone"] = _tell(name, "undone", began)
        assert undone.removed == size
    return seconds


def _tell(name: str, what: str, began: float) -> float:
    """Print and return how long it took: the whole bench takes a minute, and more under load."""
    took = time.perf_counter() - began
    print(f"  {name}, {what}: {took:.1f} s", flush=True)
    return took


def _write(path: Path, size: int, places: list[str]) -> None:
    chance = random.Random(1325)
    services = (size - _ORGANIZATIONS) // 2
    rows: list[dict[str, str]] = [
        {
            "record": "organization",
            "slug": f"bench-{number}",
            "kind": "ngo",
            "name_fr": f"Organisation {number}",
        }
        for number in range(_ORGANIZATIONS)
    ]
    rows += [
        {
            "record": "service",
            "slug": f"bench-{number}",
            "organization": f"bench-{number % _ORGANIZATIONS}",
            "name_fr": f"Service {number}",
            "description_fr": "Écoute et accompagnement",
            "needs": "|".join(chance.sample([n for n in Need if n is not Need.SHELTER], 2)),
            "place": chance.choice(places),
            "hours": "lundi-vendredi 8h-16h",
            "languages": "fr|bm",
        }
        for number in range(services)
    ]
    rows += [
        {
            "record": "phone",
            "slug": f"bench-{number}",
            "organization": f"bench-{number % _ORGANIZATIONS}",
            "service": f"bench-{number % services}",
            "number": f"7{chance.randrange(10**7):07}",
            "label_fr": "Accueil",
        }
        for number in range(size - _ORGANIZATIONS - services)
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, [*columns, "source"], restval="")
        writer.writeheader()
        writer.writerows({**row, "source": "bench"} for row in rows)
