"""One person's events in order, once, and answered whatever happens."""

import asyncio

from bot.conversation.outgoing import AnswerPress, DeleteMessages, LeaveChat, ShowScreen
from bot.conversation.ports import Deferred, Unreachable
from storage.erasure import rows_of_person
from tests.conversation_pipeline.conftest import Pipeline
from tests.fakes.pipeline import LINES, NEUTRAL, any_update, press_update, text_update


async def test_events_of_one_person_are_answered_in_order(pipeline):
    await pipeline.worker.accept([text_update(n, 71, f"m{n}") for n in range(1, 6)])
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == [f"{n}: m{n}" for n in range(1, 6)]


async def test_people_do_not_wait_for_each_other(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "long"), text_update(2, 72, "un")])
    await pipeline.until(lambda: pipeline.messenger.texts(72) == ["1: un"])
    assert pipeline.messenger.texts(71) == []


async def test_an_update_that_is_known_is_not_answered_again(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    await pipeline.worker.accept([text_update(1, 71, "un"), text_update(2, 71, "deux")])
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == ["1: un", "2: deux"]


async def test_what_waits_in_the_inbox_after_a_crash_is_answered_by_the_next_process(
    pipeline, store
):
    updates = [text_update(n, 71 + n % 3, f"m{n}") for n in range(1, 31)]
    await store.accept(updates, pipeline.clock.now())
    await pipeline.worker.recover()
    await pipeline.settle()
    for chat in (71, 72, 73):
        wanted = [f"m{n}" for n in range(1, 31) if 71 + n % 3 == chat]
        assert [text.partition(": ")[2] for text in pipeline.messenger.texts(chat)] == wanted


async def test_an_older_update_that_the_store_still_holds_goes_first(pipeline, store):
    await store.accept([text_update(1, 71, "avant")], pipeline.clock.now())
    await pipeline.worker.accept([text_update(2, 71, "après")])
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == ["1: avant", "2: après"]


async def test_an_update_that_another_process_worked_is_not_answered(pipeline, store):
    await store.accept([text_update(1, 71, "un")], pipeline.clock.now())
    other = Pipeline(store)
    await asyncio.gather(pipeline.worker.recover(), other.worker.recover())
    await pipeline.settle()
    await other.settle()
    assert pipeline.messenger.texts(71) + other.messenger.texts(71) == ["1: un"]


async def test_two_processes_never_apply_a_turn_by_halves(store):
    first, second = Pipeline(store), Pipeline(store)
    updates = [text_update(n, 71, f"m{n}") for n in range(1, 9)]
    await asyncio.gather(first.worker.accept(updates[::2]), second.worker.accept(updates[1::2]))
    for _ in range(3):
        await first.settle()
        await second.settle()
        await first.worker.recover()
        await second.worker.recover()
    said = first.messenger.texts(71) + second.messenger.texts(71)
    assert sorted(text.partition(": ")[2] for text in said) == [f"m{n}" for n in range(1, 9)]
    assert sorted(int(text.partition(":")[0]) for text in said) == list(range(1, 9))


async def test_a_driver_that_fails_is_asked_three_times_and_then_help_is_shown(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "boum"), text_update(2, 71, "un")])
    await pipeline.until(lambda: len(pipeline.messenger.texts(71)) == 2)
    assert len([one for one in pipeline.driver.asked if one.message_id == 1]) == 3
    assert pipeline.messenger.texts(71) == [LINES.failed.text, "1: un"]


async def test_no_text_of_a_person_reaches_the_log(pipeline, caplog):
    await pipeline.worker.accept([text_update(1, 71, "boum")])
    await pipeline.until(lambda: pipeline.messenger.texts(71))
    assert "voici un texte" not in caplog.text
    assert {record.error for record in caplog.records} == {"ValueError"}


async def test_a_group_is_left_and_nothing_of_it_is_stored(pipeline, store):
    group = any_update(1, -100, text="bonjour")
    payload = group.payload.replace(b'"private"', b'"group"')
    await pipeline.worker.accept([type(group)(1, -100, payload, group.sent_at)])
    await pipeline.until(lambda: len(pipeline.messenger.carried) == 2)
    assert pipeline.messenger.carried == [(-100, LINES.private), (-100, LeaveChat())]
    assert await store.accept([text_update(1, 71, "un")], pipeline.clock.now()) == {1}


