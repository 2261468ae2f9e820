"""Runs jobs in transactions: many in one on SQLite, each in its own on PostgreSQL.

A job is a function that takes an open connection. It may run a second time, after a rollback,
so it does nothing but work on the connection.
"""

import asyncio
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, override

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import (
    READ_ONLY,
    create_private_file,
    database_address,
    give_keys,
    open_engine,
    prepare_sqlite,
)
from storage.errors import StorageUnavailableError
from storage.keys import Keyring

ATTEMPTS = 3
"""How often a transaction is tried when the database is locked or away."""

PAUSE_SECONDS = 0.05
"""How long to wait before the second attempt; the third waits twice as long."""

LARGEST_GROUP = 100
"""How many jobs share one transaction at most: those that come later wait for the next."""

# PostgreSQL: connection lost, no resources, shutting down, and the two that ask to try again.
_AWAY_STATES = ("08", "53", "57P", "40P01", "40001")
_AWAY_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
}
_PRIMARY_CODE = 0xFF  # SQLite says more in the higher bits

type Job = Callable[[Connection], Any]
type DatabaseError = DBAPIError | PoolTimeoutError | OSError


class Transactions(ABC):
    """Runs jobs against one database."""

    @abstractmethod
    async def write[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a job in a transaction and return its result once that is committed.

        Raises:
            StorageUnavailableError: When the database gave no answer.
            Exception: What the job raised; then nothing of it was kept.
        """

    @abstractmethod
    async def read[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a job that changes nothing and return its result.

        Raises:
            StorageUnavailableError: When the database gave no answer.
            Exception: What the job raised.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let running jobs end, then close all connections."""


def open_transactions(url: str | URL, keyring: Keyring | None = None) -> Transactions:
    """Return what runs jobs on the database of this address.

    Args:
        url: Of SQLite or PostgreSQL.
        keyring: Signs what is entered in the audit log.

    Raises:
        UnsupportedDatabaseError: When the address is neither SQLite nor PostgreSQL.
    """
    address = database_address(url)
    if address.get_backend_name() == "sqlite":
        return SqliteTransactions(address, keyring)
    # No question before each use whether the connection lives: a job that finds it dead is tried
    # again on a new one, and the question would cost as much as a statement.
    return PostgresTransactions(open_engine(address, keyring, pool_pre_ping=False))


class SqliteTransactions(Transactions):
    """One thread writes and one reads; jobs that wait at the same time share a transaction.

    A step through an asynchronous driver costs more than the statement it carries (decision
    0002), so a whole group of jobs is carried to a thread at once.
    """

    def __init__(self, address: URL, keyring: Keyring | None = None) -> None:
        create_private_file(address)
        engine = create_engine(address.set(drivername="sqlite"), hide_parameters=True)
        prepare_sqlite(engine)
        give_keys(engine, keyring)
        self._engine = engine
        self._writer = _Lane(engine, "jigi-writer")
        self._reader = _Lane(engine.execution_options(**{READ_ONLY: True}), "jigi-reader")

    @override
    async def write[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        result: T = await self._writer.submit(lambda connection: job(connection, *args, **kwargs))
        return result

    @override
    async def read[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        result: T = await self._reader.submit(lambda connection: job(connection, *args, **kwargs))
        return result

    @override
    async def close(self) -> None:
        await self._writer.close()
        await self._reader.close()
        self._engine.dispose()


class PostgresTransactions(Transactions):
    """Each job has a connection and a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # A look needs no transaction around it, which would be two more messages.
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._jobs: set[asyncio.Task[Any]] = set()

    @override
    async def write[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._start(self._engine, lambda open_: job(open_, *args, **kwargs))

    @override
    async def read[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._start(self._reader, lambda open_: job(open_, *args, **kwargs))

    async def _start[T](self, engine: AsyncEngine, job: Callable[[Connection], T]) -> T:
        running = asyncio.create_task(self._run(engine, job))
        self._jobs.add(running)
        running.add_done_callback(self._jobs.discard)
        # Whoever waits may be cancelled; a connection cut in the middle of a job would be lost.
        return await asyncio.shield(running)

    async def _run[T](self, engine: AsyncEngine, job: Callable[[Connection], T]) -> T:
        kind: str | None = None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with engine.begin() as connection:
                    return await connection.run_sync(job)
            except (DBAPIError, PoolTimeoutError, OSError) as error:
                kind = _kind_if_away(error)
                if kind is None:
                    raise
            await asyncio.sleep(PAUSE_SECONDS * attempt)
        raise StorageUnavailableError(ATTEMPTS, kind or "")

    @override
    async def close(self) -> None:
        if self._jobs:
            await asyncio.wait(self._jobs)
        await self._engine.dispose()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a job ended: with a result, or with an error."""

    result: Any = None
    error: BaseException | None = None


class _Lane:
    """One thread, one connection, one transaction at a time."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._waiting: list[tuple[Job, asyncio.Future[Any]]] = []
        self._idle = asyncio.Event()
        self._idle.set()

    def submit(self, job: Job) -> asyncio.Future[Any]:
        """Take a job; the future has its result once the transaction is committed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((job, future))
        if self._idle.is_set():
            self._idle.clear()
            # Not at once: whoever else submits in this round of the loop comes along.
            loop.call_soon(self._start)
        return future

    async def close(self) -> None:
        """Wait until nothing is left to do, then end the thread."""
        await self._idle.wait()
        self._thread.shutdown()

    def _start(self) -> None:
        group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
        jobs = [job for job, _ in group]
        loop = asyncio.get_running_loop()
        ran = loop.run_in_executor(self._thread, _run_group, self._engine, jobs)
        ran.add_done_callback(partial(self._finish, [future for _, future in group]))

    def _finish(
        self, futures: Sequence[asyncio.Future[Any]], ran: asyncio.Future[list[_Outcome]]
    ) -> None:
        for future, outcome in zip(futures, ran.result(), strict=True):
            if future.done():
                continue  # Whoever waited was cancelled; the job was done all the same.
            if outcome.error is None:
                future.set_result(outcome.result)
            else:
                future.set_exception(outcome.error)
        if self._waiting:
            self._start()
        else:
            self._idle.set()


def _run_group(engine: Engine, jobs: Sequence[Job]) -> list[_Outcome]:
    kind: str | None = None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with engine.begin() as connection:
                return [_Outcome(job(connection)) for job in jobs]
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            kind = _kind_if_away(error)
            if kind is None:
                return _settle_failure(engine, jobs, error)
        except Exception as error:  # noqa: BLE001  # handed to whoever submitted the job
            return _settle_failure(engine, jobs, error)
        time.sleep(PAUSE_SECONDS * attempt)
    return [_Outcome(error=StorageUnavailableError(ATTEMPTS, kind or "")) for _ in jobs]


def _settle_failure(engine: Engine, jobs: Sequence[Job], error: Exception) -> list[_Outcome]:
    """Give a failure to the job that caused it; all was rolled back, the others run again."""
    if len(jobs) == 1:
        return [_Outcome(error=error)]
    return [outcome for job in jobs for outcome in _run_group(engine, [job])]


def _kind_if_away(error: DatabaseError) -> str | None:
    """Return the error's name where the database is locked or away; None for all other errors."""
    if not isinstance(error, DBAPIError):
        return type(error).__name__
    driver: Any = error.orig
    state = getattr(driver, "sqlstate", None) or ""
    code = getattr(driver, "sqlite_errorcode", 0) & _PRIMARY_CODE
    away = error.connection_invalidated or isinstance(error, InterfaceError)
    if away or state.startswith(_AWAY_STATES) or code in _AWAY_CODES:
        return type(driver).__name__
    return None
