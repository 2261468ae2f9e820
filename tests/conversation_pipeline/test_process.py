"""The bot as a real process: killed, restarted, flooded, refused."""

import asyncio
import json
import signal

import aiohttp
import pytest

from tests.bot_api.people import Somebody
from tests.bot_api.processes import WEBHOOK_SECRET, BotProcess
from tests.bot_api.server import BotApi, all_ids, until
from tests.fakes.pipeline import LINES, NEUTRAL

pytestmark = pytest.mark.process

BOTH_DOORS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


def answers(api, chat_id):
    """The texts that were answered to a chat, in order, without the counter before them."""
    return [text.partition(": ")[2] for text in api.texts(chat_id)]


def without_repeats(texts):
    return list(dict.fromkeys(texts))


@BOTH_DOORS
async def test_a_conversation_from_hello_to_leaving(migrated_url, webhook):
    async with BotApi() as api, BotProcess(api, migrated_url, webhook=webhook):
        awa = Somebody(api, 71)
        awa.says("bonjour")
        await until(lambda: awa.sees == ["1: bonjour"])
        awa.presses("Encore")
        await until(lambda: awa.sees == ["2: [1:echo:again:yes]"])
        await until(lambda: len(api.answered) == 1)
        awa.says("quitter")
        await until(lambda: [one.text for one in api.visible(71)] == [NEUTRAL])
        sent = [call.method for call in api.called(chat_id=71)]
        assert sent[-2:] == ["sendMessage", "deleteMessages"]
        assert all(one.silent and one.preview_off for one in api.visible(71))


@BOTH_DOORS
async def test_thirty_accepted_updates_survive_a_kill(migrated_url, webhook):
    async with BotApi() as api:
        api.fail("429", method="sendMessage", times=30, seconds=2)  # nothing can be sent yet
        people = [Somebody(api, 100 + number) for number in range(6)]
        async with BotProcess(api, migrated_url, webhook=webhook) as bot:
            for turn in range(5):
                for person in people:
                    person.says(f"message {turn}")
            await until(lambda: not _unconfirmed(api))
            await bot.end(signal.SIGKILL)
            answered_before = sum(len(api.texts(person.chat_id)) for person in people)
            assert answered_before < 30
            api.faults.clear()
            await bot.start()
            wanted = [f"message {turn}" for turn in range(5)]
            for person in people:
                await until(
                    lambda person=person: without_repeats(answers(api, person.chat_id)) == wanted,
                    seconds=60,
                )
        for person in people:
            said = answers(api, person.chat_id)
            assert all(said.count(text) <= 2 for text in wanted)
            counts = [text.partition(":")[0] for text in api.texts(person.chat_id)]
            assert without_repeats(counts) == ["1", "2", "3", "4", "5"]


def _unconfirmed(api):
    if api.updates.webhook_url:
        return list(api.updates.pending)
    return [one for one in api.updates.pending if one["update_id"] > api.updates.confirmed]


@BOTH_DOORS
async def test_an_update_that_comes_twice_is_answered_once(migrated_url, webhook):
    async with BotApi() as api, BotProcess(api, migrated_url, webhook=webhook):
        awa = Somebody(api, 71)
        awa.says("une fois")
        repeated = dict(api.updates.pending[0])
        await until(lambda: awa.sees == ["1: une fois"])
        api.updates.push(repeated)
        awa.says("encore")
        await until(lambda: len(api.texts(71)) == 2)
        assert api.texts(71) == ["1: une fois", "2: encore"]


async def test_an_orderly_stop_loses_nothing_and_repeats_nothing(migrated_url):
    async with BotApi() as api, BotProcess(api, migrated_url, webhook=True) as bot:
        people = [Somebody(api, 100 + number) for number in range(10)]
        for person in people:
            person.says("un")
            person.says("deux")
        await until(lambda: not api.updates.pending)
        assert await bot.end(signal.SIGTERM) == 0
        await bot.start()
        for person in people:
            await until(lambda person=person: len(api.texts(person.chat_id)) >= 2)
            assert api.texts(person.chat_id) == ["1: un", "2: deux"]


