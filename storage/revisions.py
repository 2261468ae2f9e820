"""At which revision a database is and should be, told without the migration library.

`jigi serve` asks once, at its start, and would carry Alembic's seven megabytes ever after.
`tests/storage/test_revisions.py` holds both answers to Alembic's own.
"""

import ast
from pathlib import Path

from sqlalchemy import URL, Connection, column, inspect, select, table

from storage.database import open_engine

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_MARK = table("alembic_version", column("version_num"))
_NAMES = frozenset(("revision", "down_revision"))


def newest_revision() -> str:
    """Return the one revision that no other stands on.

    Raises:
        ValueError: there is none, or more than one.
    """
    told = [_told_in(path) for path in sorted(_VERSIONS.glob("*.py"))]
    below = {each.get("down_revision") for each in told}
    (newest,) = {each["revision"] for each in told if "revision" in each} - below
    return str(newest)


async def revision_of(url: str | URL) -> str | None:
    """Return the revision that a database is at; None for an empty one."""
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_marked)
    finally:
        await engine.dispose()


def _told_in(path: Path) -> dict[str, str | None]:
    """Return what a migration says of itself: literals at the top of the file, never run."""
    told: dict[str, str | None] = {}
    for line in ast.parse(path.read_text(encoding="utf-8")).body:
        match line:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))
            ) if name in _NAMES:
                told[name] = None if value is None else str(value)
            case _:
                pass
    return told


def _marked(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_MARK.name):
        return None
    marked: str | None = connection.execute(select(_MARK.c.version_num)).scalar_one_or_none()
    return marked
