"""Looking things up in one go, on SQLite and on PostgreSQL."""

import threading
import traceback

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.database import open_engine, sessionmaker
from storage.reading import read_only


def _count(connection: Connection, least: int = 0) -> int:
    asked = text("SELECT count(*) FROM seen WHERE n >= :least")
    return int(connection.execute(asked, {"least": least}).scalar_one())


async def test_a_look_up_waits_for_no_writer_and_sees_what_is_committed(database_url: str) -> None:
    engine = open_engine(database_url)
    reading = read_only(engine)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (n INTEGER)"))
    async with sessionmaker(engine)() as writer:
        await writer.execute(text("INSERT INTO seen VALUES (1)"))
        assert await reading.read(_count) == 0
        await writer.commit()
    assert await reading.read(_count) == 1
    assert await reading.read(_count, least=2) == 0
    await reading.close()
    await engine.dispose()


async def test_on_sqlite_a_look_up_never_runs_in_the_loop(database_url: str) -> None:
    engine = open_engine(database_url)
    reading = read_only(engine)
    where = await reading.read(lambda _: threading.current_thread())
    in_the_loop = where is threading.main_thread()
    assert in_the_loop is (engine.dialect.name != "sqlite")
    await reading.close()
    await engine.dispose()


async def test_a_database_in_memory_is_read_through_its_own_engine() -> None:
    engine = open_engine("sqlite:///:memory:")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (n INTEGER)"))
        await connection.execute(text("INSERT INTO seen VALUES (7)"))
    reading = read_only(engine)
    assert await reading.read(_count) == 1
    await reading.close()
    await engine.dispose()


async def test_what_goes_wrong_carries_no_values(database_url: str) -> None:
    engine = open_engine(database_url)
    reading = read_only(engine)
    value = 424240 + 2  # so that no line of this file holds it
    with pytest.raises(DBAPIError) as caught:
        await reading.read(_count, least=value)
    assert str(value) not in "".join(traceback.format_exception(caught.value))
    await reading.close()
    await engine.dispose()
