"""A desk on a database of the test's own, a gathering, and organisations that come to it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from event_registration.desk import Desk
from event_registration.schemas import Gathering
from storage.keys import Keyring
from storage.store import Store, open_store
from tests.event_registration.people import NOW, STAFF, People, a_gathering
from tests.event_registration.talking import library, look_ups, talk


@pytest.fixture
def now() -> datetime:
    """Three weeks before the gathering."""
    return NOW


@pytest.fixture
def desk(keyring: Keyring) -> Desk:
    return Desk(keyring)


@pytest.fixture
async def store(migrated_url: str, keyring: Keyring) -> AsyncIterator[Store]:
    """A store with all tables, on SQLite and on PostgreSQL."""
    opened = open_store(migrated_url, keyring)
    yield opened
    await opened.close()


@pytest.fixture
async def gathering(store: Store, desk: Desk, now: datetime) -> Gathering:
    """A published gathering of ten places, five for one organisation."""
    added = await store.write(desk.gatherings.add, a_gathering(), actor=STAFF, now=now)
    await store.write(desk.gatherings.publish, added.id, actor=STAFF, now=now - timedelta(days=1))
    return await store.read(desk.gatherings.get, added.id)


@pytest.fixture
def people(store: Store, desk: Desk, gathering: Gathering) -> People:
    return People(store, desk, gathering)


__all__ = ["library", "look_ups", "talk"]
