"""The real conversation over the starter directory, at a fixed moment."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import bootstrap
from bot.settings import Settings

MOMENT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the transcripts")


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        return MOMENT


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a filled demonstration database."""
    folder: Path = tmp_path_factory.mktemp("demo")
    settings = Settings(data_dir=folder, organisation_name="Unité genre", _env_file=None)

    async def fill() -> None:
        await bootstrap.upgrade_database(settings)
        await bootstrap.fill_directory(settings, FixedClock())

    with asyncio.Runner() as runner:
        runner.run(fill())
    return settings


@pytest.fixture
async def conversation(demo_settings):
    """The driver with the real model, directory and catalogues."""
    keys = bootstrap.demonstration_keyring(demo_settings)
    async with (
        bootstrap.open_directory(demo_settings) as directory,
        bootstrap.open_registration(demo_settings, keys) as registration,
    ):
        yield bootstrap.build_conversation(
            demo_settings, directory, registration, allow_unverified=True
        )
