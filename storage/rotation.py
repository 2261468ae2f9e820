"""A change of keys: what lasts is sealed anew, what is short-lived is left to expire."""

from sqlalchemy import Connection, Table, func, select

from storage.audit import Audit
from storage.database import Base
from storage.keys import Keyring
from storage.timers import Timers

NUMBER_COLUMN = "key_number"
"""The column that says with which key a row was sealed, wherever there is one."""


def rotate(connection: Connection, keyring: Keyring) -> dict[str, int]:
    """Seal with the current key what lasts in storage; return how many rows of which table."""
    return {
        "timers": Timers(keyring).rekey(connection),
        "audit_entries": Audit().rekey(connection, keyring),
    }


def rows_of_former_keys(connection: Connection, keyring: Keyring) -> dict[str, int]:
    """Return how many rows of which table another key than the current one sealed.

    Once all are zero, the previous secret can be thrown away.
    """
    found = {}
    for table in _tables():
        former = table.c[NUMBER_COLUMN] != keyring.key_number
        counted = select(func.count()).select_from(table).where(former)
        found[table.name] = connection.execute(counted).scalar_one()
    return found


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if NUMBER_COLUMN in table.columns]
