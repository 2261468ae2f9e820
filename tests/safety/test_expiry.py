"""Messages delete themselves after the time a person chose, whatever happens to the process."""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlConversationStore
from bot.conversation.buttons import Press, decode_press, encode_press
from bot.conversation.outgoing import ShowScreen
from tests.fakes.pipeline import NOON, press_update, text_update
from tests.safety.conftest import RealPipeline

CHAT = 71
HELP = "je cherche un médecin à Gao"


def last_screen(pipeline):
    return [a for _, a in pipeline.messenger.carried if isinstance(a, ShowScreen)][-1]


async def choose(pipeline, number, choice, message_id):
    data = encode_press(Press("settings", "choose", choice))
    await pipeline.take(press_update(number, CHAT, data, message_id))


async def ledger_of(database, keyring):
    since = NOON - timedelta(days=3)
    return await database.read(database.ledger.of, keyring.person(CHAT), since)


async def test_both_sides_go_after_a_day_unless_chosen(pipeline, database, keyring):
    await pipeline.take(text_update(1, CHAT, HELP))
    entries = await ledger_of(database, keyring)
    assert len(entries) == 2
    assert {each.delete_at for each in entries} == {NOON + timedelta(days=1)}
    pipeline.clock.forward(hours=23, minutes=59)
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(CHAT) == []
    pipeline.clock.forward(minutes=2)
    await pipeline.sweeper.sweep()
    assert sorted(pipeline.messenger.deleted(CHAT)) == sorted(e.message_id for e in entries)


@pytest.mark.parametrize(("choice", "hours"), [("hour", 1), ("day", 24)])
async def test_a_chosen_time_holds_for_earlier_messages_too(
    pipeline, database, keyring, choice, hours
):
    await pipeline.take(text_update(1, CHAT, HELP))
    pipeline.clock.forward(minutes=10)
    await choose(pipeline, 2, choice, 101)
    earlier, screen = await ledger_of(database, keyring)
    assert earlier.delete_at == NOON + timedelta(hours=hours)
    # The screen was changed since: it lasts at least as long as its first words.
    assert NOON + timedelta(hours=hours) <= screen.delete_at
    assert screen.delete_at <= NOON + timedelta(hours=hours, minutes=10)


async def test_who_keeps_messages_keeps_them(pipeline, database, keyring):
    await pipeline.take(text_update(1, CHAT, HELP))
    await choose(pipeline, 2, "keep", 101)
    await pipeline.take(text_update(3, CHAT, HELP))
    assert {e.delete_at for e in await ledger_of(database, keyring)} == {None}
    pipeline.clock.forward(hours=46)
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(CHAT) == []


async def test_keeping_does_not_keep_what_was_promised_to_go(pipeline):
    await pipeline.take(text_update(1, CHAT, "mon mari me frappe"))
    await choose(pipeline, 2, "keep", 101)
    pipeline.clock.forward(seconds=50)
    await pipeline.sweeper.sweep()
    assert pipeline.messenger.deleted(CHAT) == [1]


async def test_a_new_process_deletes_what_the_last_one_left(pipeline, database, conversation):
    await pipeline.take(text_update(1, CHAT, HELP))
    await choose(pipeline, 2, "hour", 101)
    await pipeline.crash()
    pipeline.clock.forward(hours=1, minutes=1)
    store = SqlConversationStore(database, is_shared=False)
    again = RealPipeline(store, conversation, pipeline.clock, pipeline.messenger)
    await again.sweeper.sweep()
    assert sorted(pipeline.messenger.deleted(CHAT)) == [1, 101]
    await again.crash()


async def test_the_choice_outlives_the_session_in_the_buttons_alone(pipeline, database, keyring):
    await pipeline.take(text_update(1, CHAT, "/menu"))
    await choose(pipeline, 2, "hour", 101)
    button = next(b for row in last_screen(pipeline).rows for b in row if "Urgence" in b.label)
    assert decode_press(button.data).lasts == "hour"
    pipeline.clock.forward(minutes=20)
    await pipeline.take(press_update(3, CHAT, button.data, 101))
    screen = (await ledger_of(database, keyring))[-1]
    assert screen.delete_at == pipeline.clock.now() + timedelta(hours=1)


async def test_nothing_of_the_choice_is_stored_once_the_messages_are_gone(
    pipeline, database, keyring
):
    await pipeline.take(text_update(1, CHAT, HELP))
    await choose(pipeline, 2, "hour", 101)
    pipeline.clock.forward(hours=1, minutes=1)
    await pipeline.sweeper.sweep()
    assert await ledger_of(database, keyring) == []
    session = await database.read(
        database.sessions.load, keyring.person(CHAT), pipeline.clock.now()
    )
    assert session.state is None


async def test_s23_after_fifteen_minutes_the_screen_is_neutral(pipeline):
    again = encode_press(Press("foot", "-", "fr"))  # shows the same screen once more
    await pipeline.take(text_update(1, CHAT, HELP))
    await pipeline.take(press_update(2, CHAT, again, 101))
    assert "One stop center" in last_screen(pipeline).text
    pipeline.clock.forward(minutes=16)
    await pipeline.take(press_update(3, CHAT, again, 101))
    assert last_screen(pipeline).text.startswith("🌿 Que voulez-vous faire")


async def test_what_people_read_openly_stays(pipeline, database, keyring):
    await pipeline.take(text_update(1, CHAT, "c'est quand la JIF ?"))
    entries = await ledger_of(database, keyring)
    assert {each.delete_at for each in entries} == {None}
