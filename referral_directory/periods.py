"""How long a confirmation holds: read from `data/periods.yml`, by organisation and by need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import yaml

from referral_directory.vocabulary import Freshness, Need, OrganizationKind

_NAMES = ("due", "warn", "expire", "gone")
PERIODS_FILE = Path(__file__).parent / "data" / "periods.yml"


class WrongPeriodsError(ValueError):
    """The file of periods says what can't be.

    Attributes:
        where: Which part of the file.
    """

    def __init__(self, where: str) -> None:
        super().__init__(f"{where}: days must grow from due over expire to gone, and warn be fewer")
        self.where = where


@dataclass(frozen=True, slots=True)
class Period:
    """How long a confirmation holds.

    Attributes:
        due: Days after which an entry is to be confirmed again.
        warn: Days before that at which staff and the provider are told.
        expire: Days after which it is hidden, or shown with a warning where nothing else is near.
        gone: Days after which it is shown nowhere.
    """

    due: timedelta
    warn: timedelta
    expire: timedelta
    gone: timedelta

    @classmethod
    def of_days(cls, where: str, days: Mapping[str, int]) -> Self:
        """Return the period of a part of the file.

        Raises:
            WrongPeriodsError: When its days do not grow, or one is missing.
        """
        try:
            due, warn, expire, gone = (
                int(days[name]) for name in ("due", "warn", "expire", "gone")
            )
        except (KeyError, TypeError, ValueError):
            raise WrongPeriodsError(where) from None
        if not 0 <= warn < due < expire <= gone:
            raise WrongPeriodsError(where)
        return cls(*(timedelta(days=each) for each in (due, warn, expire, gone)))

    def freshness(self, assured_date: date | None, today: date) -> Freshness:
        """Tell how old a confirmation is; none at all is not the same as an old one."""
        if assured_date is None:
            return Freshness.UNVERIFIED
        age = today - assured_date
        if age > self.expire:
            return Freshness.EXPIRED
        return Freshness.STALE if age > self.due else Freshness.FRESH

    def is_warned(self, assured_date: date, today: date) -> bool:
        """Tell whether the entry is to be called soon, or already late."""
        return today - assured_date >= self.due - self.warn


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of all categories.

    Attributes:
        default: What holds where nothing else is said.
        organizations: Instead of it, by kind of organisation.
        needs: Besides it, for services that answer a need; the shortest holds.
    """

    default: Period
    organizations: Mapping[OrganizationKind, Period] = field(default_factory=dict)
    needs: Mapping[Need, Period] = field(default_factory=dict)

    def of(self, kind: OrganizationKind | str, needs: Iterable[Need | str] = ()) -> Period:
        """Return the period of an entry of such an organisation that answers such needs."""
        own = self.organizations.get(OrganizationKind(kind), self.default)
        wanted = [self.needs[Need(need)] for need in needs if Need(need) in self.needs]
        return Period(
            min([own.due, *(each.due for each in wanted)]),
            max([own.warn, *(each.warn for each in wanted)]),
            min([own.expire, *(each.expire for each in wanted)]),
            min([own.gone, *(each.gone for each in wanted)]),
        )


def read_periods(path: Path = PERIODS_FILE) -> Periods:
    """Return the periods of a file.

    Raises:
        WrongPeriodsError: When days are missing or do not grow.
        ValueError: When it names a kind or need that the directory does not know.
    """
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    default: dict[str, int] = data["default"]
    return Periods(
        Period.of_days("default", default),
        {
            OrganizationKind(kind): Period.of_days(kind, default | days)
            for kind, days in (data.get("organizations") or {}).items()
        },
        {
            Need(need): Period.of_days(need, default | days)
            for need, days in (data.get("needs") or {}).items()
        },
    )


PERIODS = read_periods()
"""What holds in this installation; read once, when the process starts."""
