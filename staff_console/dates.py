"""Days and hours as people in Mali read them: « 3 mars 2026 », never 2026-03-03."""

import re
from datetime import date, datetime

from referral_directory.hours import BAMAKO

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_WRITTEN = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?\b(?!-\d)")


def day_of(value: date | None) -> str:
    """Return a day in words; a moment's day is that of Bamako."""
    if value is None:
        return "jamais"
    if isinstance(value, datetime):
        value = value.astimezone(BAMAKO).date()
    return f"{_ordinal(value.day)} {month_of(value)}"


def month_of(value: date) -> str:
    """Return a month in words."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def moment_of(value: datetime | None) -> str:
    """Return a day in words and the hour, in Bamako."""
    return f"{day_of(value)}, {hour_of(value)}" if value is not None else "jamais"


def hour_of(value: datetime) -> str:
    """Return the hour in Bamako."""
    return f"{value.astimezone(BAMAKO):%H:%M}"


def weekday_of(value: datetime) -> str:
    """Return the day of the week with the day in words and the hour, in Bamako."""
    return f"{_DAYS[value.astimezone(BAMAKO).weekday()]} {moment_of(value)}"


def span_of(start: datetime, end: datetime) -> str:
    """Return from when to when; a day that is the same is said once."""
    if start.astimezone(BAMAKO).date() != end.astimezone(BAMAKO).date():
        return f"du {weekday_of(start)} au {weekday_of(end)}"
    day = weekday_of(start).rpartition(",")[0]
    return f"{day}, de {hour_of(start)} à {hour_of(end)}"


def in_words(text: str) -> str:
    """Return a text with its days and months in words: « 2024-08 » becomes « août 2024 »."""
    return _WRITTEN.sub(_read, text)


def _read(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    words = f"{_MONTHS[int(month) - 1]} {year}"
    return words if day is None else f"{_ordinal(int(day))} {words}"


def _ordinal(day: int) -> str:
    return "1er" if day == 1 else str(day)