async def test_a_chat_that_must_wait_does_not_delay_another(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        api.fail("429", method="sendMessage", chat_id=71, seconds=3)
        awa, oumou = Somebody(api, 71), Somebody(api, 72)
        awa.says("un")
        await until(lambda: any(call.refused for call in api.calls))
        oumou.says("un")
        await until(lambda: oumou.sees == ["1: un"])
        assert awa.sees == []
        await until(lambda: awa.sees == ["1: un"])


async def test_a_press_during_a_wait_of_telegram_is_still_answered(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        api.fail("500", method="editMessageText", times=3)
        awa = Somebody(api, 71)
        awa.says("un")
        await until(lambda: awa.sees == ["1: un"])
        awa.presses("Encore")
        await until(lambda: awa.sees == ["2: [1:echo:again:yes]"])
        assert len(api.answered) == 1


async def test_a_connection_cut_after_the_effect_brings_at_most_two(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        api.fail("reset_after", method="sendMessage", times=10)
        awa = Somebody(api, 71)
        awa.says("un")
        await until(lambda: len(awa.sees) == 2)
        api.faults.clear()
        awa.says("deux")
        await until(lambda: "2: deux" in awa.sees)
        assert awa.sees == ["1: un", "1: un", "2: deux"]


async def test_leaving_deletes_even_what_telegram_refused_at_first(migrated_url):
    async with BotApi() as api, BotProcess(api, migrated_url) as bot:
        awa = Somebody(api, 71)
        awa.says("secret")
        await until(lambda: awa.sees == ["vu"])
        api.fail("500", method="deleteMessages", times=100)
        awa.says("/stop")
        await until(lambda: awa.sees[-1] == NEUTRAL)
        await until(lambda: any(call.method == "deleteMessages" for call in api.calls))
        await bot.end(signal.SIGKILL)
        api.faults.clear()
        await bot.start()
        await until(lambda: [one.text for one in api.visible(71)] == [NEUTRAL], seconds=60)


async def test_leaving_goes_on_to_delete_when_the_neutral_message_must_wait(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        awa = Somebody(api, 71)
        awa.says("secret")
        await until(lambda: awa.sees == ["vu"])
        api.fail("429", method="sendMessage", chat_id=71, seconds=6)
        awa.says("/stop")
        await until(lambda: api.visible(71) == [])
        first = [call.method for call in api.calls if call.chat_id == 71]
        assert first[-2:] == ["sendMessage", "deleteMessages"]
        await until(lambda: awa.sees == [NEUTRAL], seconds=20)


async def test_leaving_deletes_exactly_the_messages_of_both_sides(migrated_url):
    async with BotApi() as api, BotProcess(api, migrated_url):
        awa, oumou = Somebody(api, 71), Somebody(api, 72)
        for person in (awa, oumou):
            person.says("un")
            await until(lambda person=person: len(person.sees) == 1)
        awa.presses("Encore")
        await until(lambda: awa.sees == ["2: [1:echo:again:yes]"])
        before = {one.message_id for one in api.visible(71)}
        awa.says("/effacer")
        await until(lambda: awa.sees == [NEUTRAL])
        await until(lambda: len(api.visible(71)) == 1)
        named = set(all_ids(api.called("deleteMessages", chat_id=71)))
        assert before <= named
        assert len(named) == len(before) + 1
        assert oumou.sees == ["1: un"]


async def test_a_message_older_than_48_hours_does_not_save_the_others(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        awa = Somebody(api, 71)
        for text in ("un", "deux", "trois"):
            awa.says(text)
            await until(lambda text=text: any(str(one).endswith(text) for one in awa.sees))
        oldest = api.visible(71)[0]
        oldest.date -= 49 * 3600
        awa.says("/stop")
        await until(lambda: len(api.visible(71)) == 2)
        assert [one.text for one in api.visible(71)] == ["un", NEUTRAL]


async def test_a_flood_is_answered_by_one_sentence_and_loses_no_leave_word(migrated_url):
    async with BotApi() as api, BotProcess(api, migrated_url):
        awa = Somebody(api, 71)
        for number in range(50):
            awa.says(f"message {number}")
        await until(lambda: LINES.too_many.text in awa.sees)
        assert awa.sees.count(LINES.too_many.text) == 1
        for number in range(20):
            awa.says("/stop" if number == 7 else f"encore {number}")
        await until(lambda: NEUTRAL in awa.sees)


async def test_a_person_who_blocked_the_bot_is_no_error(migrated_url):
    async with BotApi() as api, BotProcess(api, migrated_url) as bot:
        awa, oumou = Somebody(api, 71), Somebody(api, 72)
        api.blocked.add(71)
        awa.says("un")
        await until(lambda: any(call.refused for call in api.calls))
        awa.blocks()
        oumou.says("un")
        await until(lambda: oumou.sees == ["1: un"])
        await bot.end()
        assert "error" not in {json.loads(line)["level"] for line in bot.log.splitlines()}


async def test_a_group_that_adds_the_bot_is_left_without_a_word(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        group = {"id": -100, "type": "supergroup", "title": "Village"}
        added = {"chat": group, "new_chat_member": {"status": "member"}}
        api.updates.push({"my_chat_member": added})
        await until(lambda: api.called("leaveChat"))
        assert [call.method for call in api.calls if call.chat_id == -100] == ["leaveChat"]


async def test_a_group_that_writes_is_told_one_line_and_left_without_a_trace(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        group = {"id": -100, "type": "supergroup", "title": "Village"}
        message = {"message_id": 5, "date": int(api.now()), "chat": group, "text": "bonjour"}
        api.updates.push({"message": message})
        await until(lambda: api.called("leaveChat"))
        told = [call.method for call in api.calls if call.chat_id == -100]
        assert told == ["sendMessage", "leaveChat"]


async def test_an_error_of_the_driver_still_brings_an_answer_and_logs_no_text(migrated_url):
    async with BotApi() as api, BotProcess(api, migrated_url) as bot:
        awa = Somebody(api, 71)
        awa.says("boum")
        await until(lambda: awa.sees == [LINES.failed.text])
        awa.says("un")
        await until(lambda: awa.sees[-1] == "1: un")
        await bot.end()
        assert "voici un texte" not in bot.log
        failures = [json.loads(line) for line in bot.log.splitlines() if "answer_failed" in line]
        assert len(failures) == 3
        assert {one["error"] for one in failures} == {"ValueError"}


async def test_leaving_interrupts_an_answer_that_hangs(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url):
        awa = Somebody(api, 71)
        awa.says("long")
        await asyncio.sleep(0.3)
        awa.says("/stop")
        await until(lambda: awa.sees == [NEUTRAL])
        await until(lambda: len(api.visible(71)) == 1)


async def test_a_wrong_secret_is_turned_away_before_any_work(migrated_sqlite_url):
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url, webhook=True) as bot:
        url = f"http://127.0.0.1:{bot.port}/telegram"
        update = {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 71}, "text": "x"}}
        async with aiohttp.ClientSession() as session:
            for headers in (
                {},
                {"X-Telegram-Bot-Api-Secret-Token": "wrong"},
                {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET + "é"},
            ):
                async with session.post(url, json=update, headers=headers) as answer:
                    assert answer.status == 403
            async with session.get(f"http://127.0.0.1:{bot.port}/metrics") as answer:
                assert answer.status == 404
            async with session.get(f"http://127.0.0.1:{bot.port}/healthz") as answer:
                assert answer.status == 200
            async with session.get(f"http://127.0.0.1:{bot.metrics_port}/metrics") as answer:
                assert 'jigi_webhook_total{kind="wrong_secret"} 3.0' in await answer.text()
        assert api.texts(71) == []
