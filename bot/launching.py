"""What only people can do before going live: the open rows of `docs/launch-checklist.md`."""

import re
from collections.abc import Iterable

_ROW = re.compile(r"^\| *(L\d{2}) *\|(.*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def open_rows(checklist: str) -> Iterable[str]:
    """Yield a sentence for each row of the list that nobody has closed with a day and a name."""
    for number, what, owner, due, done in _ROW.findall(checklist):
        if not done.strip():
            said = _LINK.sub(r"\1", what).replace("`", "").strip()
            yield f"{number}, {owner.strip()}, {due.strip()}: {said}."
