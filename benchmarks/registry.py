"""All benches. A new one: a module with `async def run(lab: Lab) -> Report`, and a line here."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from benchmarks.lab import Lab
from benchmarks.report import Report


@dataclass(frozen=True, slots=True)
class Bench:
    """A module of this package, loaded only when it runs.

    Attributes:
        name: on the command line, and of the module.
        about: one line.
    """

    name: str
    about: str

    async def run(self, lab: Lab) -> Report:
        """Measure and return what was found."""
        report: Report = await import_module(f"benchmarks.{self.name}").run(lab)
        return report


BENCHES = (
    Bench("understanding", "understanding in this process against a Rasa server"),
    Bench("memory", "resident memory of `jigi serve` against a Rasa server"),
    Bench("updates", "button steps a second of 200 chats against a bare echo bot"),
    Bench("hot_chat", "what one flooding chat costs the others, limits on"),
    Bench("registration", "confirmation, and promotion as the waiting list grows"),
    Bench("directory_import", "an import of 10,000 rows: looked at, written, undone"),
    Bench("console", "pages of the staff console over 10,000 services"),
    Bench("public_api", "pages of the HSDS API over 10,000 services"),
    Bench("directory_search", "search by need and place as the directory grows"),
)


class UnknownBenchError(Exception):
    """Nothing of this name is measured.

    Attributes:
        name: what was asked for.
    """

    def __init__(self, name: str) -> None:
        known = ", ".join(bench.name for bench in BENCHES)
        super().__init__(f"no bench {name}; there are {known}")
        self.name = name


def chosen(names: Sequence[str]) -> list[Bench]:
    """Return the benches of these names, or all.

    Raises:
        UnknownBenchError: one of them is not there.
    """
    known = {bench.name: bench for bench in BENCHES}
    for name in names:
        if name not in known:
            raise UnknownBenchError(name)
    return [known[name] for name in names or known]
