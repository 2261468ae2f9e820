"""Jobs in transactions: who fails alone fails alone, and a lost database is said to be lost."""

import asyncio
import sqlite3
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.database import open_engine
from storage.errors import StorageUnavailableError
from storage.inbox import NewUpdate
from storage.keys import Keyring
from storage.store import Store, open_store
from storage.transactions import LARGEST_GROUP, open_transactions
from tests.postgres import PostgresServer


class OwnError(Exception):
    """What a job raises by itself."""


def count_updates(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM inbox_updates")).scalar_one())


async def test_many_at_once_are_all_done(store: Store, keyring: Keyring, now: datetime) -> None:
    many = LARGEST_GROUP * 2 + 3
    accepted = await asyncio.gather(
        *(
            store.write(store.inbox.accept, [NewUpdate(n, keyring.person(n % 7 + 1), b"", now)])
            for n in range(many)
        )
    )
    assert accepted == [[n] for n in range(many)]
    assert await store.read(count_updates) == many


async def test_one_failing_job_is_undone_and_takes_no_other_with_it(
    store: Store, keyring: Keyring, now: datetime
) -> None:
    person = keyring.person(1)

    def accept_and_fail(connection: Connection) -> None:
        store.inbox.accept(connection, [NewUpdate(2, person, b"", now)])
        raise OwnError

    def say_nonsense(connection: Connection) -> None:
        connection.execute(text("SELECT 1 FROM no_such_table"))

    outcomes = await asyncio.gather(
        store.write(store.inbox.accept, [NewUpdate(1, person, b"", now)]),
        store.write(accept_and_fail),
        store.write(say_nonsense),
        store.write(store.inbox.accept, [NewUpdate(3, person, b"", now)]),
        return_exceptions=True,
    )
    assert [outcomes[0], outcomes[3]] == [[1], [3]]
    assert isinstance(outcomes[1], OwnError)
    assert isinstance(outcomes[2], DBAPIError)
    waiting = await store.read(store.inbox.waiting_for, person)
    assert [each.update_id for each in waiting] == [1, 3]


async def test_who_is_cancelled_holds_nobody_up(
    store: Store, keyring: Keyring, now: datetime
) -> None:
    person = keyring.person(1)
    update = NewUpdate(1, person, b"", now)
    impatient = asyncio.create_task(store.write(store.inbox.accept, [update]))
    patient = asyncio.create_task(store.write(store.inbox.next_for, person))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    await patient
    assert impatient.cancelled()
    assert await store.write(store.inbox.accept, [NewUpdate(2, person, b"", now)]) == [2]


async def test_closing_waits_for_what_was_submitted(
    migrated_url: str, keyring: Keyring, now: datetime
) -> None:
    store = open_store(migrated_url, keyring)
    update = NewUpdate(1, keyring.person(1), b"", now)
    submitted = asyncio.create_task(store.write(store.inbox.accept, [update]))
    await asyncio.sleep(0)
    await asyncio.gather(submitted, store.close())
    again = open_store(migrated_url, keyring)
    assert await again.read(count_updates) == 1
    await again.close()


async def test_a_writer_waits_while_another_process_holds_the_lock(
    migrated_sqlite_url: str, keyring: Keyring, now: datetime
) -> None:
    path = migrated_sqlite_url.partition("///")[2]
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, other.execute, ["ROLLBACK"])
    release.start()
    store = open_store(migrated_sqlite_url, keyring)
    update = NewUpdate(1, keyring.person(1), b"", now)
    assert await store.write(store.inbox.accept, [update]) == [1]
    await store.close()
    release.join()
    other.close()


async def test_readers_are_not_held_up_by_a_writer(
    migrated_sqlite_url: str, keyring: Keyring
) -> None:
    path = migrated_sqlite_url.partition("///")[2]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = open_store(migrated_sqlite_url, keyring)
    assert await store.read(count_updates) == 0
    await store.close()
    other.close()


async def test_a_database_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    transactions = open_transactions(f"sqlite:///{tmp_path}")
    with pytest.raises(StorageUnavailableError) as caught:
        await transactions.write(count_updates)
    await transactions.close()
    assert caught.value.kind == "OperationalError"


async def test_a_server_that_is_away_is_unavailable(unused_tcp_port: int) -> None:
    transactions = open_transactions(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/none")
    with pytest.raises(StorageUnavailableError):
        await transactions.write(count_updates)
    await transactions.close()


@pytest.mark.postgres
async def test_connections_that_the_server_cut_are_made_anew(
    postgres_server: PostgresServer, postgres_template: str, keyring: Keyring, now: datetime
) -> None:
    name = postgres_server.create_database(postgres_template)
    store = open_store(postgres_server.url(name), keyring)
    assert await store.read(count_updates) == 0
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    engine = open_engine(postgres_server.url("postgres"))
    async with engine.connect() as connection:
        await connection.execute(cut, {"name": name})
    await engine.dispose()
    update = NewUpdate(1, keyring.person(1), b"", now - timedelta(seconds=1))
    assert await store.write(store.inbox.accept, [update]) == [1]
    await store.close()
    postgres_server.drop_database(name)
