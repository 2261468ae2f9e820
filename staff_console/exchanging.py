"""Files of the directory, for staff: looked at by editors, written and undone by approvers.

An import hides and adds entries at once, so it needs the role that approves edits. What the
public would read at once waits among the edits for a second person, or for the same one where the
installation says that there is no other.
"""

import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from referral_directory.changes import Change
from referral_directory.exchange import (
    FileFormat,
    ImportReport,
    Prepared,
    PreviewOutdatedError,
    export_file,
    prepare_import,
    write_import,
)
from referral_directory.import_log import (
    CannotUndoError,
    PastImport,
    Undone,
    UnknownImportError,
    past_imports,
    undo_import,
)
from referral_directory.import_models import ImportEntry
from referral_directory.import_progress import Report, Watch, tell_nobody
from referral_directory.refusals import Problem
from referral_directory.tables import UnreadableFileError
from referral_directory.templates import write_template
from staff_console.errors import RefusedError, UnknownRecordError
from staff_console.names import Names, names_in, read_names
from staff_console.uploads import Upload
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record

LONGEST_REASON = 300
MOST_LINES = 200
"""How many changes, refusals or entries a page shows."""

_MOST_OBSTACLES = 10
_SUFFIXES: dict[str, str] = {"csv": ".csv", "xlsx": ".xlsx", "hsds": ".json"}


type Job = Callable[[Watch], Awaitable[Any]]
"""Work that tells a watch how far it is."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change, cut to what a page shows: it is kept while somebody reads it.

    Attributes:
        token: names the file.
        fingerprint: of all that the file would do, shown or not.
        changes: the first ones, field by field.
        more_changes: how many follow.
        problems: the first ones.
        more_problems: how many follow.
        waiting: how many of the changes a second person has to approve.
    """

    token: str
    file_name: str
    fingerprint: str
    added: int
    changed: int
    removed: int
    unchanged: int
    waiting: int
    refused_rows: int
    changes: tuple[Change, ...]
    more_changes: int
    problems: tuple[Problem, ...]
    more_problems: int
    names: Names


def summed_up(upload: Upload, report: ImportReport, names: Names) -> Preview:
    """Return what a page shows of a preview."""
    return Preview(
        upload.token,
        upload.file_name,
        report.fingerprint,
        report.added,
        report.changed,
        report.removed,
        report.unchanged,
        report.waiting,
        report.refused_rows,
        report.changes[:MOST_LINES],
        max(0, len(report.changes) - MOST_LINES),
        report.problems[:MOST_LINES],
        max(0, len(report.problems) - MOST_LINES),
        names,
    )


def names_of_preview(connection: Connection, report: ImportReport) -> Names:
    """Return the names for the changes that a page shows; of what is new the file's own."""
    shown = report.changes[:MOST_LINES]
    cells = [
        (one.field, cell) for each in shown for one in each.values for cell in (one.old, one.new)
    ]
    found = names_in(connection, cells, [(each.subject, each.slug) for each in shown])
    new = {(each.subject, each.slug): each.name for each in shown if each.is_new}
    return Names({**new, **found.entries}, found.places)


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One import, and a part of the entries that it touched.

    Attributes:
        entries: subject, slug, and whether the import added it; none once their time is over.
        start: the number of the first one shown.
        total: how many there are in all.
    """

    one: PastImport
    entries: Sequence[tuple[str, str, bool]]
    start: int
    total: int
    names: Names


def prepare(
    connection: Connection,
    actor: Actor,
    upload: Upload,
    now: datetime,
    report: Report = tell_nobody,
) -> Prepared:
    """Return what a file would do; writes nothing. `report` is told how far it is.

    Raises:
        RefusedError: it is no file of the directory.
    """
    require(actor, Role.EDITOR)
    with _in_french():
        return prepare_import(connection, upload.path, now=now, hold=True, report=report)


def write(  # noqa: PLR0913  # what, by whom, how much of it, as seen
    connection: Connection,
    actor: Actor,
    upload: Upload,
    prepared: Prepared,
    *,
    partial: bool,
    seen: str,
    report: Report = tell_nobody,
) -> ImportReport:
    """Write a file as it was looked at, whole or not at all; `report` is told how far it is.

    Raises:
        RefusedError: the directory changed since, or rows are refused and `partial` is not set.
    """
    require(actor, Role.APPROVER)
    with _in_french():
        done = write_import(
            connection,
            prepared,
            actor=actor.name,
            partial=partial,
            expected=seen,
            file_name=upload.file_name,
            report=report,
        )
    if not done.written:
        raise RefusedError(
            "Des lignes sont refusées : corrigez le fichier, ou laissez-les de côté."
        )
    return done


def imports(connection: Connection, actor: Actor, now: datetime) -> Sequence[PastImport]:
    """Return the imports that were written, the newest first."""
    require(actor, Role.EDITOR)
    return past_imports(connection, now)


def one_import(
    connection: Connection, actor: Actor, number: int, now: datetime, start: int = 0
) -> ImportPage:
    """Return an import with a part of its entries.

    Raises:
        UnknownRecordError: there is none of this number.
    """
    require(actor, Role.EDITOR)
    one = next(iter(past_imports(connection, now, number=number)), None)
    if one is None:
        raise UnknownRecordError
    e = ImportEntry
    mine = e.import_id == number
    total = connection.execute(select(func.count()).where(mine).select_from(e)).scalar_one()
    columns = (e.subject, e.slug, e.before.is_(None))
    query = select(*columns).where(mine).order_by(e.subject, e.slug)
    rows = connection.execute(query.offset(start).limit(MOST_LINES)).all()
    entries = [(subject, slug, bool(is_new)) for subject, slug, is_new in rows]
    names = read_names(connection, [(subject, slug) for subject, slug, _ in entries])
    return ImportPage(one, entries, start, total, names)


def undo(connection: Connection, actor: Actor, number: int, now: datetime) -> Undone:
    """Put everything back as it was before an import.

    Raises:
        RefusedError: it can't be undone; names the entries that stand in the way.
        UnknownRecordError: there is none of this number.
    """
    require(actor, Role.APPROVER)
    with _in_french():
        return undo_import(connection, number, now=now, actor=actor.name)


def export(
    connection: Connection, actor: Actor, form: FileFormat, reason: str, now: datetime
) -> bytes:
    """Return the directory as a file; the reason stands in the audit log (S37).

    Restricted whereabouts are in no file, whoever asks.

    Raises:
        RefusedError: no reason was given.
    """
    require(actor, Role.EDITOR)
    if not reason:
        raise RefusedError("Dites pour quoi faire.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"annuaire{_SUFFIXES[form]}"
        export_file(connection, path, form)
        content = path.read_bytes()
    note = reason[:LONGEST_REASON]
    record(connection, AuditEntry(now, actor.name, "directory:exported", "directory", note=note))
    return content


def template() -> bytes:
    """Return an empty workbook to fill in, with its instructions in French."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "modele.xlsx"
        write_template(path)
        return path.read_bytes()


@contextmanager
def _in_french() -> Iterator[None]:
    try:
        yield
    except UnknownImportError:
        raise UnknownRecordError from None
    except CannotUndoError as error:
        some = error.obstacles[:_MOST_OBSTACLES]
        named = " ; ".join(f"{one.slug} ({one.reason})" for one in some)
        raise RefusedError(f"Rien n'a changé : {error.reason}. {named}".strip()) from None
    except (UnreadableFileError, PreviewOutdatedError) as error:
        raise RefusedError(f"Rien n'a changé : {error.reason}.") from None
