"""Two people had one form open: what each of them typed beside what the other one saved.

A form carries, hidden, what stood in each field when it was opened. Whoever saves second gets the
form back with the first one's contents in every field that he or she left alone, so that saving
again takes nothing of them away.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from staff_console.visit import Visit

_OPENED = "was."
_LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile.

    Attributes:
        before: what stood there when both opened the form.
        theirs: what the other one saved.
        mine: what this person typed there; `None` where it was left alone.
    """

    name: str
    before: str
    theirs: str
    mine: str | None

    @property
    def is_both(self) -> bool:
        """Whether two people want two things; this person's text stands in the field."""
        return self.mine is not None and not _same(self.mine, self.theirs)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A form after somebody else has saved.

    Attributes:
        fields: what stands in it now.
        differences: the fields that changed meanwhile.
    """

    fields: Mapping[str, str]
    differences: Sequence[Difference]

    @property
    def cells(self) -> list[tuple[str, str | None]]:
        """Every content that the differences show, with its field."""
        return [
            (each.name, cell)
            for each in self.differences
            for cell in (each.before, each.theirs, each.mine)
        ]

    def worded(self, words: Callable[[str, str], str]) -> "Reconciled":
        """Return the same with contents as people read them, given a field and what it holds."""
        return replace(
            self,
            differences=[
                Difference(
                    each.name,
                    words(each.name, each.before),
                    words(each.name, each.theirs),
                    None if each.mine is None else words(each.name, each.mine),
                )
                for each in self.differences
            ],
        )


def opened(visit: Visit, names: Iterable[str], longest: int = _LONGEST) -> dict[str, str]:
    """Return what stood in the fields when the form was opened, as the form itself says."""
    hidden = {name: f"{_OPENED}{name}" for name in names}
    return {
        name: visit.text(field, longest) for name, field in hidden.items() if field in visit.form
    }


def reconcile(
    before: Mapping[str, str], mine: Mapping[str, str], now: Mapping[str, str]
) -> Reconciled:
    """Put together what two people did with one form.

    Args:
        before: what stood in it when it was opened; of a missing field, what stands there now.
        mine: what was sent; a missing field was left alone.
        now: what stands there since the other one saved.
    """
    was = {name: before.get(name, value) for name, value in now.items()}
    typed = {
        name: value for name, value in mine.items() if name in now and not _same(was[name], value)
    }
    differences = [
        Difference(name, was[name], value, typed.get(name))
        for name, value in now.items()
        if not _same(was[name], value)
    ]
    return Reconciled({**now, **typed}, differences)


def _same(one: str, other: str) -> bool:
    """Whether two contents are one; browsers end lines in their own way."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
