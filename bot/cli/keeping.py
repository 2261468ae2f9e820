"""`jigi keys` and `jigi audit`: the keys that seal what is kept, and the log of staff's changes."""

import asyncio
import sys
from collections.abc import Callable
from typing import Annotated

from cyclopts import App, Parameter
from sqlalchemy import Connection

from bot import bootstrap
from bot.settings import Settings, SettingsError
from event_registration.rotation import rekey
from guidance.training import TrainingDesk
from staff_console.accounts import Accounts
from storage import rotation
from storage.audit import Audit, AuditReport, Head
from storage.database import open_engine
from storage.keys import Keyring

keys_app = App(name="keys", help="The keys that seal what is kept.")
audit_app = App(name="audit", help="The log of what staff changed.")


@keys_app.command
def rotate() -> None:
    """Seal with JIGI_SECRET_KEY what JIGI_SECRET_KEY_PREVIOUS sealed; what is short-lived expires.

    Afterwards says how many rows still need the previous key. Once it says none, that key can be
    thrown away; until then leave it in the settings of every process.
    """
    settings = Settings.read()
    if settings.secret_key_previous is None:
        raise SettingsError(
            "The setting JIGI_SECRET_KEY_PREVIOUS is missing: it opens what is to be sealed anew."
        )
    keyring = bootstrap.keyring(settings)

    def work(connection: Connection) -> tuple[dict[str, int], dict[str, int]]:
        done = seal_anew(connection, keyring)
        return done, rotation.rows_of_former_keys(connection, keyring)

    done, left = _in_transaction(settings, keyring, work)
    for table, rows in done.items():
        print(f"{table}: {rows} sealed anew or ended")
    waiting = {table: rows for table, rows in left.items() if rows}
    for table, rows in waiting.items():
        if table in done:
            print(f"{table}: {rows} opened with neither key; they stay as they are until they end")
        else:
            print(f"{table}: {rows} still need the previous key; they end in 48 hours")
    if not waiting:
        print("Nothing needs the previous key any more: JIGI_SECRET_KEY_PREVIOUS can go.")


def seal_anew(connection: Connection, keyring: Keyring) -> dict[str, int]:
    """Seal, hash and sign with the current key all that lasts; return how many rows of what.

    What is not named here ends by itself within 48 hours.
    """
    done = rotation.rotate(connection, keyring) | rekey(connection, keyring)
    done["training_requests"] = TrainingDesk(keyring).rekey(connection)
    done["staff_accounts"] = Accounts(keyring).rekey(connection)
    return done


@audit_app.command
def verify(*, from_: Annotated[str | None, Parameter(name="--from")] = None) -> None:
    """Read the whole log through; exit with 1 where it was changed.

    Prints the head of the log: whoever keeps it elsewhere can later see whether the newest end was
    cut off.

    Args:
        from_: a head that was kept elsewhere; the log must still have it.
    """
    settings = Settings.read()
    known = _head(from_)

    def work(connection: Connection) -> tuple[AuditReport, bool]:
        audit = Audit()
        return audit.verify(connection), known is None or audit.holds(connection, known)

    report, is_held = _in_transaction(settings, bootstrap.demonstration_keyring(settings), work)
    if report.first_broken is not None:
        print(
            f"Entry {report.first_broken} was changed or is not signed by a key of this"
            " installation, or one before it is missing."
        )
        sys.exit(1)
    if not is_held:
        print(_why_not_held(report, known))
        sys.exit(1)
    removed = f" {report.removed} older ones were removed for their age." if report.removed else ""
    print(f"{report.entries} entries, all unchanged.{removed}")
    if report.head is not None:
        print(f"Keep this elsewhere: {report.head}")


def _head(text: str | None) -> Head | None:
    try:
        return Head.read(text) if text is not None else None
    except ValueError:
        raise SettingsError(
            "What follows --from is no head: copy the whole last line of an earlier check."
        ) from None


def _why_not_held(report: AuditReport, known: Head | None) -> str:
    newest = report.head.number if report.head is not None else 0
    if known is not None and known.number > newest:
        return (
            f"The newest end is missing: entry {known.number} was there, the log ends at {newest}."
        )
    return "The head is not in the log: it was written anew, or the head is over two years old."


def _in_transaction[T](settings: Settings, keyring: Keyring, work: Callable[[Connection], T]) -> T:
    async def run() -> T:
        engine = open_engine(settings.database, keyring)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())
