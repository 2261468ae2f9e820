"""What hangs on a row gathered into one cell of it, so that the row and all of it come at once.

Each statement costs a way to the database and back, which is most of what a look-up takes.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, String, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

_BETWEEN_ROWS, _IN_A_ROW = "|", ","  # neither stands in a code, a number or a time of day


def gathered(
    columns: Sequence[InstrumentedAttribute[Any]],
    whose: ColumnElement[bool],
    owner: type[Any],
) -> ScalarSelect[str | None]:
    """Return the rows that hang on an owner as one cell, in no order; `apart` reads it.

    Args:
        columns: What of each row: codes, numbers, times of day.
        whose: The condition that ties them to the owner.
        owner: The table of the statement that the cell is put into.
    """
    first, *others = (cast(column, String) for column in columns)
    row: ColumnElement[str] = first
    for column in others:
        row = row + literal(_IN_A_ROW) + column
    query = select(func.aggregate_strings(row, _BETWEEN_ROWS)).where(whose)
    return query.correlate(owner).scalar_subquery()


def apart(cell: str | None) -> list[list[str]]:
    """Return the rows of a cell that was `gathered`, each as its columns."""
    return [row.split(_IN_A_ROW) for row in cell.split(_BETWEEN_ROWS)] if cell else []
