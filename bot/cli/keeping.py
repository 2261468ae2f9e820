"""`jigi keys` and `jigi audit`: the keys that seal what is kept, and the log of staff's changes."""

import asyncio
import sys
from collections.abc import Callable

from cyclopts import App
from sqlalchemy import Connection

from bot import bootstrap
from bot.settings import Settings, SettingsError
from event_registration.rotation import rekey
from guidance.training import TrainingDesk
from storage import rotation
from storage.audit import Audit, AuditReport
from storage.database import open_engine

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
        done = rotation.rotate(connection, keyring) | rekey(connection, keyring)
        done["training_requests"] = TrainingDesk(keyring).rekey(connection)
        return done, rotation.rows_of_former_keys(connection, keyring)

    done, left = _in_transaction(settings, work)
    for table, rows in done.items():
        print(f"{table}: {rows} sealed anew or ended")
    waiting = {table: rows for table, rows in left.items() if rows}
    for table, rows in waiting.items():
        print(f"{table}: {rows} still need the previous key; they end by themselves in 48 hours")
    if not waiting:
        print("Nothing needs the previous key any more: JIGI_SECRET_KEY_PREVIOUS can go.")


@audit_app.command
def verify() -> None:
    """Read the whole log through; exit with 1 where it was changed."""
    report: AuditReport = _in_transaction(Settings.read(), Audit().verify)
    if report.first_broken is not None:
        print(f"Entry {report.first_broken} was changed, or one before it is missing.")
        sys.exit(1)
    print(f"{report.entries} entries, all unchanged.")


def _in_transaction[T](settings: Settings, work: Callable[[Connection], T]) -> T:
    async def run() -> T:
        engine = open_engine(settings.database)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())
