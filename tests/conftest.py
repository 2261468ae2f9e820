"""What all tests may ask for: databases of their own, and a keyring."""

import asyncio
import os
import shutil
from collections.abc import Coroutine, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from storage.database import KEYS, Base
from storage.keys import Keyring
from storage.migrate import upgrade
from tests.postgres import PostgresServer, find_programs, running_postgres

TEST_SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # made up for the tests
"""A secret that guards nothing."""

_MODULES_WITH_TABLES = (
    "storage.store",
    "referral_directory.findable",
    "referral_directory.import_models",
    "referral_directory.models",
    "event_registration.retention",
    "guidance.training",
    "staff_console.models",
)

_BACKENDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


def _run[T](work: Coroutine[Any, Any, T]) -> T:
    """Run to the end beside whatever loop a test has, without touching it."""
    with asyncio.Runner() as runner:
        return runner.run(work)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL; its tests skip where there is none, and fail in CI."""
    programs = find_programs()
    if programs is None:
        reason = "no PostgreSQL server program on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def all_tables() -> MetaData:
    """The metadata with the tables of every package there is."""
    for name in _MODULES_WITH_TABLES:
        if find_spec(name.partition(".")[0]) and find_spec(name):
            import_module(name)
    return Base.metadata


@pytest.fixture(params=_BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The name of each database in turn: a test that asks for it runs on both."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the test's own, on SQLite and on PostgreSQL."""
    if backend == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'jigi.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, all_tables: MetaData) -> Path:
    """A SQLite file at the newest migration, to be copied."""
    path = tmp_path_factory.mktemp("template") / "jigi.db"
    _run(upgrade(f"sqlite:///{path}", all_tables))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer, all_tables: MetaData) -> str:
    """A PostgreSQL database at the newest migration, to be copied."""
    name = postgres_server.create_database()
    _run(upgrade(postgres_server.url(name), all_tables))
    return name


@pytest.fixture
def migrated_sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a SQLite database of the test's own, with all tables."""
    path = tmp_path / "jigi.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def migrated_url(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of the test's own with all tables, on both databases."""
    if backend == "sqlite":
        yield request.getfixturevalue("migrated_sqlite_url")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(autouse=True, scope="session")
def _keys_for_every_connection() -> Iterator[None]:
    """What tests change by hand is signed too: engines opened without keys get the test's."""
    keys = Keyring(TEST_SECRET)

    def give(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info.setdefault(KEYS, keys)

    event.listen(Pool, "connect", give)
    yield
    event.remove(Pool, "connect", give)


@pytest.fixture
def keyring() -> Keyring:
    """Keys that guard nothing."""
    return Keyring(TEST_SECRET)
