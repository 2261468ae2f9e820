"""A code links one chat once, and the chat stands nowhere in clear."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from storage import retention
from storage.actors import Actor, Role
from storage.keys import Keyring, Person
from storage.staff_links import CODE_LIVES, LINK_LIVES, staff_link_codes, staff_telegram_links
from storage.store import Store, open_store

CHAT = 7_123_456_789
OTHER_CHAT = 7_987_654_321
AWA = Actor("awa@example.org", frozenset({Role.EDITOR}))
FANTA = Actor("fanta@example.org", frozenset({Role.APPROVER, Role.EVENTS}))
SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # the one of the keyring fixture
OTHER_SECRET = "Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"  # noqa: S105  # made up for the tests


async def linked(store: Store, actor: Actor, chat: int, now: datetime) -> Actor | None:
    code = await store.write(store.staff_links.make_link_code, actor, now)
    return await store.write(store.staff_links.link, code, chat, now)


async def who(store: Store, chat: int, now: datetime) -> Actor | None:
    return await store.read(store.staff_links.actor_of, chat, now)


async def test_a_code_links_the_chat_it_is_typed_in(store: Store, now: datetime) -> None:
    assert await who(store, CHAT, now) is None
    assert await linked(store, FANTA, CHAT, now) == FANTA
    assert await who(store, CHAT, now) == FANTA
    assert await who(store, OTHER_CHAT, now) is None


async def test_a_code_works_once_and_for_ten_minutes(store: Store, now: datetime) -> None:
    code = await store.write(store.staff_links.make_link_code, AWA, now)
    late = now + CODE_LIVES
    assert await store.write(store.staff_links.link, code, CHAT, late) is None
    code = await store.write(store.staff_links.make_link_code, AWA, now)
    assert await store.write(store.staff_links.link, f" {code.lower()} ", CHAT, now) == AWA
    assert await store.write(store.staff_links.link, code, OTHER_CHAT, now) is None
    assert await who(store, OTHER_CHAT, now) is None


async def test_a_new_code_ends_the_one_before(store: Store, now: datetime) -> None:
    first = await store.write(store.staff_links.make_link_code, AWA, now)
    await store.write(store.staff_links.make_link_code, AWA, now)
    assert await store.write(store.staff_links.link, first, CHAT, now) is None


@pytest.mark.parametrize("code", ["", "AAAAAAAAAA", "' OR 1=1 --", "é" * 500])
async def test_a_wrong_code_links_nothing(store: Store, now: datetime, code: str) -> None:
    await store.write(store.staff_links.make_link_code, AWA, now)
    assert await store.write(store.staff_links.link, code, CHAT, now) is None
    assert await who(store, CHAT, now) is None


async def test_a_chat_belongs_to_whoever_was_linked_last(store: Store, now: datetime) -> None:
    await linked(store, AWA, CHAT, now)
    await linked(store, FANTA, CHAT, now)
    assert await who(store, CHAT, now) == FANTA
    assert await store.read(store.staff_links.links_of, AWA.name) == []


async def test_a_link_follows_the_account(store: Store, now: datetime) -> None:
    await linked(store, AWA, CHAT, now)
    raised = Actor(AWA.name, FANTA.roles)
    await store.write(store.staff_links.change_roles, raised)
    assert await who(store, CHAT, now) == raised
    code = await store.write(store.staff_links.make_link_code, AWA, now)
    await store.write(store.staff_links.change_roles, Actor(AWA.name, frozenset()))
    assert await who(store, CHAT, now) is None
    assert await store.write(store.staff_links.link, code, CHAT, now) is None


async def test_a_phone_can_be_unlinked_and_a_link_ends_by_itself(
    store: Store, now: datetime
) -> None:
    await linked(store, AWA, CHAT, now)
    assert await store.write(store.staff_links.unlink, CHAT)
    assert not await store.write(store.staff_links.unlink, CHAT)
    await linked(store, AWA, CHAT, now)
    assert await who(store, CHAT, now + LINK_LIVES - timedelta(seconds=1)) == AWA
    assert await who(store, CHAT, now + LINK_LIVES) is None
    await store.write(retention.purge, now + LINK_LIVES)
    for table in (staff_telegram_links, staff_link_codes):
        assert await store.read(lambda c, t=table: c.execute(select(t)).all()) == []


async def test_no_chat_and_no_code_stands_in_clear_and_no_key_is_a_conversations(
    store: Store, now: datetime, awa: Person
) -> None:
    code = await store.write(store.staff_links.make_link_code, AWA, now)
    codes = await store.read(lambda c: c.execute(select(staff_link_codes)).all())
    await store.write(store.staff_links.link, code, awa.chat_id, now)
    links = await store.read(lambda c: c.execute(select(staff_telegram_links)).all())
    cells = str([codes, links])
    assert code not in cells
    assert str(awa.chat_id) not in cells
    assert awa.key not in cells


async def test_a_change_of_keys_keeps_a_link(
    store: Store, now: datetime, migrated_url: str
) -> None:
    await linked(store, AWA, CHAT, now)
    changed = open_store(migrated_url, Keyring(OTHER_SECRET, previous=SECRET))
    assert await who(changed, CHAT, now) == AWA
    assert await changed.write(changed.staff_links.unlink, CHAT)
    await changed.close()
