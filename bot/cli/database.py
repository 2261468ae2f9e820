"""`jigi db` and `jigi retention`: the database's shape, and what it holds until when."""

import asyncio

from cyclopts import App

from bot import bootstrap
from bot.settings import Settings
from storage import retention
from storage.database import open_engine

app = App(name="db", help="The database.")
retention_app = App(name="retention", help="What is held, and until when.")


@app.command
def upgrade() -> None:
    """Bring the database to the newest revision; a new one gets the starter directory.

    Where the database is SQLite it is created.
    """

    async def upgrade_and_fill() -> bool:
        settings = Settings.read()
        await bootstrap.upgrade_database(settings)
        return await bootstrap.fill_directory(settings, bootstrap.SystemClock(), only_new=True)

    filled = asyncio.run(upgrade_and_fill())
    print("The database is at the newest revision.")
    if filled:
        print("The starter directory is loaded: nothing in it is verified yet.")


@retention_app.command
def run() -> None:
    """Delete what has been kept long enough."""

    async def purge() -> dict[str, int]:
        settings = Settings.read()
        # What goes from the audit log is replaced by a signed line.
        engine = open_engine(settings.database, bootstrap.demonstration_keyring(settings))
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(retention.purge, bootstrap.SystemClock().now())
        finally:
            await engine.dispose()

    for table, rows in asyncio.run(purge()).items():
        print(f"{table}: {rows} deleted")


@retention_app.command
def report() -> None:
    """Print how much each table holds, and until when."""

    async def held() -> list[retention.Held]:
        engine = open_engine(Settings.read().database)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(retention.report)
        finally:
            await engine.dispose()

    for each in asyncio.run(held()):
        until = f", the last until {each.until:%Y-%m-%d %H:%M} UTC" if each.until else ""
        print(f"{each.table}: {each.rows} rows{until}. {each.keeps}")
