"""Times, addresses and engines."""

import stat
import traceback
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.database import (
    NaiveDatetimeError,
    UnsupportedDatabaseError,
    UtcDateTime,
    database_address,
    open_engine,
)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
naive = st.datetimes().filter(lambda moment: 1 < moment.year < 9999)
moments = st.builds(lambda moment, zone: moment.replace(tzinfo=zone), naive, zones)


async def test_a_time_comes_back_as_the_same_moment_in_utc(database_url: str) -> None:
    table = Table(
        "moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime)
    )
    abroad = datetime(2026, 3, 8, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(table.create)
        await connection.execute(insert(table), [{"id": 1, "at": abroad}, {"id": 2, "at": None}])
        found = (await connection.execute(select(table.c.at).order_by(table.c.id))).scalars().all()
    await engine.dispose()
    assert found == [abroad, None]
    assert found[0].tzinfo is UTC


@given(moments)
def test_any_aware_time_is_bound_as_utc(moment: datetime) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        bound = UtcDateTime().process_bind_param(moment, dialect)
        assert bound == moment
        assert bound is not None
        assert bound.tzinfo is UTC


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())  # noqa: DTZ001  # the point


@pytest.mark.parametrize(
    ("given_url", "driver"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite"),
        ("postgresql://u@h/d", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg"),
    ],
)
def test_addresses_get_the_driver_we_use(given_url: str, driver: str) -> None:
    assert database_address(given_url).drivername == driver


@pytest.mark.parametrize("wrong", ["mysql://u:canary@h/d", "canary", "postgres://u:canary@h/d"])
def test_another_database_is_refused_without_showing_the_password(wrong: str) -> None:
    with pytest.raises(UnsupportedDatabaseError) as caught:
        database_address(wrong)
    assert "canary" not in str(caught.value)


async def test_errors_of_the_database_carry_no_values(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE one (word VARCHAR(20) NOT NULL, n INTEGER)"))
    statement = text("INSERT INTO one (word, n) VALUES (NULL, :n)")
    value = 424240 + 2  # so that no line of this file holds it
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError) as caught:
            await connection.execute(statement, {"n": value})
    await engine.dispose()
    told = "".join(traceback.format_exception(caught.value))
    assert "one" in str(caught.value)
    assert str(value) not in told


async def test_a_wrong_value_is_not_quoted_by_postgresql(database_url: str) -> None:
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            with pytest.raises(DBAPIError) as caught:
                await connection.execute(
                    text("SELECT CAST(CAST(:word AS TEXT) AS INTEGER)"), {"word": "can" + "ary"}
                )
            assert "canary" not in "".join(traceback.format_exception(caught.value))
            await connection.rollback()
        with pytest.raises(DBAPIError, match="no_such_table"):
            await connection.execute(text("SELECT 1 FROM no_such_table"))
    await engine.dispose()


async def test_a_sqlite_file_is_private_and_forgets_what_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "jigi.db"
    engine = open_engine(f"sqlite:///{path}")

    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "foreign_keys", "secure_delete", "busy_timeout", "synchronous")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    async with engine.connect() as connection:
        assert await connection.run_sync(pragmas) == ["wal", 1, 1, 5000, 1]
    await engine.dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
