"""Searches in texts as people type them, done by the database: « sante » finds « Santé ».

The database sorts and cuts, so that the process that answers conversations reads a page and no
more. PostgreSQL says the rules of `spelling.plain` in its own words; SQLite is lent the function.
"""

from typing import Any

from sqlalchemy import Connection, String, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from referral_directory.entries import Database
from referral_directory.spelling import plain

_ONE_TO_ONE = ("ɛƐɔƆŋŊ", "eeoonn")
_TO_TWO = (("ɲ", "ny"), ("Ɲ", "ny"), ("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"))
_APOSTROPHES = "'’ʼ‘`´"


class PlainText(FunctionElement[str]):
    """A text in lower case, without accents and special letters: `spelling.plain` in SQL."""

    inherit_cache = True
    type = String()
    name = "plain_text"


@compiles(PlainText, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"plain_text({compiler.process(element.clauses, **options)})"


@compiles(PlainText, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    (text,) = element.clauses.clauses
    # The letter and its accent apart: then the accent goes, and capitals are those of ASCII.
    apart = f"normalize({compiler.process(text, **options)}, NFD)"
    bare = f"regexp_replace({apart}, '[\u0300-\u036f]', '', 'g')"
    for sign, two in _TO_TWO:
        bare = f"replace({bare}, '{sign}', '{two}')"
    signs, letters = _ONE_TO_ONE
    quoted = _APOSTROPHES.replace("'", "''")
    bare = f"translate({bare}, '{signs}{quoted}', '{letters}')"
    return f"trim(regexp_replace(lower({bare}), '[^a-z0-9]+', ' ', 'g'))"


def lend_plain_text(database: Database) -> None:
    """Let a connection to SQLite know `PlainText`; others know it by themselves."""
    connection = database.connection() if isinstance(database, Session) else database
    if connection.dialect.name == "sqlite":
        _raw(connection).create_function("plain_text", 1, _plain_or_empty, deterministic=True)


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _plain_or_empty(text: str | None) -> str:
    return plain(text or "")


def holds(search: str, *texts: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Return the conditions that the texts hold every word of a search, in any spelling."""
    together: ColumnElement[str] = func.coalesce(texts[0], "")
    for text in texts[1:]:
        together = together + " " + func.coalesce(text, "")
    said = PlainText(together)
    # A word of `plain` is letters and digits: nothing in it means something to LIKE.
    return [said.like(f"%{word}%") for word in plain(search).split()]
