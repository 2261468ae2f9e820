"""Brings a database to a revision of the one history that all packages' tables share.

Revisions are written by hand, numbered in order, say the same on both databases, and are held to
the models by `tests/storage/test_migrations.py`.
"""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, MetaData, func, select

from storage.database import open_engine

_FOLDER = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 0x4A696770  # any number will do, as long as nobody else locks it


def head() -> str:
    """Return the newest revision.

    Raises:
        alembic.util.CommandError: When the history has more than one end.
    """
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise FileNotFoundError(f"no revisions in {_FOLDER}")
    return newest


async def upgrade(url: str | URL, metadata: MetaData, revision: str = "head") -> None:
    """Bring a database up to a revision, in one transaction; two at once wait for each other.

    Args:
        url: Which database.
        metadata: With the tables of all packages.
        revision: Where to; the newest unless said.
    """
    await _move(url, metadata, revision, command.upgrade)


async def downgrade(url: str | URL, metadata: MetaData, revision: str) -> None:
    """Take a database back to an older revision; `base` is the empty database.

    Args:
        url: Which database.
        metadata: With the tables of all packages.
        revision: Where to.
    """
    await _move(url, metadata, revision, command.downgrade)


async def current(url: str | URL) -> str | None:
    """Return the revision that a database is at; None for an empty one."""
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda inner: MigrationContext.configure(inner).get_current_revision()
            )
    finally:
        await engine.dispose()


async def _move(
    url: str | URL, metadata: MetaData, revision: str, step: Callable[[Config, str], None]
) -> None:
    engine = open_engine(url)

    def run(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["target_metadata"] = metadata
        step(config, revision)

    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def _config() -> Config:
    config = Config()
    # A percent sign in a path would be read as the beginning of a variable.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
