"""Who was first: read from the audit log, for the one who wanted to save after them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from staff_console.errors import ChangedMeanwhileError
from storage.audit import audit_entries

_LOOKED_BACK = 200  # entries of one record: who holds a form open longer is not told who
_SOMEBODY = "Quelqu'un d'autre"
_c = audit_entries.c


def who_changed(connection: Connection, record_id: str, names: Iterable[str]) -> str:
    """Return who changed fields of a record last, for the one who wanted to save after them.

    Args:
        connection: to read with.
        record_id: which record.
        names: the fields as the audit log names them; without any, whatever changed last.

    Returns:
        Each of those who did, once; "" where the log does not know.
    """
    query = select(_c.actor, _c.changed_fields).where(_c.record_id == record_id)
    rows = connection.execute(query.order_by(_c.id.desc()).limit(_LOOKED_BACK)).all()
    changes = [(row.actor, frozenset(row.changed_fields)) for row in rows if row.changed_fields]
    sought = set(names) or set().union(*(fields for _, fields in changes[:1]))
    found: list[str] = []
    for actor, fields in changes:
        if sought & fields:
            found.append(actor)
        sought -= fields
    return " et ".join(dict.fromkeys(found))


def changed_meanwhile(
    connection: Connection,
    record_id: str,
    what: str,
    columns: Iterable[str] = (),
    fields: Sequence[str] = (),
) -> ChangedMeanwhileError:
    """Return what tells the second saver who was first.

    Args:
        connection: to read the audit log with.
        record_id: which record.
        what: was done, such as "modifié ce compte".
        columns: what changed, as the audit log names it; without any, whatever changed last.
        fields: likewise, as staff name it; left out where it is not known.
    """
    by = who_changed(connection, record_id, columns)
    named = f" ({', '.join(fields)})" if fields else ""
    return ChangedMeanwhileError(
        f"{by or _SOMEBODY} a {what} entre-temps{named}. Relisez, puis recommencez."
    )
