"""Who else lives on a database that several processes share (PostgreSQL)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from storage.database import open_engine

_PRESENCE_LOCK = 0x4A696769  # any number will do, as long as nobody else locks it
_TRY_TO_BE_ALONE = text("SELECT pg_try_advisory_lock(:number)")
_BE_PRESENT = text("SELECT pg_advisory_lock_shared(:number)")
_NO_LONGER_ALONE = text("SELECT pg_advisory_unlock(:number)")


@asynccontextmanager
async def present(url: str) -> AsyncIterator[bool]:
    """Be seen by other processes while the block runs; says whether there were none before.

    A lock of the database server, shared by all who live; it ends with its connection, so that
    nobody who was killed is waited for.
    """
    engine = open_engine(url, pool_size=1, max_overflow=0)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            number = {"number": _PRESENCE_LOCK}
            asked = await connection.execute(_TRY_TO_BE_ALONE, number)
            is_alone = bool(asked.scalar_one())
            await connection.execute(_BE_PRESENT, number)
            if is_alone:
                await connection.execute(_NO_LONGER_ALONE, number)
            yield is_alone
    finally:
        await engine.dispose()
