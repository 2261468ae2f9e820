"""Several operations in one transaction."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.database import open_engine, sessionmaker
from storage.inbox import NewUpdate
from storage.keys import Keyring, Person
from storage.store import Store
from storage.timers import NewTimer
from storage.unit_of_work import UnitOfWork


@pytest.fixture
async def maker(migrated_url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    engine = open_engine(migrated_url)
    yield sessionmaker(engine)
    await engine.dispose()


async def test_what_succeeds_is_kept_whole(
    maker: async_sessionmaker[AsyncSession], store: Store, awa: Person, now: datetime
) -> None:
    async with UnitOfWork(maker, store.keyring) as work:
        await work.run(work.inbox.accept, [NewUpdate(1, awa, b"1", now)])
        await work.run(work.timers.set, NewTimer("remind", now, awa))
    assert await store.read(store.inbox.next_for, awa) is not None
    assert len(await store.write(store.timers.due, now, 5)) == 1


async def test_what_fails_is_undone_whole(
    maker: async_sessionmaker[AsyncSession],
    keyring: Keyring,
    store: Store,
    awa: Person,
    now: datetime,
) -> None:
    async def half_done() -> None:
        async with UnitOfWork(maker, keyring) as work:
            await work.run(work.inbox.accept, [NewUpdate(1, awa, b"1", now)])
            await work.run(work.inbox.mark_done, 2)

    with pytest.raises(Exception, match="update 2 is not waiting"):
        await half_done()
    assert await store.read(store.inbox.next_for, awa) is None


async def test_two_can_follow_each_other(
    maker: async_sessionmaker[AsyncSession], store: Store, awa: Person, now: datetime
) -> None:
    for number in (1, 2):
        async with UnitOfWork(maker, store.keyring) as work:
            await work.run(work.inbox.accept, [NewUpdate(number, awa, b"1", now + timedelta(1))])
    assert len(await store.read(store.inbox.waiting_for, awa)) == 2
