"""What is wrong with a flow, as data: the command line, tests and an editor can all show it."""

from dataclasses import dataclass
from typing import override


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """A problem in a flow file.

    Attributes:
        file: name of the file.
        line: where, from 1; 0 where no line is known.
        where: flow, step and choice, as far as they apply: `find_help/need/medical`.
        problem: one sentence.
    """

    file: str
    line: int
    where: str
    problem: str

    @override
    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.where}: {self.problem}"
