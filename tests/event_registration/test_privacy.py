"""What registration keeps: sealed, apart from conversations, and not for long."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, MetaData, select

from event_registration.codes import new_code
from event_registration.desk import Desk
from event_registration.figures import figures_of
from event_registration.rotation import rekey
from event_registration.schemas import Delegate
from event_registration.vocabulary import RegistrationState as State
from storage import retention
from storage.database import Base
from storage.erasure import PERSON_COLUMN, erase_person
from storage.keys import Keyring
from storage.rotation import rows_of_former_keys
from storage.store import open_store
from tests.conftest import TEST_SECRET
from tests.event_registration.people import NOW, STAFF, People, an_application

CHAT = 7_000_000_001
CANARY = "Canari Secret"
DAY = timedelta(days=1)
OURS = frozenset(
    {"gatherings", "registrations", "delegates", "registration_drafts", "registration_messages"}
    | {"code_attempts", "gathering_figures"}
)


def everything(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Return all rows of all tables."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in Base.metadata.sorted_tables
    }


async def _leave_traces(people: People) -> None:
    await people.register(
        1,
        chat_id=CHAT,
        organization=CANARY,
        acronym="CANARI",
        receipt="CANARI 1",
        contact_name=CANARY,
        contact_role=CANARY,
        women=2,
    )
    desk, write = people.desk, people.store.write
    named = [Delegate(CANARY, is_woman=True)]
    await write(desk.delegations.set_delegates, 1, named, chat_id=CHAT, now=NOW)
    await write(desk.drafts.answer, CHAT, {"organization": CANARY}, NOW)
    await write(desk.decisions.refuse, 1, CANARY, actor=STAFF, now=NOW)
    await write(desk.claims.claim, str(new_code("JIF27")), "76123456", chat_id=CHAT, now=NOW)


async def test_nothing_that_a_person_wrote_stands_in_the_database_in_clear(
    people: People,
) -> None:
    await _leave_traces(people)
    held = repr(await people.store.read(everything)).casefold()
    assert "jif27" in held  # the look would find something
    for word in ("canari", "76123456", "76 12 34 56", str(CHAT)):
        assert word.casefold() not in held


async def test_no_value_of_a_registration_stands_in_a_table_of_conversations(
    people: People, keyring: Keyring
) -> None:
    """The same chat talks with Jigi and registers: no column or key joins the two."""
    await _leave_traces(people)
    person = keyring.person(CHAT)
    store = people.store
    await store.write(store.sessions.save, person, b"state", version=0, expires_at=NOW + DAY)
    held = await store.read(everything)

    def values(names: object) -> set[object]:
        return {
            value
            for name, rows in held.items()
            if (name in OURS) == names
            for row in rows
            for value in row.values()
            # A time, a number of a key, a yes or no is no one's mark.
            if isinstance(value, bytes) or (isinstance(value, str) and len(value) > 12)
        }

    assert values(names=True)
    assert person.key in values(names=False)
    assert not values(names=True) & values(names=False)


def test_no_table_of_registration_has_a_persons_key_or_refers_to_one_that_has(
    all_tables: MetaData,
) -> None:
    assert set(all_tables.tables) >= OURS
    for name in OURS:
        table = all_tables.tables[name]
        assert PERSON_COLUMN not in table.columns
        assert {key.column.table.name for key in table.foreign_keys} <= OURS
    others = set(all_tables.tables) - OURS
    for name in others:
        table = all_tables.tables[name]
        assert not {key.column.table.name for key in table.foreign_keys} & OURS


async def test_leaving_the_conversation_does_not_touch_a_registration(
    people: People, keyring: Keyring
) -> None:
    await people.register(1, chat_id=CHAT)
    await people.store.write(erase_person, keyring.person(CHAT))
    mine = await people.store.read(people.desk.registrations.of_chat, CHAT)
    assert [each.id for each in mine] == [1]


async def test_ninety_days_after_a_gathering_counts_are_left_and_nobody(people: People) -> None:
    await people.register(1, women=4, men=1, region="segou")
    await people.register(2, women=1, men=1, region="kayes", disabled=1)
    end = people.gathering.ends_at
    await people.store.write(retention.purge, end + 89 * DAY)
    assert await people.state_of(1) is State.CONFIRMED
    before = await people.store.read(figures_of, people.gathering.id)
    purged = await people.store.write(retention.purge, end + 90 * DAY)
    assert purged["registrations"] == 2
    after = await people.store.read(figures_of, people.gathering.id)
    assert (after.people["women"], after.people["men"]) == (5, 2)
    assert after.share_of_women == before.share_of_women
    assert dict(after.regions) == {"segou": 5, "kayes": 4}  # two are "fewer than five"
    assert after.is_closed
    held = await people.store.read(everything)
    for table in ("registrations", "delegates", "registration_messages"):
        assert held[table] == []
    again = await people.store.write(retention.purge, end + 91 * DAY)
    assert again["registrations"] == 0
    assert (await people.store.read(figures_of, people.gathering.id)) == after


async def test_drafts_and_attempts_go_by_themselves(people: People) -> None:
    await _leave_traces(people)
    await people.store.write(retention.purge, NOW + timedelta(minutes=59))
    held = await people.store.read(everything)
    assert held["code_attempts"]
    assert held["registration_drafts"]
    await people.store.write(retention.purge, NOW + 7 * DAY)
    held = await people.store.read(everything)
    assert held["code_attempts"] == held["registration_drafts"] == []


async def test_a_draft_goes_on_after_a_restart_and_is_one_per_chat(
    people: People, migrated_url: str, keyring: Keyring
) -> None:
    drafts = people.desk.drafts
    first = await people.store.write(drafts.answer, CHAT, {"organization": "Benkadi"}, NOW)
    other = open_store(migrated_url, keyring)
    changes = {"region": "segou", "organization": None}
    second = await other.write(drafts.answer, CHAT, changes, NOW + DAY)
    await other.close()
    assert (second.id, dict(second.answers)) == (first.id, {"region": "segou"})
    third = await people.store.write(drafts.begin, CHAT, {"gathering": "JIF27"}, NOW + DAY)
    assert third.id != first.id
    assert await people.store.read(drafts.load, CHAT, NOW + DAY) == third
    assert await people.store.read(drafts.load, CHAT, NOW + 8 * DAY) is None
    await people.store.write(drafts.drop, CHAT)
    assert await people.store.read(drafts.load, CHAT, NOW) is None


async def test_a_change_of_keys_loses_nothing_and_ends_complete(
    people: People, migrated_url: str
) -> None:
    made = await people.register(1, chat_id=CHAT, women=2, least_places=1, acronym="AB")
    changed = Keyring("q9Zt-4mWx7Rb2Yc5Vn8Kd1Lf6Hs3Jp0G", previous=TEST_SECRET)
    desk, store = Desk(changed), open_store(migrated_url, changed)
    named = [Delegate("Awa", is_woman=True)]
    await store.write(desk.delegations.set_delegates, 1, named, chat_id=CHAT, now=NOW)
    assert await store.read(desk.registrations.of_chat, CHAT)
    await store.write(rekey, changed)
    left = await store.read(rows_of_former_keys, changed)
    assert {name: left[name] for name in left if name in OURS} == {
        "delegates": 0, "registration_drafts": 0, "registration_messages": 0, "registrations": 0
    }  # fmt: skip
    await store.close()
    alone = Keyring("q9Zt-4mWx7Rb2Yc5Vn8Kd1Lf6Hs3Jp0G")
    desk, store = Desk(alone), open_store(migrated_url, alone)
    (mine,) = await store.read(desk.registrations.of_chat, CHAT)
    assert mine.code == made.code
    assert mine.application == made.application
    claim = await store.write(desk.claims.claim, made.code, "76123456", chat_id=2, now=NOW)
    assert claim.registration is not None
    (message,) = await store.write(desk.messages.take, NOW, 5)
    assert message.chat_id == 2
    await store.close()


@pytest.mark.parametrize("size", [1, 5])
async def test_the_answers_come_back_as_they_were_given(people: People, size: int) -> None:
    given = an_application(1, women=size, organization="Musow Jɛkulu « Ɲɛtaa »", receipt="0661/DNI")
    made = await people.register(1, women=size, organization=given.organization, receipt="0661/DNI")
    assert made.application.organization == given.organization
    assert made.application.receipt == given.receipt
