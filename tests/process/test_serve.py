"""`jigi serve` as a real process against the Bot API stand-in: the whole path on real input."""

import signal

import pytest

from tests.bot_api.people import Somebody
from tests.bot_api.processes import BotProcess
from tests.bot_api.server import BotApi, until
from tests.process.jigi import JIGI, ready_database, run_jigi

pytestmark = pytest.mark.process

SERVE = (*JIGI, "serve")
DEMO = (*JIGI, "serve", "--demo")
CODE = "sugu-7-kalo"
NOBODY = "1:a"  # a token of no bot
BOTH_DOORS = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


def serving(api, url, *, demo=False, webhook=False):
    return BotProcess(
        api,
        url,
        webhook=webhook,
        command=DEMO if demo else SERVE,
        environment={"JIGI_DEMO_CODE": CODE},
    )


@BOTH_DOORS
async def test_two_sentences_lead_to_services_in_their_language(migrated_url, webhook):
    await ready_database(migrated_url)
    async with BotApi() as api, serving(api, migrated_url, demo=True, webhook=webhook):
        awa, fanta = Somebody(api, 501), Somebody(api, 502)
        for person in (awa, fanta):
            person.says(f"/start {CODE}")
            await until(lambda person=person: bool(person.sees))
        awa.presses("Français")
        fanta.presses("Bamanankan")
        await until(lambda: "Que voulez-vous faire" in (awa.screen.text or ""))
        await until(lambda: "I b'a fɛ ka mun kɛ" in (fanta.screen.text or ""))

        awa.says("mon mari me frappe, je suis à Sévaré")
        await until(lambda: "Sominé Dolo" in (awa.screen.text or ""))
        assert awa.screen.text.startswith("🌿 Voici.")
        assert "Pas encore vérifié" in awa.screen.text
        label = next(label for label in awa.screen.data if "Sominé Dolo" in label)
        awa.presses(label)
        await until(lambda: "ℹ️" in (awa.screen.text or ""))

        fanta.says("n cɛ bɛ n bugɔ")
        await until(lambda: "N dalen b'i la" in (fanta.screen.text or ""))
        fanta.presses("Moti")
        await until(lambda: "One stop center, Moti" in (fanta.screen.text or ""))

        fanta.presses("✖️ Ka bɔ")
        await until(lambda: len(api.visible(502)) == 1)
        assert len(fanta.sees) == 1
        assert fanta.screen.data == {}


async def test_only_verified_entries_are_shown_as_services_to_the_public(migrated_sqlite_url):
    await ready_database(migrated_sqlite_url)
    async with BotApi() as api, serving(api, migrated_sqlite_url):
        awa = Somebody(api, 503)
        awa.says("mon mari me frappe, je suis à Sévaré")
        await until(lambda: bool(awa.sees))
        text = awa.screen.text
        assert "Sominé Dolo" not in text
        assert "CSCom" in text
        assert "18" in text
        assert "pas encore vérifié" not in text.replace("Pas encore vérifié", "")


async def test_real_updates_survive_a_kill(migrated_url):
    await ready_database(migrated_url)
    async with BotApi() as api:
        api.fail("429", method="sendMessage", times=30, seconds=2)
        people = [Somebody(api, 600 + number) for number in range(10)]
        async with serving(api, migrated_url, demo=True) as bot:
            for person in people:
                person.says(f"/start {CODE}")
                person.says("je cherche un avocat à Kayes")
                person.says("je cherche un médecin à Gao")
            await until(
                lambda: all(
                    one["update_id"] <= api.updates.confirmed for one in api.updates.pending
                )
            )
            await bot.end(signal.SIGKILL)
            api.faults.clear()
            await bot.start()
            for person in people:
                await until(lambda person=person: len(person.sees) >= 3, 30)
                kayes = next(i for i, text in enumerate(person.sees) if "Kayes" in text)
                gao = next(i for i, text in enumerate(person.sees) if "Gao" in text)
                assert kayes < gao


async def test_a_demonstration_answers_only_who_gave_the_code(migrated_sqlite_url):
    await ready_database(migrated_sqlite_url)
    async with BotApi() as api, serving(api, migrated_sqlite_url, demo=True):
        stranger = Somebody(api, 504)
        stranger.says("je cherche un médecin à Gao")
        stranger.says("/start nicht")
        await until(lambda: len(stranger.sees) == 2)
        assert all("pas encore ouvert" in text for text in stranger.sees)
        assert stranger.screen.data == {}


async def test_serve_does_not_start_until_an_emergency_number_is_verified(migrated_sqlite_url):
    loaded = await run_jigi("directory", "load", database_url=migrated_sqlite_url)
    assert loaded.status == 0, loaded.err
    ended = await run_jigi("serve", database_url=migrated_sqlite_url, telegram_token=NOBODY)
    assert ended.status == 2
    assert "no emergency number" in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "JIGI_TELEGRAM_TOKEN"),
        ({"telegram_token": "1:a", "secret_key": "short"}, "JIGI_SECRET_KEY"),
        ({"telegram_token": "1:a", "http_port": "many"}, "JIGI_HTTP_PORT"),
        ({"telegram_token": "1:a", "telegram_base_url": "nowhere"}, "JIGI_TELEGRAM_BASE_URL"),
        ({"telegram_token": "1:a", "webhook_url": "https://a.ml/x"}, "JIGI_WEBHOOK_SECRET"),
    ],
)
async def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path, settings, named):
    ended = await run_jigi("serve", data_dir=str(tmp_path), **settings)
    assert ended.status == 2
    (sentence,) = ended.err.strip().splitlines()
    assert named in sentence
    assert "Traceback" not in ended.err
    assert "short" not in ended.err.replace("too short", "")


async def test_fifty_messages_in_a_second_get_few_answers_and_the_last_words_count(
    migrated_sqlite_url,
):
    await ready_database(migrated_sqlite_url)
    async with BotApi() as api, serving(api, migrated_sqlite_url):
        awa = Somebody(api, 505)
        for number in range(49):
            awa.says(f"message {number}")
        awa.says("quitter")
        await until(lambda: len(api.visible(505)) == 1, 30)
        assert len(api.called("sendMessage", chat_id=505)) < 20


async def test_every_other_kind_of_message_gets_buttons(migrated_sqlite_url):
    await ready_database(migrated_sqlite_url)
    file = {"file_id": "f", "file_unique_id": "u", "file_size": 20_000_000}
    kinds = [
        {"voice": {**file, "duration": 3}},
        {"photo": [{**file, "width": 1, "height": 1}]},
        {"document": {**file, "file_name": "plainte.pdf"}},
        {"sticker": {**file, "width": 1, "height": 1, "type": "regular"}},
        {"contact": {"phone_number": "+22370000000", "first_name": "A"}},
        {"location": {"latitude": 0.0, "longitude": -20.0}},
        {"dice": {"emoji": "🎲", "value": 3}},
    ]
    async with BotApi() as api, serving(api, migrated_sqlite_url):
        for number, fields in enumerate(kinds):
            person = Somebody(api, 700 + number)
            person.sends(**fields)
            await until(lambda person=person: bool(person.sees))
            assert person.screen.data, fields
