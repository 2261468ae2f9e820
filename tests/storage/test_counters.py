"""Weekly figures without persons."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import counters
from storage.counters import Figure, week_of
from storage.store import Store

MONDAY = date(2026, 11, 23)


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year > 1))
def test_a_week_begins_on_its_monday(moment: datetime) -> None:
    monday = week_of(moment)
    assert monday.weekday() == 0
    assert timedelta(0) <= moment.date() - monday < timedelta(days=7)


async def test_counting_adds_up_by_week_and_value(store: Store) -> None:
    before = MONDAY - timedelta(weeks=1)
    for value, week in (
        ("medical", MONDAY),
        ("medical", MONDAY),
        ("legal", MONDAY),
        ("medical", before),
    ):
        await store.write(store.counters.bump, "need", value, week)
    await store.write(store.counters.bump, "need", "legal", MONDAY, by=3)
    assert await store.read(store.counters.since, MONDAY) == [
        Figure(MONDAY, "need", "legal", 4, rounded=False),
        Figure(MONDAY, "need", "medical", 2, rounded=False),
    ]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 60))
async def test_a_closed_week_keeps_no_exact_figure(store: Store, times: int) -> None:
    """S20."""
    next_monday = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
    await store.write(lambda connection: connection.execute(counters.counters.delete()))
    await store.write(store.counters.bump, "need", "medical", MONDAY, by=times)
    assert await store.write(counters.purge, next_monday - timedelta(seconds=1)) == 0
    assert await store.write(counters.purge, next_monday) == 1
    assert await store.write(counters.purge, next_monday) == 0
    (figure,) = await store.read(store.counters.since, MONDAY)
    assert figure.rounded
    if times < 5:
        assert figure.count == 4
    else:
        assert figure.count % 5 == 0
        assert abs(figure.count - times) <= 2


async def test_figures_end_after_three_years(store: Store, now: datetime) -> None:
    await store.write(store.counters.bump, "need", "medical", MONDAY)
    await store.write(counters.purge, now + timedelta(weeks=156))
    assert len(await store.read(store.counters.since, MONDAY)) == 1
    await store.write(counters.purge, now + timedelta(weeks=157))
    assert await store.read(store.counters.since, MONDAY) == []
