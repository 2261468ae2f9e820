"""The ground under every table: metadata, times, engines and sessions on both databases."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, override

from sqlalchemy import URL, Connection, DateTime, Dialect, Engine, MetaData, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import (
    AsyncAttrs,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from storage.keys import Keyring

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another writer before it says that the database is locked."""

READ_ONLY = "jigi_read_only"
"""Execution option of connections that only read: on SQLite they take no writer's lock."""

KEYS = "jigi_keys"
"""Where a connection's `info` has the keys that sign; `keys_of` reads them."""

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a migration can name it on both databases."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    # What is deleted is overwritten: a copied file holds no forgotten rows.
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)

# SQLSTATE classes whose sentences quote data: bad values and broken constraints.
_STATES_WITH_VALUES = ("22", "23")
_TELLING_NAMES = ("table_name", "column_name", "constraint_name")

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class NaiveDatetimeError(ValueError):
    """A time without a zone was handed to the database."""


class KeysMissingError(Exception):
    """What was to be signed is not: hand the keys over, `open_engine(url, keyring)`."""

    def __init__(self) -> None:
        super().__init__("the engine was opened without keys: open_engine(url, keyring)")


class UnsupportedDatabaseError(ValueError):
    """The address names a database that Jigi does not run on.

    Attributes:
        scheme: What stands before the colon of the address, or "" where it is no address.
    """

    def __init__(self, scheme: str) -> None:
        super().__init__(f"not sqlite and not postgresql: {scheme or 'no database address'}")
        self.scheme = scheme


class Base(AsyncAttrs, DeclarativeBase):
    """What every table of every package is declared on: one metadata, one migration history."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, going in and coming out, on SQLite and on PostgreSQL.

    Raises:
        NaiveDatetimeError: When a time without a zone is bound.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveDatetimeError("a time needs its zone")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone: what lies there is UTC, because only UTC was put in.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def database_address(url: str | URL) -> URL:
    """Return the address with the asynchronous driver that Jigi uses for it.

    Raises:
        UnsupportedDatabaseError: When it is neither SQLite nor PostgreSQL.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        # The text of an address may hold a password: none of it goes into the error.
        raise UnsupportedDatabaseError("") from None
    if address.drivername not in _DRIVERS:
        raise UnsupportedDatabaseError(address.drivername)
    return address.set(drivername=_DRIVERS[address.drivername])


def create_private_file(address: URL) -> None:
    """Create a SQLite file that only its owner may read, before the library makes it public."""
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return
    path = Path(str(address.database))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def open_engine(url: str | URL, keyring: Keyring | None = None, **options: Any) -> AsyncEngine:
    """Open an engine whose connections are set up as Jigi needs them.

    On SQLite a transaction takes the writer's lock when it begins, so that none fails in its
    middle; a connection with the option `READ_ONLY` takes none.

    Args:
        url: `sqlite:///path` or `postgresql://…`, with or without the driver's name.
        keyring: Signs what is entered in the audit log; without it nothing can be entered.
        options: Handed on to SQLAlchemy's `create_async_engine`.

    Raises:
        UnsupportedDatabaseError: When the address is neither SQLite nor PostgreSQL.
    """
    address = database_address(url)
    # Error texts carry no values: they may be what a person wrote.
    options.setdefault("hide_parameters", True)
    if address.get_backend_name() == "sqlite":
        create_private_file(address)
        engine = create_async_engine(address, **options)
        prepare_sqlite(engine.sync_engine)
        give_keys(engine.sync_engine, keyring)
        return engine
    options.setdefault("pool_pre_ping", True)
    options.setdefault("pool_size", 10)
    options.setdefault("max_overflow", 10)
    engine = create_async_engine(address, **options)
    event.listen(engine.sync_engine, "handle_error", _silence_values)
    give_keys(engine.sync_engine, keyring)
    return engine


def give_keys(engine: Engine, keyring: Keyring | None) -> None:
    """Let every connection of the engine know the keys, for `keys_of`."""

    def note(_connection: DBAPIConnection, pool_record: ConnectionPoolEntry) -> None:
        pool_record.info[KEYS] = keyring

    if keyring is not None:
        event.listen(engine, "connect", note)


def keys_of(connection: Connection) -> Keyring:
    """Return the keys that the connection's engine was opened with.

    Raises:
        KeysMissingError: When it was opened without.
    """
    keyring = connection.info.get(KEYS)
    if keyring is None:
        raise KeysMissingError
    return keyring  # type: ignore[no-any-return]  # `info` holds anything


def sessionmaker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return what makes sessions on the engine; objects stay usable after the commit.

    Who only looks things up takes `storage.reading.read_only` instead.

    Args:
        engine: From `open_engine`.
    """
    return async_sessionmaker(engine, expire_on_commit=False)


def prepare_sqlite(engine: Engine) -> None:
    """Give an engine on SQLite its pragmas and its way of beginning a transaction."""
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    # Without this the driver begins transactions by itself, late and without the lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _silence_values(context: ExceptionContext) -> None:
    """Take the row's values out of what PostgreSQL says about it: they may be a person's words."""
    driver = context.original_exception
    cause: Any = driver.__cause__  # asyncpg's own error, inside SQLAlchemy's of the driver
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return
    names = (getattr(cause, name, None) for name in _TELLING_NAMES)
    told = " ".join([type(cause).__name__, state, *filter(None, names)])
    if not state.startswith(_STATES_WITH_VALUES):
        # Nothing but names of ours in the first sentence; the values stand in the details.
        told = f"{told}: {cause.args[0]}"
    cause.detail = None
    for error in (cause, driver, context.sqlalchemy_exception):
        if error is not None:
            error.args = (told,)
