"""Two people had one form open: what each of them typed beside what the other one saved.

A form carries, hidden, what stood in each field when it was opened. Whoever saves second gets the
form back with the first one's contents in every field that he or she left alone, so that saving
again takes nothing of them away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from staff_console.visit import Visit

_OPENED = "was."
_LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A form after somebody else has saved.

    Attributes:
        fields: what stands in it now.
        theirs: what the other one saved, for each field that changed meanwhile.
        both: the fields of `theirs` in which this person has typed as well; their own text stands.
    """

    fields: Mapping[str, str]
    theirs: Mapping[str, str]
    both: frozenset[str]


def opened(visit: Visit, names: Iterable[str]) -> dict[str, str]:
    """Return what stood in the fields when the form was opened, as the form itself says."""
    hidden = {name: f"{_OPENED}{name}" for name in names}
    return {
        name: visit.text(field, _LONGEST) for name, field in hidden.items() if field in visit.form
    }


def reconcile(
    before: Mapping[str, str], mine: Mapping[str, str], now: Mapping[str, str]
) -> Reconciled:
    """Put together what two people did with one form.

    Args:
        before: what stood in it when it was opened; of a missing field, what stands there now.
        mine: what was sent.
        now: what stands there since the other one saved.
    """
    theirs = {
        name: value for name, value in now.items() if not _same(before.get(name, value), value)
    }
    typed = {
        name
        for name, value in mine.items()
        if name in now and not _same(before.get(name, now[name]), value)
    }
    fields = {name: mine[name] if name in typed else value for name, value in now.items()}
    both = {name for name in typed & theirs.keys() if not _same(mine[name], theirs[name])}
    return Reconciled(fields, theirs, frozenset(both))


def _same(one: str, other: str) -> bool:
    """Whether two contents are one; browsers end lines in their own way."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
