"""Forget a person: every row under their key, in every table that has one."""

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, update

from storage.database import Base
from storage.errors import ErasureIncompleteError
from storage.inbox import inbox_updates
from storage.keys import Person

PERSON_COLUMN = "person_key"
"""The column by which a row belongs to a chat, wherever there is one."""


def tables_of_persons() -> list[Table]:
    """Return all tables whose rows belong to a chat, those that refer to others first."""
    tables = reversed(Base.metadata.sorted_tables)
    return [table for table in tables if PERSON_COLUMN in table.columns]


def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Delete everything about a person; return how many rows of which table.

    An update keeps its number, against repetition, and loses all that leads to the person.
    """
    return {table.name: _erase(connection, table, person) for table in tables_of_persons()}


def rows_of_person(connection: Connection, person: Person) -> dict[str, int]:
    """Return how many rows of which table belong to a person: the proof of an erasure."""
    found = {}
    for table in tables_of_persons():
        rows = connection.execute(select(table.c[PERSON_COLUMN]).where(_belongs(table, person)))
        found[table.name] = len(rows.all())
    return found


def prove_erased(connection: Connection, person: Person) -> None:
    """Count what is left of a person after `erase_person`.

    Raises:
        ErasureIncompleteError: A row is left; nothing of the erasure must be committed as done.
    """
    left = {table: rows for table, rows in rows_of_person(connection, person).items() if rows}
    if left:
        raise ErasureIncompleteError(left)


def _erase(connection: Connection, table: Table, person: Person) -> int:
    if table is inbox_updates:
        emptied = update(table).values(
            state="dropped", person_key=None, sealed_payload=None, sent_at=None
        )
        return connection.execute(emptied.where(_belongs(table, person))).rowcount
    return connection.execute(delete(table).where(_belongs(table, person))).rowcount


def _belongs(table: Table, person: Person) -> ColumnElement[bool]:
    column = table.c[PERSON_COLUMN]
    return or_(column == person.key, column == person.former_key)
