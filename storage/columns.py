"""Column types and statements that say the same on SQLite and on PostgreSQL."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Executable, Integer, String, Table
from sqlalchemy.dialects import postgresql, sqlite

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits; on SQLite the row's own number, which costs no second index."""

PersonKey = String(32)
"""A person's key, as `storage.keys.Keyring.person` makes it."""


@dataclass(frozen=True, slots=True)
class PerDialect:
    """One meaning, said in the words of each database, compiled once."""

    on_sqlite: Executable
    on_postgresql: Executable

    def on(self, connection: Connection) -> Executable:
        """Return the statement for the connection's database."""
        if connection.dialect.name == "sqlite":
            return self.on_sqlite
        return self.on_postgresql


def insert_or_ignore(table: Table, returning: str | None = None) -> PerDialect:
    """Return an insert that leaves rows with a known key as they are.

    Args:
        table: Into which.
        returning: A column to return for each row that is new.
    """
    on_sqlite = sqlite.insert(table).on_conflict_do_nothing()
    on_postgresql = postgresql.insert(table).on_conflict_do_nothing()
    if returning is None:
        return PerDialect(on_sqlite, on_postgresql)
    column = table.c[returning]
    return PerDialect(on_sqlite.returning(column), on_postgresql.returning(column))


def upsert(table: Table, overwritten: Sequence[str]) -> PerDialect:
    """Return an insert that, where the primary key is known, overwrites the named columns."""
    keys = list(table.primary_key.columns)
    on_sqlite = sqlite.insert(table)
    on_postgresql = postgresql.insert(table)
    return PerDialect(
        on_sqlite.on_conflict_do_update(
            index_elements=keys, set_={name: on_sqlite.excluded[name] for name in overwritten}
        ),
        on_postgresql.on_conflict_do_update(
            index_elements=keys, set_={name: on_postgresql.excluded[name] for name in overwritten}
        ),
    )


def add_up(table: Table, counter: str) -> PerDialect:
    """Return an insert that, where the primary key is known, adds the counter to the row's."""
    keys = list(table.primary_key.columns)

    def sum_of(statement: Any) -> dict[str, Any]:
        return {counter: table.c[counter] + statement.excluded[counter]}

    on_sqlite = sqlite.insert(table)
    on_postgresql = postgresql.insert(table)
    return PerDialect(
        on_sqlite.on_conflict_do_update(index_elements=keys, set_=sum_of(on_sqlite)),
        on_postgresql.on_conflict_do_update(index_elements=keys, set_=sum_of(on_postgresql)),
    )


def random_id() -> int:
    """Return a number for a new row that says nothing about how many there are, or when."""
    return secrets.randbits(62)
