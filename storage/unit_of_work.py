"""Several operations, with other work between them, in one transaction."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Concatenate, Self

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from storage.keys import Keyring
from storage.store import Operations


class UnitOfWork(Operations):
    """One transaction: `async with UnitOfWork(sessionmaker, keyring) as work:`.

    It is committed where the block ends and rolled back where it fails. Objects are worked on
    by `work.session`, storage's tables by `await work.run(work.timers.set, timer)`, both in the
    same transaction. The bot's hot path uses `storage.store.Store`, which is faster.

    Attributes:
        session: For objects; only inside the block.
        connection: What the session works on; only inside the block.
    """

    session: AsyncSession
    connection: AsyncConnection

    def __init__(self, sessionmaker: async_sessionmaker[AsyncSession], keyring: Keyring) -> None:
        super().__init__(keyring)
        self._sessionmaker = sessionmaker

    async def __aenter__(self) -> Self:
        self.session = self._sessionmaker()
        try:
            self.connection = await self.session.connection()
        except BaseException:
            await self.session.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                await self.session.commit()
            else:
                await self.session.rollback()
        finally:
            await self.session.close()

    async def run[**P, T](
        self, operation: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an operation in this transaction and return its result."""
        result: Any = await self.connection.run_sync(operation, *args, **kwargs)
        return result  # type: ignore[no-any-return]  # run_sync loses the type on the way
