"""The way into storage for the bot: operations by name, run in transactions."""

from collections.abc import Callable
from typing import Concatenate

from sqlalchemy import URL, Connection

from storage.audit import Audit
from storage.counters import Counters
from storage.inbox import Inbox
from storage.keys import Keyring
from storage.ledger import Ledger
from storage.outbox import Outbox
from storage.sessions import Sessions
from storage.staff_links import StaffLinks
from storage.timers import Timers
from storage.transactions import Transactions, open_transactions
from storage.turns import Turns


class Operations:
    """Everything that can be done with storage's tables; each takes an open connection."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.inbox = Inbox(keyring)
        self.sessions = Sessions(keyring)
        self.staff_links = StaffLinks(keyring)
        self.outbox = Outbox(keyring)
        self.ledger = Ledger(keyring)
        self.timers = Timers(keyring)
        self.counters = Counters()
        self.audit = Audit()
        self.turns = Turns(keyring)


class Store(Operations):
    """Runs operations: `await store.write(store.turns.commit, result)`.

    Operations that are submitted at the same time may share one transaction. For several
    operations in one transaction, hand in a function that takes the connection and calls them.
    """

    def __init__(self, transactions: Transactions, keyring: Keyring) -> None:
        super().__init__(keyring)
        self._transactions = transactions

    async def write[**P, T](
        self, operation: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an operation and return its result once it is committed.

        Raises:
            StorageUnavailableError: When the database gave no answer.
            Exception: What the operation raised; then nothing of it was kept.
        """
        return await self._transactions.write(operation, *args, **kwargs)

    async def read[**P, T](
        self, operation: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an operation that changes nothing and return its result.

        Raises:
            StorageUnavailableError: When the database gave no answer.
            Exception: What the operation raised.
        """
        return await self._transactions.read(operation, *args, **kwargs)

    async def close(self) -> None:
        """Let running operations end, then close all connections."""
        await self._transactions.close()


def open_store(url: str | URL, keyring: Keyring) -> Store:
    """Return the store of a database that is at its newest migration.

    Raises:
        UnsupportedDatabaseError: When the address is neither SQLite nor PostgreSQL.
    """
    return Store(open_transactions(url, keyring), keyring)
