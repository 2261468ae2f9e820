"""How far an import is: told by whoever reads and writes the rows, read by whoever waits."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_WHOLE = 100


class Stage(StrEnum):
    """What an import is doing, in this order."""

    READING = "reading"
    COMPARING = "comparing"
    WRITING = "writing"


STAGE_LABELS = {
    Stage.READING: "lecture du fichier",
    Stage.COMPARING: "recherche des changements",
    Stage.WRITING: "écriture",
}
"""Each stage as staff read it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is.

    Attributes:
        stage: What it is doing.
        done: How many rows.
        total: Of how many; None while that is not known, as while a workbook is read.
    """

    stage: Stage
    done: int
    total: int | None = None

    @property
    def percent(self) -> int | None:
        """Return how much of the stage is done, from 0 to 100; None where nobody knows."""
        if not self.total:
            return None
        return min(_WHOLE, self.done * _WHOLE // self.total)

    @property
    def label(self) -> str:
        """Return it as staff read it: « écriture : 500 sur 10000 »."""
        of = f" sur {self.total}" if self.total is not None else ""
        return f"{STAGE_LABELS[self.stage]} : {self.done}{of}"


type Report = Callable[[Progress], None]
"""Is told now and then; it must be quick and raise nothing."""


class Watch:
    """Remembers how far an import is, for others to look at while it runs.

    Hand `tell` to `import_file` as its `report`; read `latest` from wherever you like, also from
    another thread: one reference is exchanged, and never a half-written value.
    """

    def __init__(self) -> None:
        self._latest: Progress | None = None

    def tell(self, progress: Progress) -> None:
        """Take note of how far it is."""
        self._latest = progress

    @property
    def latest(self) -> Progress | None:
        """Return how far it is; None before the first row."""
        return self._latest


def tell_nobody(_progress: Progress) -> None:
    """Take a report that nobody waits for."""