async def test_a_person_who_blocked_the_bot_gets_nothing_more(pipeline, store):
    pipeline.messenger.ending = lambda _chat, _action: Deferred(60)
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.until(lambda: ("messages", "deferred") in pipeline.tally.counts)
    blocked = any_update(2, 71)
    payload = (
        b'{"update_id":2,"my_chat_member":{"chat":{"id":71,"type":"private"},'
        b'"new_chat_member":{"status":"kicked"}}}'
    )
    await pipeline.worker.accept([type(blocked)(2, 71, payload, None)])
    await pipeline.until(lambda: len(pipeline.driver.asked) == 2)
    await pipeline.settle()
    assert await store.chats_with_messages(pipeline.clock.now()) == []


async def test_a_person_who_cannot_be_reached_is_dropped_without_an_error(pipeline, store, caplog):
    pipeline.messenger.ending = lambda _chat, _action: Unreachable()
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    assert await store.chats_with_messages(pipeline.clock.now()) == []
    assert caplog.records == []


async def test_an_unasked_pin_is_deleted_before_the_answer(pipeline):
    pin = any_update(5, 71, location={"latitude": 14.5, "longitude": -4.2})
    await pipeline.worker.accept([pin])
    await pipeline.settle()
    actions = [action for _, action in pipeline.messenger.carried]
    assert actions[0] == DeleteMessages((5,))
    assert isinstance(actions[1], ShowScreen)


async def test_a_correction_of_an_old_message_is_heard_only_when_it_leaves(pipeline):
    await pipeline.worker.accept([_edited(1, "bonjour"), _edited(2, "quitter")])
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == [NEUTRAL]


def _edited(number, text):
    raw = text_update(number, 71, text)
    payload = raw.payload.replace(b'"message":', b'"edited_message":', 1)
    return type(raw)(number, 71, payload, raw.sent_at)


# -- floods ------------------------------------------------------------------------------


async def test_fifty_messages_at_once_get_one_sentence(pipeline, store):
    await pipeline.worker.accept([text_update(n, 71, f"m{n}") for n in range(1, 51)])
    await pipeline.settle()
    assert pipeline.messenger.texts(71).count(LINES.too_many.text) == 1
    assert await store.chats_with_updates() == []


async def test_a_leave_word_in_a_flood_is_heard(pipeline):
    texts = ["quitter" if n == 30 else f"m{n}" for n in range(1, 51)]
    await pipeline.worker.accept([text_update(n + 1, 71, text) for n, text in enumerate(texts)])
    await pipeline.settle()
    assert NEUTRAL in pipeline.messenger.texts(71)


async def test_the_messages_of_a_flood_are_deleted_when_the_person_leaves(pipeline):
    await pipeline.worker.accept([text_update(n, 71, f"m{n}") for n in range(1, 51)])
    await pipeline.settle()
    await pipeline.worker.accept([text_update(51, 71, "quitter")])
    await pipeline.settle()
    assert set(range(1, 52)) <= set(pipeline.messenger.deleted(71))


async def test_after_a_flood_the_person_is_answered_again(pipeline):
    await pipeline.worker.accept([text_update(n, 71, f"m{n}") for n in range(1, 51)])
    await pipeline.settle()
    pipeline.clock.forward(seconds=10)
    await pipeline.worker.accept([text_update(51, 71, "encore")])
    await pipeline.settle()
    assert pipeline.messenger.texts(71)[-1].endswith(": encore")


# -- leaving -----------------------------------------------------------------------------


async def test_leaving_sends_the_neutral_message_first_and_then_deletes_both_sides(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "un"), text_update(2, 71, "deux")])
    await pipeline.settle()
    pipeline.messenger.carried.clear()
    await pipeline.worker.accept([press_update(3, 71, "1:foot:x:quit", 101)])
    await pipeline.settle()
    actions = [action for _, action in pipeline.messenger.carried]
    assert [type(one) for one in actions] == [ShowScreen, AnswerPress, DeleteMessages]
    assert actions[0].text == NEUTRAL
    assert actions[0].edit is None
    assert set(actions[2].message_ids) == {1, 2, 101, 102}


async def test_after_leaving_no_row_of_the_person_is_left(pipeline, database, keyring):
    for number, text in enumerate(("un", "secret", "quitter"), start=1):
        await pipeline.worker.accept([text_update(number, 71, text)])
        await pipeline.settle()
    person = keyring.person(71)
    assert set((await database.read(rows_of_person, person)).values()) == {0}


