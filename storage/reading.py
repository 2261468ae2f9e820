"""Looking things up: a whole look-up goes to the database at once, on SQLite in one thread.

Through the asynchronous driver of SQLite each statement goes to another thread and back four
times, which takes longer than most statements.
"""

import asyncio
from collections.abc import Callable
from typing import Concatenate, Protocol

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import READ_ONLY, prepare_sqlite

_NEEDS_NO_FILE = (None, "", ":memory:")


class ReadOnly(Protocol):
    """Runs functions that only look things up, each on a connection of its own."""

    async def read[T, **P](
        self,
        function: Callable[Concatenate[Connection, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what the function returns, called with a connection and these arguments."""
        ...

    async def close(self) -> None:
        """Close what it opened; the engine that it was made from stays open."""
        ...


def read_only(engine: AsyncEngine) -> ReadOnly:
    """Return what looks things up in the database of an engine from `open_engine`.

    On SQLite nothing that it runs waits for a writer; on PostgreSQL each statement sees what is
    committed when it begins, without the two ways there and back that a transaction costs.
    """
    address = engine.url
    if address.get_backend_name() != "sqlite":
        return _InTheLoop(engine.execution_options(isolation_level="AUTOCOMMIT"))
    if address.database in _NEEDS_NO_FILE:
        return _InTheLoop(engine.execution_options(**{READ_ONLY: True}))
    return _InAThread(_beside(engine))


def _beside(engine: AsyncEngine) -> Engine:
    """Return an engine on the same file whose connections are used from any one thread."""
    address = engine.url.set(drivername="sqlite+pysqlite")
    beside = create_engine(address, hide_parameters=True, execution_options={READ_ONLY: True})
    prepare_sqlite(beside)
    return beside


class _InTheLoop:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read[T, **P](
        self,
        function: Callable[Concatenate[Connection, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(function, *args, **kwargs)

    async def close(self) -> None:
        """Nothing was opened."""


class _InAThread:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def read[T, **P](
        self,
        function: Callable[Concatenate[Connection, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def run() -> T:
            with self._engine.connect() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.to_thread(run)

    async def close(self) -> None:
        await asyncio.to_thread(self._engine.dispose)
