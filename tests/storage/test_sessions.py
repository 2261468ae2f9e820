"""Where a conversation stands."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import VersionConflictError
from storage.keys import Keyring, Person
from storage.sessions import NO_SESSION
from storage.store import Store, open_store

QUARTER = timedelta(minutes=15)


async def test_a_saved_session_comes_back(store: Store, awa: Person, now: datetime) -> None:
    version = await store.write(
        store.sessions.save, awa, b"choices", version=0, expires_at=now + QUARTER
    )
    found = await store.read(store.sessions.load, awa, now)
    assert (found.state, found.version) == (b"choices", version)


async def test_who_is_new_has_no_session(store: Store, awa: Person, now: datetime) -> None:
    assert await store.read(store.sessions.load, awa, now) == NO_SESSION


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6))
async def test_the_last_state_saved_is_the_one_found(
    store: Store, awa: Person, now: datetime, states: list[bytes]
) -> None:
    await store.write(store.sessions.erase, awa)
    version = 0
    for state in states:
        version = await store.write(
            store.sessions.save, awa, state, version=version, expires_at=now + QUARTER
        )
    assert (await store.read(store.sessions.load, awa, now)).state == states[-1]


@pytest.mark.parametrize("loaded", ["nothing", "the first version", "a version of the future"])
async def test_a_session_changed_meanwhile_is_not_overwritten(
    store: Store, awa: Person, now: datetime, loaded: str
) -> None:
    later = now + QUARTER
    first = await store.write(store.sessions.save, awa, b"1", version=0, expires_at=later)
    second = await store.write(store.sessions.save, awa, b"2", version=first, expires_at=later)
    stale = {"nothing": 0, "the first version": first, "a version of the future": second + 1}
    with pytest.raises(VersionConflictError):
        await store.write(store.sessions.save, awa, b"3", version=stale[loaded], expires_at=later)
    found = await store.read(store.sessions.load, awa, now)
    assert (found.state, found.version) == (b"2", second)


async def test_a_turn_from_before_an_erasure_fits_no_new_session(
    store: Store, awa: Person, now: datetime
) -> None:
    later = now + QUARTER
    before = await store.write(store.sessions.save, awa, b"before", version=0, expires_at=later)
    await store.write(store.sessions.erase, awa)
    await store.write(store.sessions.save, awa, b"after", version=0, expires_at=later)
    with pytest.raises(VersionConflictError):
        await store.write(store.sessions.save, awa, b"late", version=before, expires_at=later)
    assert (await store.read(store.sessions.load, awa, now)).state == b"after"


async def test_an_expired_session_has_no_state_and_can_be_followed_by_another(
    store: Store, awa: Person, now: datetime
) -> None:
    later = now + QUARTER
    await store.write(store.sessions.save, awa, b"old", version=0, expires_at=later)
    assert (await store.read(store.sessions.load, awa, later - timedelta(microseconds=1))).state
    expired = await store.read(store.sessions.load, awa, later)
    assert expired.state is None
    await store.write(
        store.sessions.save, awa, b"new", version=expired.version, expires_at=later + QUARTER
    )
    assert (await store.read(store.sessions.load, awa, later)).state == b"new"


async def test_ending_a_session_needs_its_version(store: Store, awa: Person, now: datetime) -> None:
    version = await store.write(store.sessions.save, awa, b"1", version=0, expires_at=now + QUARTER)
    with pytest.raises(VersionConflictError):
        await store.write(store.sessions.end, awa, version=version + 1)
    await store.write(store.sessions.end, awa, version=version)
    assert await store.read(store.sessions.load, awa, now) == NO_SESSION
    await store.write(store.sessions.end, awa, version=0)


async def test_sessions_of_two_people_do_not_meet(
    store: Store, awa: Person, oumou: Person, now: datetime
) -> None:
    for person, state in ((awa, b"awa"), (oumou, b"oumou")):
        await store.write(store.sessions.save, person, state, version=0, expires_at=now + QUARTER)
    assert await store.write(store.sessions.erase, awa) == 1
    assert (await store.read(store.sessions.load, oumou, now)).state == b"oumou"


async def test_a_session_that_no_key_opens_begins_anew_at_its_version(
    store: Store, awa: Person, now: datetime, migrated_url: str
) -> None:
    version = await store.write(store.sessions.save, awa, b"1", version=0, expires_at=now + QUARTER)
    stranger = open_store(migrated_url, Keyring("Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"))
    found = await stranger.read(stranger.sessions.load, awa, now)
    await stranger.close()
    assert (found.state, found.version) == (None, version)
