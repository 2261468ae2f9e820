"""Turns the rows of a file into records of the directory, and names what cannot become one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from referral_directory.entries import UnknownPlaceError
from referral_directory.french_cells import understood
from referral_directory.labels import SINGULAR_LABELS
from referral_directory.place_names import AmbiguousPlaceError, PlaceNames
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.refusals import Problem, refusals, too_long
from referral_directory.spelling import plain
from referral_directory.tables import KINDS, REMOVAL_COLUMN, Line, all_columns

type Entry = OrganizationRecord | ServiceRecord | PhoneRecord
type Key = tuple[str, str]
"""Kind and slug of an entry."""

STEP = 500
"""Rows between two reports of progress."""

_REMOVALS = frozenset({"supprimer", "fermer", "retirer", "remove", "delete", "close"})
_KEEPING = frozenset({"", "garder", "keep", "ajouter", "modifier"})
_KNOWN_COLUMNS = frozenset({*all_columns(), REMOVAL_COLUMN, "?"})
_TWICE = "cette fiche est deux fois dans le fichier"
_NO_KIND = f"au choix : {', '.join(SINGULAR_LABELS.values())}"
_UNKNOWN_COLUMN = "colonne inconnue : corrigez son nom ou retirez-la"


@dataclass(slots=True)
class Incoming:
    """What a file brings.

    Attributes:
        entries: Readable rows as records, by kind and slug, in the order of the file.
        removals: Entries that the file says are to be closed.
        where: The row and sheet of each entry, for what is found wrong with it later.
        problems: What was wrong with the other rows.
        kept_back: Services that the file calls open and that come in restricted.
        rows: How many there were.
    """

    entries: dict[Key, Entry] = field(default_factory=dict)
    removals: dict[Key, None] = field(default_factory=dict)
    where: dict[Key, tuple[int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    kept_back: set[Key] = field(default_factory=set)
    rows: int = 0

    def refuse(self, key: Key, column: str, reason: str) -> None:
        """Take an entry out again, with the reason."""
        line, sheet = self.where[key]
        self.problems.append(Problem(line, column, reason, sheet))
        self.entries.pop(key, None)
        self.removals.pop(key, None)

    def keep_back(self, key: Key, restricted: ServiceRecord) -> None:
        """Put a restricted service in the place of one that the file calls open."""
        self.entries[key] = restricted
        self.kept_back.add(key)


def read_rows(
    lines: Iterable[Line],
    places: PlaceNames,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Incoming:
    """Read all rows; what is wrong with one keeps only that one out.

    Args:
        lines: Of the file.
        places: Under which names places are known.
        progress: Called now and then with the number of rows read.
    """
    reader = _Reader(places)
    for line in lines:
        reader.take(line)
        if reader.incoming.rows % STEP == 0:
            progress(reader.incoming.rows)
    progress(reader.incoming.rows)
    return reader.incoming


class _Reader:
    def __init__(self, places: PlaceNames) -> None:
        self.incoming = Incoming()
        self._places = places
        self._unknown: set[tuple[str, str]] = set()

    def take(self, line: Line) -> None:
        self.incoming.rows += 1
        if line.kind not in KINDS:
            self._refuse(line, "record", _NO_KIND)
            return
        cells = self._known_columns(line)
        action = plain(str(cells.pop(REMOVAL_COLUMN, "") or ""))
        if action in _REMOVALS:
            self._remove(line, cells)
        elif action not in _KEEPING:
            self._refuse(line, REMOVAL_COLUMN, "écrivez « supprimer », ou laissez vide")
        else:
            self._read(line, cells)

    def _known_columns(self, line: Line) -> dict[str, Any]:
        """Return the cells without those under headings that nobody knows, which are told once."""
        known = {}
        for column, value in line.cells.items():
            if column in _KNOWN_COLUMNS:
                known[column] = value
            elif (line.sheet, column) not in self._unknown:
                self._unknown.add((line.sheet, column))
                self.incoming.problems.append(Problem(1, column, _UNKNOWN_COLUMN, line.sheet))
        return known

    def _remove(self, line: Line, cells: Mapping[str, Any]) -> None:
        key = (line.kind, str(cells.get("slug") or "").strip())
        if self._is_new(line, key):
            self.incoming.removals[key] = None

    def _read(self, line: Line, cells: Mapping[str, Any]) -> None:
        ready, refused = understood(line.kind, cells)
        refused |= line.spoilt
        refused |= self._name_places(ready)
        if "?" in cells:
            refused["?"] = "il y a plus de cellules que de colonnes"
        if refused:
            for column, reason in refused.items():
                self._refuse(line, column, reason)
            return
        try:
            record = KINDS[line.kind].from_cells(ready)
        except ValidationError as error:
            for column, reason in refusals(line.kind, error):
                self._refuse(line, column, reason)
            return
        long = list(too_long(line.kind, record))
        for column, reason in long:
            self._refuse(line, column, reason)
        if not long and self._is_new(line, (line.kind, record.slug)):
            self.incoming.entries[line.kind, record.slug] = record

    def _name_places(self, cells: dict[str, Any]) -> dict[str, str]:
        """Put slugs where names of places stand; return the columns whose name is unclear."""
        refused = {}
        for column in ("place", "areas"):
            text = cells.get(column)
            if not isinstance(text, str) or not text:
                continue
            try:
                slugs = [self._places.slug(name.strip()) for name in text.split("|")]
            except AmbiguousPlaceError as error:
                choice = ", ".join(error.slugs)
                refused[column] = f"plusieurs lieux portent ce nom : choisissez parmi {choice}"
            except UnknownPlaceError as error:
                refused[column] = f"lieu inconnu : {error.slug}"
            else:
                cells[column] = "|".join(slugs)
        return refused

    def _is_new(self, line: Line, key: Key) -> bool:
        if key in self.incoming.where:
            self._refuse(line, "slug", _TWICE)
            return False
        self.incoming.where[key] = (line.number, line.sheet)
        return True

    def _refuse(self, line: Line, column: str, reason: str) -> None:
        self.incoming.problems.append(Problem(line.number, column, reason, line.sheet))
