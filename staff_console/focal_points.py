"""Focal points as staff keep them: the whole list, as a table that is pasted in."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from guidance.focal_points import COLUMNS, FocalPointError, replace_all
from guidance.former_lists import (
    NoFormerListError,
    bring_back,
    erase_list,
    former_lists,
    hold_list,
    keep_list,
)
from guidance.tables import focal_points
from referral_directory.french_dates import NotUnderstoodError, read_date
from referral_directory.models import Place
from referral_directory.spelling import plain
from referral_directory.vocabulary import PlaceKind
from staff_console.dates import in_words
from staff_console.errors import RefusedError, UnknownRecordError
from staff_console.meanwhile import changed_meanwhile
from staff_console.second_factor import token_hash
from staff_console.three_way import Reconciled, reconcile
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record

HEADINGS: Mapping[str, str] = {
    "network": "réseau",
    "region": "région",
    "section": "service",
    "duty": "poste",
    "channel": "contact",
    "name": "nom",
    "consent_on": "accord du",
    "name_anywhere": "nom partout",
}
"""Column -> what stands at its head. The table may be pasted with either."""

_ABOUT = 4  # columns that tell one line from another
_RECORD = "focal_points"
NETWORKS: Mapping[str, str] = {"gender": "genre", "women": "femmes"}


def read_focal_points(connection: Connection, actor: Actor) -> str:
    """Return all focal points as a table in text, in French, ready to be changed."""
    require(actor, Role.EVENTS)
    p = focal_points.c
    rows = connection.execute(
        select(*(p[name] for name in COLUMNS)).order_by(p.network, p.region, p.section, p.duty)
    ).mappings()
    regions = {slug: name for name, slug in _regions(connection).values()}
    return _table([dict(row) for row in rows], regions)


def _table(rows: Iterable[Mapping[str, Any]], regions: Mapping[str, str]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADINGS.values())
    for row in rows:
        day = in_words(str(row["consent_on"])) if row["consent_on"] else ""
        table.writerow(
            [
                NETWORKS[row["network"]],
                regions.get(row["region"], row["region"]),
                *(row[name] for name in ("section", "duty", "channel", "name")),
                day,
                "oui" if row["name_anywhere"] else "",
            ]
        )
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class Former:
    """A list that was replaced, as staff read it, and until when it can be brought back."""

    number: int
    replaced_at: datetime
    replaced_by: str
    until: datetime
    size: int
    table: str


def read_former(connection: Connection, actor: Actor, now: datetime) -> list[Former]:
    """Return the lists that were replaced of late, the latest first."""
    require(actor, Role.EVENTS)
    regions = {slug: name for name, slug in _regions(connection).values()}
    return [
        Former(
            each.number,
            each.replaced_at,
            each.replaced_by,
            each.until,
            len(each.rows),
            _table(each.rows, regions),
        )
        for each in former_lists(connection, now)
    ]


def restore_former(  # who, which, over what they saw, and when
    connection: Connection, actor: Actor, number: int, seen: str, now: datetime
) -> int:
    """Put a former list in the place of the present one, which can be brought back in turn.

    Raises:
        ChangedMeanwhileError: somebody else has replaced the list since; nothing was changed.
        UnknownRecordError: the former list is gone.
    """
    require(actor, Role.EVENTS)
    _check(connection, actor, seen)
    try:
        count = bring_back(connection, number, actor.name, now)
    except NoFormerListError:
        raise UnknownRecordError("Cette ancienne liste n'existe plus.") from None
    _note(connection, actor, "restored", now)
    return count


def erase_former(connection: Connection, actor: Actor, number: int, now: datetime) -> None:
    """Let a former list go before its time: somebody in it has withdrawn their consent.

    Raises:
        UnknownRecordError: it is gone already.
    """
    require(actor, Role.EVENTS)
    try:
        erase_list(connection, number)
    except NoFormerListError:
        raise UnknownRecordError("Cette ancienne liste n'existe plus.") from None
    _note(connection, actor, "former_erased", now)


def _check(connection: Connection, actor: Actor, seen: str) -> None:
    hold_list(connection)
    if seen_of(read_focal_points(connection, actor)) != seen:
        raise changed_meanwhile(connection, _RECORD, "remplacé la liste")


def _note(connection: Connection, actor: Actor, what: str, now: datetime) -> None:
    entry = AuditEntry(now, actor.name, f"focal_points:{what}", _RECORD, ("rows",))
    record(connection, entry)


def seen_of(points: str) -> str:
    """Return what tells whether the list is still the one that somebody saw."""
    return token_hash(points)[:16]


def replace_focal_points(
    connection: Connection, actor: Actor, lines: Sequence[str], seen: str, now: datetime
) -> int:
    """Put a table in the place of all focal points; return how many.

    Args:
        connection: in a transaction.
        actor: who asks for it.
        lines: the table, its head first.
        seen: `seen_of` the list that was changed.
        now: the time.

    Raises:
        ChangedMeanwhileError: somebody else has replaced the list since; nothing was changed.
        RefusedError: a row is not right; nothing was changed.
    """
    require(actor, Role.EVENTS)
    _check(connection, actor, seen)
    keep_list(connection, actor.name, now)
    regions = _regions(connection)
    try:
        ready = _technical(lines, {name: slug for name, (_, slug) in regions.items()})
        count = replace_all(connection, ready, [slug for _, slug in regions.values()])
    except FocalPointError as error:
        raise RefusedError(
            f"Ligne {error.line} : elle ne va pas. Vérifiez les colonnes, la région, et la date "
            "d'accord à côté d'un nom.",
            "rows",
        ) from None
    _note(connection, actor, "replaced", now)
    return count


def _regions(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return the regions by their names in plain letters: name and slug."""
    rows = connection.execute(
        select(Place.name_fr, Place.slug).where(Place.kind == PlaceKind.REGION)
    )
    return {plain(name): (name, slug) for name, slug in rows}


