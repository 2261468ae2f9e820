"""`jigi directory`: exchange and verification of services."""

import asyncio
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, Literal

from cyclopts import App
from sqlalchemy.orm import Session

from bot import bootstrap
from bot.settings import Settings, SettingsError
from referral_directory.exchange import ImportReport, export_file, import_file
from referral_directory.loading import load_starter
from referral_directory.places_import import import_places
from referral_directory.tables import UnreadableFileError
from referral_directory.verification import CannotVerifyError, UnknownEntryError
from referral_directory.verification import unverify as withdraw
from referral_directory.verification import verify as confirm

app = App(name="directory", help="The directory of services.")
COMMAND_LINE = "command line"  # the actor in the audit log where nobody is named
_MOST_LINES = 50


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

    try:
        return asyncio.run(run())
    except UnknownEntryError as error:
        raise SettingsError(f"The directory has no entry {error.entry_id}.") from None
    except (CannotVerifyError, UnreadableFileError) as error:
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
def import_(file: Path, *, dry_run: bool = False) -> None:
    """Bring a CSV, XLSX or HSDS (.json) file in.

    Args:
        file: which.
        dry_run: say what would change, and write nothing.
    """
    report = _in_transaction(
        import_file,
        bootstrap.readable(file),
        dry_run=dry_run,
        now=bootstrap.SystemClock().now(),
        actor=COMMAND_LINE,
    )
    _print_report(report)
    if report.problems:
        sys.exit(1)


def _print_report(report: ImportReport) -> None:
    for change in report.changes[:_MOST_LINES]:
        what = "new" if change.is_new else ", ".join(change.fields)
        note = " (its verification is withdrawn)" if change.withdraws_verification else ""
        print(f"{change.subject} {change.slug}: {what}{note}")
    if len(report.changes) > _MOST_LINES:
        print(f"… and {len(report.changes) - _MOST_LINES} more")
    for problem in report.problems:
        column = f", column {problem.column}" if problem.column else ""
        print(f"line {problem.line}{column}: {problem.reason}", file=sys.stderr)
    verb = "written" if report.written else "not written"
    print(
        f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged,"
        f" {len(report.problems)} refused; {verb}"
    )


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
