"""Opening hours: read from and written to `lun-ven 08:00-17:00; sam 08:00-12:00`, and asked.

Times are those of Africa/Bamako, which keeps UTC all year round.
"""

import re
from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from referral_directory.schemas import OpeningHours

BAMAKO = ZoneInfo("Africa/Bamako")
DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
LAST_MINUTE = time(23, 59)

_STRETCH = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<opens>\d{2}:\d{2})-(?P<closes>\d{2}:\d{2})"
)


class UnreadableHoursError(ValueError):
    """Opening hours that do not read as `lun-ven 08:00-17:00; sam 08:00-12:00`.

    Attributes:
        stretch: The part that could not be read.
    """

    def __init__(self, stretch: str) -> None:
        super().__init__("opening hours read like lun-ven 08:00-17:00; sam 08:00-12:00")
        self.stretch = stretch


def parse_hours(text: str) -> tuple[OpeningHours, ...]:
    """Read opening hours; an empty text gives none, which means that they are not known.

    Raises:
        UnreadableHoursError: When a stretch cannot be read or closes before it opens.
    """
    stretches: list[OpeningHours] = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        stretches.extend(_parse_stretch(part))
    return tuple(sorted(stretches, key=_position))


def _parse_stretch(part: str) -> list[OpeningHours]:
    found = _STRETCH.fullmatch(part)
    if found is None:
        raise UnreadableHoursError(part)
    try:
        first = DAYS.index(found["first"])
        last = DAYS.index(found["last"] or found["first"])
        opens, closes = time.fromisoformat(found["opens"]), time.fromisoformat(found["closes"])
    except ValueError:
        raise UnreadableHoursError(part) from None
    if closes <= opens or last < first:
        raise UnreadableHoursError(part)
    return [OpeningHours(day, opens, closes) for day in range(first, last + 1)]


def _position(stretch: OpeningHours) -> tuple[int, time]:
    return stretch.day, stretch.opens_at


def format_hours(hours: Iterable[OpeningHours]) -> str:
    """Write opening hours so that `parse_hours` reads the same ones back."""
    by_times: dict[tuple[time, time], list[int]] = {}
    for stretch in sorted(hours, key=_position):
        by_times.setdefault((stretch.opens_at, stretch.closes_at), []).append(stretch.day)
    written: list[tuple[int, str]] = []
    for (opens, closes), days in by_times.items():
        for first, last in _runs(days):
            name = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
            written.append((first, f"{name} {opens:%H:%M}-{closes:%H:%M}"))
    return "; ".join(text for _, text in sorted(written))


def _runs(days: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def is_open_at(hours: Iterable[OpeningHours], now: datetime) -> bool | None:
    """Tell whether it is open at `now` (aware); None where no hours are known.

    It is closed from the closing minute on, except that 23:59 runs to midnight.
    """
    known = tuple(hours)
    if not known:
        return None
    local = now.astimezone(BAMAKO)
    clock = local.time().replace(tzinfo=None)
    return any(
        stretch.day == local.weekday()
        and stretch.opens_at <= clock
        and (clock < stretch.closes_at or stretch.closes_at == LAST_MINUTE)
        for stretch in known
    )
