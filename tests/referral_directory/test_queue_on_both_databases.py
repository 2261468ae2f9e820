"""The database sorts, counts and cuts the queue by the same rules that `Periods` holds."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from referral_directory.life import State, state_of
from referral_directory.loading import load_starter
from referral_directory.models import Phone, Service
from referral_directory.periods import PERIODS, Period, Periods
from referral_directory.verification_queue import (
    MOST_TRIES,
    Urgency,
    due_entries,
    for_a_person,
    next_due,
    next_with_figures,
    queue_figures,
)
from referral_directory.vocabulary import Need, OrganizationKind, Status
from storage.database import open_engine
from tests.referral_directory.people import APPROVER, EDITOR
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    days_ago,
    put_organization,
    put_phone,
    put_service,
    set_values,
)

AGES = (0, 4, 5, 9, 10, 11, 19, 20, 21, 29, 30, 31, 75, 76, 90, 91, 180, 181, 400, None)
NEEDS = ((Need.MEDICAL,), (Need.LEGAL,), (Need.LEGAL, Need.MEDICAL), (Need.PSYCHOSOCIAL,))


def days(due: int, warn: int, expire: int) -> Period:
    return Period(*(timedelta(days=each) for each in (due, warn, expire, 900)))


# Each is the shortest, or warns the longest, of some pair, so that no rule can stand for another.
BY_CATEGORY = Periods(
    PERIODS.default,
    {OrganizationKind.POLICE: days(30, 1, 75)},
    {Need.LEGAL: days(20, 10, 181), Need.MEDICAL: days(31, 11, 76)},
)
KINDS = ("ngo", "police")


@pytest.fixture
async def connection(migrated_url: str) -> AsyncIterator[AsyncConnection]:
    """Services and numbers of every age, kind and need."""
    engine = open_engine(migrated_url)
    async with engine.connect() as connection:
        await connection.run_sync(load_starter, now=NOW)
        await connection.run_sync(_fill)
        yield connection
    await engine.dispose()


def _slug(kind: str, age: int | None) -> str:
    return f"q-{kind}-{'never' if age is None else age}"


def _fill(directory: Connection) -> None:
    put_organization(directory, "essai")
    for kind in KINDS:
        put_organization(directory, f"essai-{kind}", kind=kind)
    for kind, age in product(KINDS, AGES):
        assured = None if age is None else days_ago(age)
        given = {"organization": f"essai-{kind}", "assured_date": assured}
        put_phone(directory, _slug(kind, age), "20212223", **given)
        for number, needs in enumerate(NEEDS):
            put_service(directory, f"{_slug(kind, age)}-{number}", "sevare", needs=needs, **given)


def _expected(periods: Periods) -> dict[tuple[str, str], tuple[State, Urgency, date | None]]:
    """Return what the rules say of each, one entry at a time."""
    found = {}
    for kind, age in product(KINDS, AGES):
        assured = None if age is None else days_ago(age)
        entries = {_slug(kind, age): periods.of(kind)}
        entries |= {
            f"{_slug(kind, age)}-{number}": periods.of(kind, needs)
            for number, needs in enumerate(NEEDS)
        }
        for slug, period in entries.items():
            state = state_of(Status.PUBLISHED, assured, period, TODAY)
            by_state = {State.EXPIRED: Urgency.EXPIRED, State.DUE: Urgency.DUE}
            if assured is None:
                urgency = Urgency.NEVER
            elif period.is_warned(assured, TODAY):
                urgency = by_state.get(state, Urgency.WARNED)
            else:
                continue
            subject = "service" if slug.count("-") == 3 else "phone"
            found[subject, slug] = (state, urgency, assured)
    return found


@pytest.mark.parametrize("periods", [PERIODS, BY_CATEGORY], ids=["default", "by category"])
async def test_the_database_follows_the_periods(
    connection: AsyncConnection, periods: Periods
) -> None:
    waiting = await connection.run_sync(due_entries, EDITOR, NOW, periods=periods)
    ours = [one for one in waiting if one.slug.startswith("q-")]
    expected = _expected(periods)
    assert {
        (one.subject, one.slug): (one.state, one.urgency, one.last_confirmed) for one in ours
    } == expected
    order = list(Urgency)

    def position(key: tuple[str, str]) -> tuple[int, date, str, str]:
        _, urgency, assured = expected[key]
        return order.index(urgency), assured or date.min, *key

    assert [(one.subject, one.slug) for one in ours] == sorted(expected, key=position)


async def test_the_next_and_the_figures_are_those_of_the_whole_queue(
    connection: AsyncConnection,
) -> None:
    waiting = await connection.run_sync(due_entries, EDITOR, NOW)
    figures = await connection.run_sync(queue_figures, EDITOR, NOW)
    assert figures == dict.fromkeys(Urgency, 0) | Counter(one.urgency for one in waiting)
    put_off: list[tuple[str, str]] = []
    for expected in waiting[:3]:
        entry = await connection.run_sync(next_due, EDITOR, NOW, skipping=put_off)
        assert entry == expected
        put_off.append((expected.subject, expected.slug))
    everything = [(one.subject, one.slug) for one in waiting]
    assert await connection.run_sync(next_due, EDITOR, NOW, skipping=everything) is None


async def test_what_rests_is_stuck_or_restricted_is_left_out(connection: AsyncConnection) -> None:
    def change(directory: Connection) -> None:
        set_values(directory, Service, "q-ngo-400-0", tries=1, last_tried=days_ago(1))
        set_values(directory, Service, "q-ngo-400-1", tries=MOST_TRIES, last_tried=days_ago(9))
        set_values(directory, Service, "q-ngo-400-2", restricted=True)
        set_values(directory, Service, "q-ngo-400-3", tries=1, last_tried=days_ago(2))
        set_values(directory, Phone, "q-ngo-400", service_slug="q-ngo-400-2")

    await connection.run_sync(change)
    for actor, seen in ((EDITOR, {"q-ngo-400-3"}), (APPROVER, {"q-ngo-400-2", "q-ngo-400"})):
        waiting = {one.slug: one for one in await connection.run_sync(due_entries, actor, NOW)}
        assert {slug for slug in waiting if slug.startswith("q-ngo-400")} == seen | {"q-ngo-400-3"}
    assert waiting["q-ngo-400-2"].restricted
    assert waiting["q-ngo-400-2"].numbers == ("+223 20 21 22 23",)
    stuck = await connection.run_sync(for_a_person, EDITOR, NOW)
    assert [one.slug for one in stuck] == ["q-ngo-400-1"]


async def test_next_and_figures_in_one_go_are_the_same(connection: AsyncConnection) -> None:
    def walk(database: Connection) -> set[Urgency]:
        seen = set()
        while True:
            entry, figures = next_with_figures(database, APPROVER, NOW)
            assert entry == next_due(database, APPROVER, NOW)
            assert figures == queue_figures(database, APPROVER, NOW)
            if entry is None:
                return seen
            seen.add(entry.urgency)
            other, _ = next_with_figures(
                database, APPROVER, NOW, skipping=[(entry.subject, entry.slug)]
            )
            assert other != entry
            model = Phone if entry.subject == "phone" else Service
            set_values(database, model, entry.slug, assured_date=TODAY)

    assert await connection.run_sync(walk) == set(Urgency)
