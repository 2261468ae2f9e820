"""What a bench found, as a table that also reads well in Markdown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure beside its baseline.

    Attributes:
        what: was measured.
        ours: the figure with its unit.
        baseline: the same of what it is compared with, from the same run.
        ratio: ours to the baseline, so that more is better unless `what` says otherwise.
        target: what it should reach; empty where nothing is asked.
        met: whether it does.
    """

    what: str
    ours: str
    baseline: str = "–"
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """Return what stands in the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}"
        met = {True: "yes", False: "NO", None: ""}[self.met]
        return self.what, self.ours, self.baseline, ratio, self.target, met


HEADINGS = ("what", "ours", "baseline", "ratio", "target", "met")


@dataclass(frozen=True, slots=True)
class Report:
    """What a bench hands back.

    Attributes:
        title: a line above the table.
        rows: its figures.
        notes: a sentence each, under the table.
    """

    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default=())

    def text(self) -> str:
        """Return the table in Markdown, in columns of equal width."""
        lines = [HEADINGS, *(row.cells() for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]

        def ruled(cells: Sequence[str]) -> str:
            padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            return f"| {' | '.join(padded)} |"

        rule = f"|{'|'.join('-' * (width + 2) for width in widths)}|"
        table = [ruled(lines[0]), rule, *(ruled(line) for line in lines[1:])]
        return "\n".join([f"### {self.title}", "", *table, *("", *self.notes)])

    @property
    def missed(self) -> list[str]:
        """What did not reach its target."""
        return [row.what for row in self.rows if row.met is False]


def share(values: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of all stay under."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def middle[T](rounds: Sequence[T], figure: Callable[[T], float]) -> float:
    """Return the median of a figure over repeated rounds: other jobs share this machine."""
    return median(figure(one) for one in rounds)


def ms(seconds: float) -> str:
    """Return a time in milliseconds, as precise as it deserves."""
    thousandths = seconds * 1000
    return f"{thousandths:.0f} ms" if thousandths >= 100 else f"{thousandths:.3g} ms"
