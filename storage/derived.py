"""Rows that the database derives from other rows by itself, in the same transaction.

Whoever changes a watched table, through Jigi or by hand, changes what is derived from it; nothing
can be forgotten. Triggers do it, on SQLite and on PostgreSQL.
"""

from collections.abc import Iterator
from dataclasses import dataclass

SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class Watched:
    """A table on which derived rows depend.

    Attributes:
        table: Its name.
        keys: SQL for the keys of what depends on a changed row, which it calls `{row}`.
        columns: The columns that matter, of a table whose rows come before what depends on them
            and go after it, and never change their key; none is all that happens to a row.
    """

    table: str
    keys: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DerivedRows:
    """A table that holds what a query finds, renewed key by key.

    Attributes:
        table: The table of derived rows.
        columns: Its columns, in the order of the query's.
        key: Its column that says what a row belongs to.
        query: SQL that finds the rows, with a WHERE that more conditions can follow.
        owner: The table of what rows belong to.
        owner_key: The column of it that `key` refers to, as the query knows it.
        watched: The tables that the query looks at.
    """

    table: str
    columns: tuple[str, ...]
    key: str
    query: str
    owner: str
    owner_key: str
    watched: tuple[Watched, ...]

    def fill(self) -> str:
        """Return the statement that derives all rows of an empty table."""
        return f"INSERT INTO {self.table} ({', '.join(self.columns)}) {self.query}"

    def create(self, dialect: str) -> Iterator[str]:
        """Yield the statements that make the triggers.

        Args:
            dialect: SQLAlchemy's name of the database.
        """
        for trigger in self._triggers():
            body = self._renew(trigger.keys)
            yield from (
                trigger.on_sqlite(body)
                if dialect == SQLITE
                else trigger.elsewhere(
                    f"PERFORM 1 FROM {self.owner} WHERE {self.owner_key} IN ({trigger.keys})"
                    f" ORDER BY {self.owner_key} FOR NO KEY UPDATE; {body}"
                )
            )

    def drop(self, dialect: str) -> Iterator[str]:
        """Yield the statements that take the triggers away."""
        for trigger in self._triggers():
            if dialect == SQLITE:
                yield f"DROP TRIGGER {trigger.name}"
            else:
                yield f"DROP TRIGGER {trigger.name} ON {trigger.table}"
                yield f"DROP FUNCTION {trigger.name}()"

    def _renew(self, keys: str) -> str:
        of_them = f"{self.owner_key} IN ({keys})"
        gone = f"DELETE FROM {self.table} WHERE {self.key} IN ({keys})"  # noqa: S608  # our own names
        return f"{gone}; {self.fill()} AND {of_them};"

    def _triggers(self) -> "Iterator[_Trigger]":
        for watched in self.watched:
            name = f"{self.table}_of_{watched.table}"
            before, now = (watched.keys.format(row=row) for row in ("OLD", "NEW"))
            if watched.columns:
                of = ", ".join(watched.columns)
                yield _Trigger(f"{name}_changed", f"UPDATE OF {of}", watched.table, now)
            else:
                yield _Trigger(f"{name}_changed", "UPDATE", watched.table, f"{before}, {now}")
                yield _Trigger(f"{name}_added", "INSERT", watched.table, now)
                yield _Trigger(f"{name}_deleted", "DELETE", watched.table, before)


@dataclass(frozen=True, slots=True)
class _Trigger:
    name: str
    event: str
    table: str
    keys: str

    def on_sqlite(self, body: str) -> Iterator[str]:
        yield f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table} BEGIN {body} END"

    def elsewhere(self, body: str) -> Iterator[str]:
        # What others just derived for the same owner is waited for, and then seen.
        yield (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {self.name}()"
        )
