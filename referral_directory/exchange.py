"""Brings the directory in from files and out to them: CSV, XLSX and HSDS.

An import is looked at first and written whole: one row that cannot be read, and nothing is
written, unless somebody chose to leave such rows out. A dry run says what would change and writes
nothing. What was written can be undone as a whole. Verification never comes in, and neither do
the whereabouts of a restricted service, which go out in no file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from referral_directory import changes as directory_changes
from referral_directory.changes import Change, ChangeKind, unverified
from referral_directory.entries import Areas, Database
from referral_directory.entry_images import Image, digest, image_of_new
from referral_directory.hsds_export import write_hsds
from referral_directory.import_holds import hold as let_wait
from referral_directory.import_log import Memory, look_before, remember
from referral_directory.import_plan import Found, Plan, make_plan, state_of
from referral_directory.import_progress import Progress, Report, Stage, tell_nobody
from referral_directory.import_reach import Entry
from referral_directory.inventory import (
    not_deleted,
    read_organizations,
    read_phones,
    read_services,
)
from referral_directory.records import (
    OrganizationRecord,
    PhoneRecord,
    Record,
    ServiceRecord,
)
from referral_directory.refusals import Problem
from referral_directory.tables import UnreadableFileError, write_csv, write_xlsx
from storage.audit import AuditEntry, record_all

FileFormat = Literal["csv", "xlsx", "hsds"]
_IMPORT_LOCK = 0x4A494D50  # any number will do, as long as nobody else locks it
_LOCK_ENTRIES = "LOCK TABLE organizations, services, phones IN SHARE ROW EXCLUSIVE MODE"
_STEP = 500


class PreviewOutdatedError(ValueError):
    """The directory or the file is no longer what somebody looked at; nothing was changed.

    Attributes:
        reason: That, in French.
    """

    def __init__(self) -> None:
        self.reason = "l'annuaire ou le fichier a changé depuis l'aperçu : regardez-le de nouveau"
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do.

    Attributes:
        changes: Entries that are added, changed or closed, each with its fields.
        problems: What keeps rows out, in the order of the file.
        unchanged: How many rows say what is there already.
        written: Whether anything was written.
        fingerprint: Of all of this and of the file: hand it in as `expected` to have exactly
            what was looked at written.
        import_id: The number to undo it by; None where nothing was written.
        waiting: How many of the changes wait for a second person (`import_holds`).
    """

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    unchanged: int
    written: bool
    fingerprint: str = ""
    import_id: int | None = None
    waiting: int = 0

    @property
    def added(self) -> int:
        """Return how many entries are new."""
        return self._count(ChangeKind.ADDED)

    @property
    def changed(self) -> int:
        """Return how many known entries differ."""
        return self._count(ChangeKind.CHANGED)

    @property
    def removed(self) -> int:
        """Return how many entries are closed."""
        return self._count(ChangeKind.REMOVED)

    @property
    def refused_rows(self) -> int:
        """Return how many rows are kept out."""
        return len({(problem.sheet, problem.line) for problem in self.problems})

    def of_kind(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return the changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    def _count(self, kind: ChangeKind) -> int:
        return sum(change.kind is kind for change in self.changes)


def export_file(database: Database, path: Path, format: FileFormat) -> int:  # noqa: A002  # the contract's word
    """Write the directory to a file; return how many entries it holds.

    CSV and XLSX hold all entries for staff, HSDS the published ones for other directories.
    """
    if format == "hsds":
        return write_hsds(database, path)
    tables: dict[str, Sequence[Record]] = {
        "organization": not_deleted(read_organizations(database)),
        "service": not_deleted(read_services(database)),
        "phone": not_deleted(read_phones(database)),
    }
    if format == "xlsx":
        write_xlsx(path, tables)
    else:
        write_csv(path, tables)
    return sum(map(len, tables.values()))


def import_file(  # noqa: PLR0913  # what, by whom, when, and how much of it
    database: Database,
    path: Path,
    *,
    dry_run: bool,
    now: datetime,
    actor: str,
    partial: bool = False,
    hold: bool = False,
    expected: str = "",
    file_name: str = "",
    report: Report = tell_nobody,
) -> ImportReport:
    """Bring in a CSV, XLSX or HSDS (.json) file, or say what that would change.

    Args:
        database: With an open transaction, which is left as it was where this raises.
        path: The file; its suffix says what it is.
        dry_run: Write nothing.
        now: Aware time.
        actor: Who does it, for the audit log.
        partial: Leave out rows that cannot be read and write the others.
        hold: Let what the public would read at once wait for a second person, as edits; False
            where the installation says that it has none.
        expected: The fingerprint of the preview that somebody agreed to; empty for none.
        file_name: What to remember the file by; `path`'s own name where empty.
        report: Told now and then how far it is.

    Raises:
        UnreadableFileError: When the file is no table of the directory.
        PreviewOutdatedError: When this is not what was looked at.
        OSError: When it cannot be opened.
    """
    if not dry_run:
        _one_at_a_time(database)
    prepared = prepare_import(database, path, now=now, hold=hold, report=report)
    if dry_run:
        return prepared.report(import_id=None, written=False)
    return write_import(
        database,
        prepared,
        actor=actor,
        partial=partial,
        expected=expected,
        file_name=file_name,
        report=report,
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read and compared with the directory, ready to be written at once.

    Attributes:
        plan: What it would do.
        state: Of the directory that it was compared with.
        memory: What the entries look like that it changes.
        now: When, for what is written is remembered as of then.
        file_name: The file's own.
    """

    plan: Plan
    state: str
    memory: Memory
    now: datetime
    file_name: str

    def report(self, *, import_id: int | None, written: bool) -> ImportReport:
        """Return what people are told of it."""
        plan = self.plan
        return ImportReport(
            plan.found.changes,
            tuple(sorted(plan.incoming.problems, key=lambda one: (one.sheet, one.line))),
            plan.unchanged,
            written,
            plan.fingerprint,
            import_id,
            plan.reach.count,
        )


def prepare_import(
    database: Database, path: Path, *, now: datetime, hold: bool, report: Report = tell_nobody
) -> Prepared:
    """Do all of an import that needs no lock: read the file, compare it, look at what it changes.

    Args:
        database: To read from; nobody waits for it.
        path: The file.
        now: Aware time.
        hold: As `import_file` has it.
        report: Told now and then how far it is.

    Raises:
        UnreadableFileError: When the file is no table of the directory.
        OSError: When it cannot be opened.
    """
    # The state first: what somebody saves while the rest is read is noticed when it is written.
    state = state_of(database)
    plan = make_plan(database, path, report, now=now, hold=hold)
    restricted = {
        one.slug
        for one in (*plan.known.services.values(), *(one for _, one in plan.found.services))
        if one.is_restricted
    } | plan.known.hidden_places
    found = plan.found.at_once(plan.reach)
    digests = {
        (change.subject, change.slug): digest(_image(record, plan.known.areas, now))
        for change, record in found.pairs
        if change.is_new
    }
    memory = look_before(database, found.changes, restricted, digests)
    return Prepared(plan, state, memory, now, path.name)


def _image(record: Entry, areas: Areas, now: datetime) -> Image:
    return image_of_new(record.model_copy(update=unverified(record)), areas, now)


def write_import(  # noqa: PLR0913  # what, by whom, when, and how much of it
    database: Database,
    prepared: Prepared,
    *,
    actor: str,
    partial: bool = False,
    expected: str = "",
    file_name: str = "",
    report: Report = tell_nobody,
) -> ImportReport:
    """Write what was prepared, all or nothing, if the directory is still as it was then.

    Args:
        database: With an open transaction, which is left as it was where this raises.
        prepared: By `prepare_import`, on this connection or another.
        actor: Who does it.
        partial: As `import_file` has it; so are the others.
        expected: The fingerprint of the preview.
        file_name: What to remember the file by.
        report: Told now and then how far it is.

    Raises:
        PreviewOutdatedError: When this is not what was looked at, or somebody saved meanwhile.
    """
    _one_at_a_time(database)
    plan = prepared.plan
    if expected and expected != plan.fingerprint:
        raise PreviewOutdatedError
    if partial or not plan.incoming.problems:
        if not plan.found.changes:
            return prepared.report(import_id=None, written=True)
        if state_of(database) != prepared.state:
            raise PreviewOutdatedError
        with database.begin_nested():
            signed = _Signed(prepared.now, actor, file_name or prepared.file_name)
            import_id = _write(database, prepared, signed, report)
        return prepared.report(import_id=import_id, written=True)
    return prepared.report(import_id=None, written=False)


def _one_at_a_time(database: Database) -> None:
    """Let other writers wait: each import compares with what the one before it wrote."""
    connection = database.connection() if isinstance(database, Session) else database
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))
        # SQLite has one writer anyway; here too nobody saves between the check and the writing.
        connection.exec_driver_sql(_LOCK_ENTRIES)


@dataclass(frozen=True, slots=True)
class _Signed:
    """Who imports which file, and when."""

    now: datetime
    actor: str
    file_name: str


def _write(database: Database, prepared: Prepared, signed: _Signed, report: Report) -> int:
    plan = prepared.plan
    found = plan.found.at_once(plan.reach)
    total = len(found.changes)
    done = 0
    for portion in _portions(found):
        _write_portion(database, portion, plan.known.areas, signed.now)
        record_all(database, [_entry(change, signed) for change, _ in portion[1]])
        done += len(portion[1])
        report(Progress(Stage.WRITING, done, total))
    let_wait(database, plan.reach, plan.known, now=signed.now, actor=signed.actor)
    return remember(
        database,
        prepared.memory,
        now=signed.now,
        actor=signed.actor,
        file_name=signed.file_name,
        refused=len({(one.sheet, one.line) for one in plan.incoming.problems}),
        unchanged=plan.unchanged,
    )


type _Portion = (
    tuple[Literal["organization"], list[tuple[Change, OrganizationRecord]]]
    | tuple[Literal["service"], list[tuple[Change, ServiceRecord]]]
    | tuple[Literal["phone"], list[tuple[Change, PhoneRecord]]]
)


def _portions(found: Found) -> Iterable[_Portion]:
    """Yield what is to be written, some at a time, owners before what belongs to them."""
    for organizations in batched(found.organizations, _STEP):
        yield "organization", list(organizations)
    for services in batched(found.services, _STEP):
        yield "service", list(services)
    for phones in batched(found.phones, _STEP):
        yield "phone", list(phones)


def _write_portion(database: Database, portion: _Portion, areas: Areas, now: datetime) -> None:
    match portion:
        case ("organization", organizations):
            directory_changes.write_organizations(database, organizations, now)
        case ("service", services):
            directory_changes.write_services(database, services, areas, now)
        case ("phone", phones):
            directory_changes.write_phones(database, phones, now)


def _entry(change: Change, signed: _Signed) -> AuditEntry:
    action = {"added": "added", "changed": "updated", "removed": "closed"}[change.kind]
    fields = (*change.fields, *(["assured_date"] if change.withdraws_verification else []))
    tag = f"{change.subject}:{action}"
    return AuditEntry(signed.now, signed.actor, tag, change.slug, fields, "import")


__all__ = [
    "Change",
    "ChangeKind",
    "FileFormat",
    "ImportReport",
    "Prepared",
    "PreviewOutdatedError",
    "Problem",
    "Progress",
    "Stage",
    "UnreadableFileError",
    "export_file",
    "import_file",
    "prepare_import",
    "write_import",
]
