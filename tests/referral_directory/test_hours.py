"""Opening hours are read, written back and asked."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_directory.hours import (
    DAYS,
    UnreadableHoursError,
    format_hours,
    is_open_at,
    parse_hours,
)
from referral_directory.schemas import OpeningHours

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "is_open"),
    [
        (0, 8, 0, True),
        (0, 7, 59, False),
        (0, 11, 59, True),
        (0, 12, 0, False),
        (0, 14, 0, True),
        (4, 16, 59, True),
        (5, 10, 0, False),
        (6, 23, 59, True),
        (6, 3, 0, True),
    ],
)
def test_it_is_open_in_its_hours_and_closed_outside(
    day: int, hour: int, minute: int, *, is_open: bool
) -> None:
    hours = parse_hours("lun-ven 08:00-12:00; lun-ven 14:00-17:00; dim 00:00-23:59")
    assert is_open_at(hours, _at(day, hour, minute)) is is_open


def test_unknown_hours_are_neither_open_nor_closed() -> None:
    assert is_open_at(parse_hours(""), MONDAY) is None


def test_the_clock_is_that_of_bamako_wherever_the_time_comes_from() -> None:
    elsewhere = timezone(timedelta(hours=9))
    assert is_open_at(parse_hours("lun 08:00-17:00"), _at(0, 9).astimezone(elsewhere))


@pytest.mark.parametrize(
    "text", ["lundi 8h", "lun 17:00-08:00", "ven-lun 08:00-17:00", "lun 08:00-25:00", "xyz 1"]
)
def test_unreadable_hours_are_refused(text: str) -> None:
    with pytest.raises(UnreadableHoursError):
        parse_hours(text)


_TIMES = st.times().map(lambda moment: time(moment.hour, moment.minute))


@given(
    st.lists(
        st.builds(OpeningHours, st.integers(0, len(DAYS) - 1), _TIMES, _TIMES).filter(
            lambda stretch: stretch.opens_at < stretch.closes_at
        ),
        unique=True,
        max_size=12,
    )
)
def test_hours_survive_being_written_and_read(hours: list[OpeningHours]) -> None:
    assert set(parse_hours(format_hours(hours))) == set(hours)