async def test_the_session_is_gone_even_when_telegram_refuses_everything(
    pipeline, database, keyring
):
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    pipeline.messenger.ending = lambda _chat, _action: Deferred(60)
    await pipeline.worker.accept([text_update(2, 71, "quitter")])
    await pipeline.until(lambda: ("messages", "deferred") in pipeline.tally.counts)
    rows = await database.read(rows_of_person, keyring.person(71))
    assert rows["sessions"] == rows["ledger_messages"] == rows["inbox_updates"] == 0
    assert rows["outgoing_messages"] == 2


async def test_deletions_are_tried_again_by_the_next_process(pipeline, store):
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    pipeline.messenger.ending = lambda _chat, action: (
        Deferred(60) if isinstance(action, DeleteMessages) else None
    )
    await pipeline.worker.accept([text_update(2, 71, "quitter")])
    await pipeline.until(lambda: ("messages", "deferred") in pipeline.tally.counts)
    await pipeline.crash()
    later = Pipeline(store, pipeline.clock)
    later.clock.forward(hours=20)
    await later.sender.recover()
    await later.settle()
    assert set(later.messenger.deleted(71)) == {1, 2, 101}


async def test_leaving_twice_still_deletes_what_the_first_time_could_not(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.settle()
    pipeline.messenger.ending = lambda _chat, action: (
        Deferred(60) if isinstance(action, DeleteMessages) else None
    )
    await pipeline.worker.accept([text_update(2, 71, "quitter")])
    await pipeline.until(lambda: ("messages", "deferred") in pipeline.tally.counts)
    pipeline.messenger.ending = lambda _chat, _action: None
    await pipeline.worker.accept([text_update(3, 71, "quitter")])
    await pipeline.settle()
    assert {1, 2, 3, 101} <= set(pipeline.messenger.deleted(71))


async def test_what_waits_to_be_sent_is_not_sent_after_leaving(pipeline):
    pipeline.messenger.ending = lambda _chat, _action: Deferred(30)
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.until(lambda: ("messages", "deferred") in pipeline.tally.counts)
    pipeline.messenger.ending = lambda _chat, _action: None
    await pipeline.worker.accept([text_update(2, 71, "quitter")])
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == [NEUTRAL]


async def test_a_message_that_is_on_its_way_while_the_person_leaves_is_deleted_too(pipeline):
    pipeline.messenger.gate = asyncio.Event()
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.until(lambda: pipeline.messenger.was_tried_before)
    await pipeline.worker.accept([text_update(2, 71, "quitter")])
    await pipeline.until(lambda: len(pipeline.driver.asked) == 2)
    pipeline.messenger.gate.set()
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == ["1: un", NEUTRAL]
    assert 101 in pipeline.messenger.deleted(71)


async def test_a_message_that_outlasts_the_wait_of_leaving_is_deleted_when_it_arrives(
    store,
):
    pipeline = Pipeline(store, halt_seconds=0.02)
    pipeline.messenger.gate = asyncio.Event()
    await pipeline.worker.accept([text_update(1, 71, "un")])
    await pipeline.until(lambda: pipeline.messenger.was_tried_before)
    await pipeline.worker.accept([text_update(2, 71, "quitter")])
    await asyncio.sleep(0.2)
    pipeline.messenger.gate.set()
    await pipeline.settle()
    assert 101 in pipeline.messenger.deleted(71)


async def test_leaving_interrupts_an_answer_that_hangs_and_skips_what_waited(pipeline, store):
    await pipeline.worker.accept([text_update(1, 71, "long"), text_update(2, 71, "deux")])
    await pipeline.driver.slow.wait()
    await pipeline.worker.accept([text_update(3, 71, "quitter")])
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == [NEUTRAL]
    assert {1, 2, 3} <= set(pipeline.messenger.deleted(71))
    assert await store.chats_with_updates() == []


async def test_what_comes_after_the_leave_word_is_answered_as_something_new(pipeline):
    await pipeline.worker.accept([text_update(1, 71, "quitter"), text_update(2, 71, "bonjour")])
    await pipeline.settle()
    assert pipeline.messenger.texts(71) == [NEUTRAL, "1: bonjour"]
    assert 2 not in pipeline.messenger.deleted(71)


# -- without the database ------------------------------------------------------------------