def _technical(lines: Sequence[str], regions: Mapping[str, str]) -> Iterator[str]:
    """Yield the table as the service reads it, from one with French heads and words."""
    columns = {plain(head): name for name, head in HEADINGS.items()}
    codes = {plain(word): code for code, word in NETWORKS.items()}
    for number, row in enumerate(csv.reader(lines), 1):
        if number == 1:
            yield _line([columns.get(plain(head), head.strip()) for head in row])
        elif len(row) < len(HEADINGS):
            raise FocalPointError(number, "columns are missing")
        else:
            network, region, *words, consent, anywhere = row[: len(HEADINGS)]
            yield _line(
                [
                    codes.get(plain(network), network),
                    regions.get(plain(region), region),
                    *words,
                    _day(number, consent),
                    "yes" if plain(anywhere) == "oui" else anywhere,
                ]
            )


def _day(number: int, text: str) -> str:
    try:
        return read_date(text) if text.strip() else ""
    except NotUnderstoodError as error:
        raise FocalPointError(number, error.reason) from None


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def by_line(table: str) -> dict[str, str]:
    """Return the lines of a table, each under what it is about.

    A line is about a network, a region, a section and a duty; how it was quoted, and whether the
    network stands there in French, makes no other line of it.
    """
    words = {plain(code): word for code, word in NETWORKS.items()}
    lines: dict[str, str] = {}
    for row in list(csv.reader(table.splitlines()))[1:]:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        cells[0] = words.get(plain(cells[0]), cells[0].casefold())
        about = ", ".join(cells[:_ABOUT])
        same = sum(each == about or each.startswith(f"{about} (") for each in lines)
        lines[f"{about} ({same + 1})" if same else about] = _line(cells)
    return lines


def of_lines(lines: Mapping[str, str]) -> str:
    """Return a table of lines, with its head; a line that is empty was taken out."""
    return "\n".join([_line(list(HEADINGS.values())), *filter(None, lines.values()), ""])


def reconcile_lines(before: str, mine: str, now: str) -> Reconciled:
    """Put together what two people did with the list, line by line.

    Args:
        before: the list when it was opened.
        mine: as it was sent.
        now: as it is since the other one saved.
    """
    tables = [by_line(each) for each in (now, mine, before)]
    every = list(dict.fromkeys(name for table in tables for name in table))
    ours, sent, opened = ({name: table.get(name, "") for name in every} for table in tables)
    return reconcile(opened, sent, ours)
