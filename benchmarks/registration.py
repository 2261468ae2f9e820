"""Registration: a confirmation in a full gathering, and promotion as the waiting list grows."""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, insert, select, text, update

from benchmarks.both_databases import both_databases
from benchmarks.lab import Lab
from benchmarks.report import Report, Row, ms, share
from event_registration.desk import Desk
from event_registration.schemas import Registration
from event_registration.tables import gatherings, registrations
from storage.keys import Keyring
from storage.store import Store, open_store
from tests.event_registration.people import NOW, STAFF, a_gathering, an_application

REGISTERED = 2_000
CONFIRMATIONS = 200
WAITING = (100, 1_000, 10_000)
CANCELLATIONS = 30
_TARGET_SECONDS = 0.050
_SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # made up for the bench
_BATCH = 1_000


async def run(lab: Lab) -> Report:
    """Measure on SQLite, and on PostgreSQL where its programs are installed."""
    rows: list[Row] = []
    notes = [
        (
            f"One after the other: {CONFIRMATIONS} confirmations beside {REGISTERED:,} others;"
            f" {CANCELLATIONS} cancellations, each of which promotes the first of the waiting list,"
            " behind a larger group that waits first."
        )
    ]
    keyring = Keyring(_SECRET)
    async with both_databases(lab, notes) as addresses:
        for database, address in addresses.items():
            store = open_store(address, keyring)
            try:
                rows += await _measure(database, store, Desk(keyring))
            finally:
                await store.close()
    return Report("Registration: confirmation and promotion", rows, notes)


async def _measure(database: str, store: Store, desk: Desk) -> list[Row]:
    slow = share(await _confirmations(store, desk), 95)
    rows = [
        Row(
            what=f"{database}, confirmation beside {REGISTERED:,}, p95",
            ours=ms(slow),
            target=f"< {ms(_TARGET_SECONDS)}",
            met=slow < _TARGET_SECONDS,
        )
    ]
    first = 0.0
    for size in WAITING:
        middle = share(await _promotions(database, store, desk, size), 50)
        growth = size / WAITING[0]
        first = first or middle
        rows.append(
            Row(
                what=f"{database}, cancellation that promotes, {size:,} waiting, p50",
                ours=ms(middle),
                baseline="" if size == WAITING[0] else f"{ms(first)} at {WAITING[0]}",
                ratio=None if size == WAITING[0] else middle / first,
                target="" if size == WAITING[0] else f"ratio < {growth / 5:.3g}",
                met=None if size == WAITING[0] else middle / first < growth / 5,
            )
        )
    return rows


async def _confirmations(store: Store, desk: Desk) -> list[float]:
    gathering = await _open(store, desk, "B0", REGISTERED + CONFIRMATIONS)
    await _fill(store, desk, gathering, 0, REGISTERED)
    waits = []
    for number in range(REGISTERED, REGISTERED + CONFIRMATIONS):
        began = time.perf_counter()
        await _register(store, desk, gathering, number)
        waits.append(time.perf_counter() - began)
    return waits


async def _promotions(database: str, store: Store, desk: Desk, size: int) -> list[float]:
    gathering = await _open(store, desk, f"B{size}", CANCELLATIONS)
    base = size * 1_000
    for number in range(base, base + CANCELLATIONS):
        await _register(store, desk, gathering, number)
    await _register(store, desk, gathering, base + CANCELLATIONS, women=5)
    await _fill(store, desk, gathering, base + 100, size)
    if database == "PostgreSQL":
        await store.write(lambda connection: connection.execute(text("ANALYZE")))  # as in use
    waits = []
    for number in range(base, base + CANCELLATIONS):
        began = time.perf_counter()
        await store.write(desk.registrations.cancel, number, chat_id=number, now=NOW)
        waits.append(time.perf_counter() - began)
    return waits


async def _open(store: Store, desk: Desk, code: str, places: int) -> int:
    new = a_gathering(code=code, capacity=places, correct_until=NOW + timedelta(days=10))
    added = await store.write(desk.gatherings.add, new, actor=STAFF, now=NOW)
    await store.write(desk.gatherings.publish, added.id, actor=STAFF, now=NOW)
    return added.id


async def _register(
    store: Store, desk: Desk, gathering: int, number: int, women: int = 1
) -> Registration:
    return await store.write(
        desk.registrations.register,
        gathering,
        an_application(number, women=women),
        number=number,
        chat_id=number,
        now=NOW,
    )


async def _fill(store: Store, desk: Desk, gathering: int, first: int, count: int) -> None:
    """Add registrations as copies of one: what is measured is not how they came in."""
    pattern = await _register(store, desk, gathering, first)
    for start in range(first + 1, first + count, _BATCH):
        numbers = range(start, min(start + _BATCH, first + count))
        await store.write(_copies(pattern.id, gathering, numbers))


def _copies(pattern: int, gathering: int, numbers: range) -> Callable[[Connection], None]:
    def copy(connection: Connection) -> None:
        row = select(registrations).where(registrations.c.id == pattern)
        values = dict(connection.execute(row).mappings().one())
        rows = [
            {
                **values,
                "id": number,
                "code": f"C{number}",
                "queue_number": 1_000 + number,
                "name_hash": f"{number:032x}",
                "registrant_hash": f"{number:032x}",
            }
            for number in numbers
        ]
        connection.execute(insert(registrations), rows)
        held = sum(row["places"] for row in rows)
        taken = gatherings.c.places_taken + held
        hall = update(gatherings).where(gatherings.c.id == gathering)
        connection.execute(hall.values(places_taken=taken))

    return copy
