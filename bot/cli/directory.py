"""`jigi directory`: exchange and verification of services."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, Literal

from cyclopts import App
from sqlalchemy.orm import Session

from bot import bootstrap
from bot.cli.directory_lists import register
from bot.settings import Settings, SettingsError
from referral_directory.exchange import (
    Change,
    ChangeKind,
    ImportReport,
    PreviewOutdatedError,
    Progress,
    export_file,
    prepare_import,
    write_import,
)
from referral_directory.import_log import CannotUndoError, UnknownImportError, past_imports
from referral_directory.import_log import undo_import as take_back
from referral_directory.loading import load_starter
from referral_directory.places_import import import_places
from referral_directory.provider_links import NoLinkError, ProviderLinks
from referral_directory.tables import UnreadableFileError
from referral_directory.verification import CannotVerifyError, UnknownEntryError
from referral_directory.verification import unverify as withdraw
from referral_directory.verification import verify as confirm
from storage.actors import Actor, Role

app = App(name="directory", help="The directory of services.")
COMMAND_LINE = "command line"  # the actor in the audit log where nobody is named
_MOST_LINES = 50
_LINE_EVERY = 1_000  # rows between two lines of progress where no terminal is


def _in_transaction[**P, T](
    work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `work` in one transaction of the directory's database; its errors become sentences.

    Raises:
        SettingsError: the entry, the day or the file is not right; nothing was changed.
    """

    async def run() -> T:
        settings = Settings.read()
        await bootstrap.upgrade_database(settings)
        async with bootstrap.open_directory(settings) as directory, directory.sessions() as session:
            result: Any = await session.run_sync(work, *args, **kwargs)
            await session.commit()
            return result  # type: ignore[no-any-return]  # run_sync loses the type on the way

    return _told(run())


def _told[T](work: Coroutine[Any, Any, T]) -> T:
    """Run work on the directory; its errors become sentences.

    Raises:
        SettingsError: the entry, the day or the file is not right; nothing was changed.
    """
    try:
        return asyncio.run(work)
    except UnknownEntryError as error:
        raise SettingsError(f"The directory has no entry {error.entry_id}.") from None
    except UnknownImportError as error:
        raise SettingsError(f"There is no import {error.import_id}.") from None
    except CannotUndoError as error:
        lines = [f"{one.subject} {one.slug}: {one.reason}" for one in error.obstacles]
        reasons = "\n".join([f"Nothing was changed: {error.reason}.", *lines[:_MOST_LINES]])
        raise SettingsError(reasons) from None
    except (CannotVerifyError, UnreadableFileError, PreviewOutdatedError) as error:
        raise SettingsError(f"Nothing was changed: {error.reason}.") from None


@app.command
def load() -> None:
    """Load the places and the starter directory; what staff changed stays."""
    report = _in_transaction(load_starter, now=bootstrap.SystemClock().now())
    print(
        f"{report.organizations} organisations, {report.services} services, {report.phones} numbers"
        f" and {report.places} places are new."
    )


@app.command(name="import")
def import_(file: Path, *, dry_run: bool = False, partial: bool = False) -> None:
    """Bring a CSV, XLSX or HSDS (.json) file in.

    What the public would read at once, such as other words of a confirmed service, waits in the
    console for a second person, unless JIGI_SINGLE_STAFF says that there is none.

    Args:
        file: which.
        dry_run: say what would change, and write nothing.
        partial: leave out the rows that cannot be read, and write the others.
    """
    report = _told(_imported(bootstrap.readable(file), dry_run=dry_run, partial=partial))
    _print_report(report)
    if report.problems and not report.written:
        sys.exit(1)


async def _imported(file: Path, *, dry_run: bool, partial: bool) -> ImportReport:
    """Read and compare a file, and only then take the lock that others wait for."""
    settings, told = Settings.read(), _Told()
    await bootstrap.upgrade_database(settings)
    async with bootstrap.open_directory(settings) as directory:
        now, hold = bootstrap.SystemClock().now(), not settings.single_staff
        prepared = await directory.read_only.read(
            prepare_import, file, now=now, hold=hold, report=told.tell
        )
        if dry_run:
            return prepared.report(import_id=None, written=False)
        async with directory.sessions() as session:
            report: ImportReport = await session.run_sync(
                write_import, prepared, actor=COMMAND_LINE, partial=partial, report=told.tell
            )
            await session.commit()
            return report


class _Told:
    """Says how far an import is: over and over in one line, or in a log a line now and then."""

    def __init__(self) -> None:
        self._last: Progress | None = None

    def tell(self, progress: Progress) -> None:
        total = f" of {progress.total}" if progress.total is not None else ""
        said = f"{progress.stage} {progress.done}{total} …"
        if sys.stderr.isatty():
            print(f"\r{said:<40}", end="", file=sys.stderr, flush=True)
        elif self._is_news(progress):
            print(said, file=sys.stderr, flush=True)
            self._last = progress

    def _is_news(self, progress: Progress) -> bool:
        last = self._last
        already = last.done if last is not None and last.stage is progress.stage else 0
        return progress.done - already >= _LINE_EVERY


