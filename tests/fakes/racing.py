"""A database in which somebody else is always a moment faster."""

from collections.abc import Callable
from typing import Any, Concatenate, override

from sqlalchemy import Connection

from storage.store import Store
from storage.transactions import Transactions


class Racing(Transactions):
    """Runs jobs on a store; the job in `first` is run and committed before the next write.

    Args:
        store: that really does it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.first: Callable[[Connection], Any] | None = None

    @override
    async def write[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        first, self.first = self.first, None
        if first is not None:
            await self._store.write(first)
        return await self._store.write(job, *args, **kwargs)

    @override
    async def read[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._store.read(job, *args, **kwargs)

    @override
    async def close(self) -> None:
        """Leave the store to who opened it."""
