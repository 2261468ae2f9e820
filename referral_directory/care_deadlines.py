"""Until when care after rape can still prevent something: data with its source, not a literal."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from referral_directory.loading import DATA, read_csv

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class CareDeadline:
    """How long after the event a treatment may still be begun.

    Attributes:
        hours: from the event.
        source: where that is said.
    """

    hours: int
    source: str

    @property
    def days(self) -> int:
        """The same in whole days."""
        return self.hours // HOURS_A_DAY


def read_care_deadlines(path: Path = DATA / "care_deadlines.csv") -> Mapping[str, CareDeadline]:
    """Return the deadlines: `pep` (treatment against HIV) and `ec` (emergency contraception)."""
    return {row["key"]: CareDeadline(int(row["hours"]), row["source"]) for row in read_csv(path)}
