"""Directories to test on: the starter one, and one with the places alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

import storage.audit  # noqa: F401  # its table must be in the metadata
from referral_directory.gazetteer import Gazetteer
from referral_directory.loading import DATA, load_starter
from storage.database import Base, prepare_sqlite
from tests.referral_directory.samples import NOW, derived, held, put_organization


def _connection(data: Path) -> Iterator[Connection]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    prepare_sqlite(engine)
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        load_starter(connection, now=NOW, data=data)
        yield connection
        # Whatever a test did to the directory, a search looks at what it has become.
        assert held(connection) == derived(connection)
        connection.rollback()
    engine.dispose()


@pytest.fixture
def starter() -> Iterator[Connection]:
    """The starter directory as it comes."""
    yield from _connection(DATA)


@pytest.fixture
def places_only(tmp_path: Path) -> Iterator[Connection]:
    """Places, needs, the public structures and one empty organisation, `essai`."""
    for name in ("places", "needs"):
        (tmp_path / f"{name}.csv").write_bytes((DATA / f"{name}.csv").read_bytes())
    for name in ("organizations", "services", "phones"):
        lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines[1:] if name == "organizations" or "public_struct" in line]
        (tmp_path / f"{name}.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    for connection in _connection(tmp_path):
        put_organization(connection, "essai")
        yield connection


@pytest.fixture(scope="session")
def gazetteer() -> Iterator[Gazetteer]:
    """All places of the starter directory."""
    for connection in _connection(DATA):
        yield Gazetteer.read(connection)
