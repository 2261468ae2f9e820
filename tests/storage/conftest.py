"""A store on a database of the test's own, and people who write to it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage.keys import Keyring, Person
from storage.store import Store, open_store

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A Monday at noon."""
    return NOON


@pytest.fixture
async def store(migrated_url: str, keyring: Keyring) -> AsyncIterator[Store]:
    """A store with all tables, on SQLite and on PostgreSQL."""
    opened = open_store(migrated_url, keyring)
    yield opened
    await opened.close()


@pytest.fixture
def awa(keyring: Keyring) -> Person:
    return keyring.person(7_000_000_001)


@pytest.fixture
def oumou(keyring: Keyring) -> Person:
    return keyring.person(7_000_000_002)
