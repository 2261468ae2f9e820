"""Focal points as staff keep them: the whole list, as a table that is pasted in."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from guidance.focal_points import COLUMNS, FocalPointError, replace_all
from guidance.tables import focal_points
from referral_directory.french_dates import NotUnderstoodError, read_date
from referral_directory.models import Place
from referral_directory.spelling import plain
from referral_directory.vocabulary import PlaceKind
from staff_console.dates import in_words
from staff_console.errors import ChangedMeanwhileError, RefusedError
from staff_console.second_factor import token_hash
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

NETWORKS: Mapping[str, str] = {"gender": "genre", "women": "femmes"}


def read_focal_points(connection: Connection, actor: Actor) -> str:
    """Return all focal points as a table in text, in French, ready to be changed."""
    require(actor, Role.EVENTS)
    p = focal_points.c
    rows = connection.execute(
        select(*(p[name] for name in COLUMNS)).order_by(p.network, p.region, p.section, p.duty)
    ).all()
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADINGS.values())
    regions = {slug: name for name, slug in _regions(connection).values()}
    for row in rows:
        day = in_words(row.consent_on.isoformat()) if row.consent_on else ""
        table.writerow(
            [
                NETWORKS[row.network],
                regions.get(row.region, row.region),
                *row[2:6],
                day,
                "oui" if row.name_anywhere else "",
            ]
        )
    return text.getvalue()


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
    if seen_of(read_focal_points(connection, actor)) != seen:
        raise ChangedMeanwhileError(
            "Quelqu'un d'autre a remplacé la liste entre-temps. La sienne est sous la vôtre."
        )
    regions = _regions(connection)
    try:
        ready = _technical(lines, {name: slug for name, (_, slug) in regions.items()})
        count = replace_all(connection, ready, [slug for _, slug in regions.values()])
    except FocalPointError as error:
        raise RefusedError(
            f"Ligne {error.line} : elle ne va pas. Vérifiez les colonnes, la région, et la date "
            "d'accord à côté d'un nom."
        ) from None
    record(connection, AuditEntry(now, actor.name, "focal_points:replaced", "focal_points"))
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
