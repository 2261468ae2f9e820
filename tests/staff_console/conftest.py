"""Consoles to try out: empty ones on both databases, and one over the starter directory."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from referral_directory.loading import load_starter
from storage.database import open_engine
from storage.keys import Keyring
from tests.staff_console.world import NOW, World


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, help="take a picture of each page of the console")


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """The folder for pictures of the pages, where one was asked for."""
    folder: Path | None = request.config.getoption("--pictures", None)
    return folder


@pytest.fixture
async def bare(migrated_url: str, keyring: Keyring, tmp_path: Path) -> AsyncIterator[World]:
    """A console over nothing, on SQLite and on PostgreSQL."""
    world = World(migrated_url, keyring, tmp_path)
    yield world
    await world.close()


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the starter directory, to be copied."""
    path = tmp_path_factory.mktemp("console") / "jigi.db"
    shutil.copyfile(sqlite_template, path)

    async def fill() -> None:
        engine = open_engine(f"sqlite:///{path}")
        async with engine.begin() as connection:
            await connection.run_sync(load_starter, now=NOW)
        await engine.dispose()

    with asyncio.Runner() as runner:
        runner.run(fill())
    return path


@asynccontextmanager
async def filled_world(template: Path, folder: Path, keyring: Keyring) -> AsyncIterator[World]:
    """A console over a copy of the template."""
    path = folder / "jigi.db"
    shutil.copyfile(template, path)
    opened = World(f"sqlite:///{path}", keyring, folder)
    yield opened
    await opened.close()


@pytest.fixture
async def world(filled_template: Path, tmp_path: Path, keyring: Keyring) -> AsyncIterator[World]:
    """A console over the starter directory."""
    async with filled_world(filled_template, tmp_path, keyring) as opened:
        yield opened