def _print_report(report: ImportReport) -> None:
    for change in report.changes[:_MOST_LINES]:
        _print_change(change)
    if len(report.changes) > _MOST_LINES:
        print(f"… and {len(report.changes) - _MOST_LINES} more")
    for problem in report.problems[:_MOST_LINES]:
        sheet = f"sheet {problem.sheet}, " if problem.sheet else ""
        column = f", column {problem.column}" if problem.column else ""
        print(f"{sheet}line {problem.line}{column}: {problem.reason}", file=sys.stderr)
    if len(report.problems) > _MOST_LINES:
        print(f"… and {len(report.problems) - _MOST_LINES} more", file=sys.stderr)
    verb = "written" if report.written else "not written"
    print(
        f"{report.added} added, {report.changed} changed, {report.removed} removed,"
        f" {report.unchanged} unchanged, {len(report.problems)} refused; {verb}"
    )
    if report.waiting:
        verb = "wait" if report.written else "would wait"
        print(f"{report.waiting} of the changes {verb} for a second person in the console")
    if report.import_id is not None:
        print(f"To take it back: jigi directory undo-import {report.import_id}")


def _print_change(change: Change) -> None:
    note = " (its verification is withdrawn)" if change.withdraws_verification else ""
    what = {ChangeKind.ADDED: "new", ChangeKind.REMOVED: "removed"}.get(
        change.kind, ", ".join(change.fields)
    )
    print(f"{change.subject} {change.slug}: {what}{note}")
    if change.kind is ChangeKind.CHANGED:
        for value in change.values:
            if value.new is not None:
                print(f"    {value.field}: {value.old or '(empty)'} → {value.new or '(empty)'}")


@app.command
def imports() -> None:
    """List the imports that were written, the newest first."""
    for one in _in_transaction(past_imports, bootstrap.SystemClock().now()):
        state = "can be undone" if one.undo_until else "can no longer be undone"
        if one.undone_at is not None:
            state = f"undone by {one.undone_by} on {one.undone_at:%d/%m/%Y}"
        print(
            f"{one.id}  {one.at:%d/%m/%Y %H:%M}  {one.actor}  {one.file_name}: {one.added} added,"
            f" {one.changed} changed, {one.removed} removed, {one.refused} rows refused; {state}"
        )


@app.command
def undo_import(number: int) -> None:
    """Take a whole import back, unless somebody changed its entries since.

    Args:
        number: as `jigi directory imports` lists it.
    """
    now = bootstrap.SystemClock().now()
    undone = _in_transaction(take_back, number, now=now, actor=COMMAND_LINE)
    print(f"Import {number} is undone: {undone.removed} removed, {undone.restored} restored.")
    for slug in undone.still_guarded:
        print(f"{slug} stays restricted: only staff lift that, in the console.")


@app.command
def export(file: Path, *, format: Literal["csv", "xlsx", "hsds"]) -> None:  # noqa: A002  # the contract's word
    """Write the directory to a file; confidential places are never in it.

    Args:
        file: where to.
        format: csv and xlsx for staff, hsds for other directories.
    """
    count = _in_transaction(export_file, file, format)
    print(f"{count} entries written to {file}.")


@app.command
def verify(entry: str, *, by: str, on: date) -> None:
    """Say that a person confirmed an entry.

    Args:
        entry: its id, such as tel-17 or osc-mopti.
        by: who confirmed it.
        on: the day of the call or visit, as 2026-11-23.
    """
    now = bootstrap.SystemClock().now()
    verified = _in_transaction(confirm, entry, by=by, on=on, now=now)
    print(f"{verified.entry_id} is verified, by {by} on {on:%d/%m/%Y}.")


@app.command
def unverify(entry: str) -> None:
    """Take a verification back.

    Args:
        entry: its id.
    """
    now = bootstrap.SystemClock().now()
    _in_transaction(withdraw, entry, now=now, actor=COMMAND_LINE)
    print(f"{entry} is no longer verified.")


@app.command(name="provider-link")
def provider_link(service: str) -> None:
    """Print the path of a link by which a provider confirms or corrects its service.

    It stands under the console's address and lasts two weeks. Never for a restricted service.

    Args:
        service: its id, such as osc-mopti.
    """
    clerk = Actor(COMMAND_LINE, frozenset({Role.EDITOR}))

    def make(session: Session) -> str:
        links = ProviderLinks(bootstrap.keyring(Settings.read()))
        return links.make(session, clerk, service, bootstrap.SystemClock().now())

    try:
        token = _in_transaction(make)
    except NoLinkError:
        raise SettingsError(
            f"There is no link for {service}: it is restricted or not public."
        ) from None
    print(f"/prestataire/{token}")


@app.command
def places(file: Path, *, dry_run: bool = False) -> None:
    """Take more places in: a table of OCHA's COD-AB, or GeoNames' ML.zip.

    Args:
        file: which.
        dry_run: say what would be added, and write nothing.
    """
    now = bootstrap.SystemClock().now()
    report = _in_transaction(
        import_places, bootstrap.readable(file), dry_run=dry_run, now=now, actor=COMMAND_LINE
    )
    verb = "written" if report.written else "not written"
    print(f"{report.added} added, {report.known} known, {report.skipped} skipped; {verb}")


register(app, _in_transaction)
