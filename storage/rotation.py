"""A change of keys: what lasts is sealed anew, what is short-lived is left to expire."""

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, and_, func, or_, select, true

from storage.audit import Audit
from storage.database import Base
from storage.keys import Keyring
from storage.staff_links import StaffLinks
from storage.timers import Timers

NUMBER_COLUMN = "key_number"
"""The column that says with which key a row was sealed, wherever there is one."""


def rotate(connection: Connection, keyring: Keyring) -> dict[str, int]:
    """Seal with the current key what lasts in storage; return how many rows of which table."""
    return {
        "timers": Timers(keyring).rekey(connection),
        "audit_entries": Audit().rekey(connection, keyring),
        "staff_telegram_links": StaffLinks(keyring).rekey(connection),
    }


def rows_of_former_keys(connection: Connection, keyring: Keyring) -> dict[str, int]:
    """Return how many rows of which table another key than the current one sealed.

    Once all are zero, the previous secret can be thrown away.
    """
    found = {}
    for table in _tables():
        former = and_(table.c[NUMBER_COLUMN] != keyring.key_number, _has_content(table))
        counted = select(func.count()).select_from(table).where(former)
        found[table.name] = connection.execute(counted).scalar_one()
    return found


def _has_content(table: Table) -> ColumnElement[bool]:
    """Whether a row still holds something sealed: what was worked or given up holds nothing."""
    sealed = [each for each in table.columns if isinstance(each.type, LargeBinary)]
    return or_(*(each.is_not(None) for each in sealed)) if sealed else true()


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if NUMBER_COLUMN in table.columns]
