"""The bot's page in Telegram tells nothing."""

import io
import re

import pytest
from PIL import Image

from bot.telegram.picture import draw_picture
from bot.telegram.profile import profiles, set_picture, set_up_profile

TELLING = re.compile(
    r"viol|vbg|sgbv|abus|agress|victim|surviv|sexu|femme|muso|police|urgence|jugu|tɔɲɔn|onu|minusma",
    re.IGNORECASE,
)


@pytest.mark.parametrize("profile", profiles("Fenêtre"), ids=lambda one: one.language or "all")
def test_no_word_of_the_profile_betrays_what_the_bot_is_for(profile):
    words = [profile.name, profile.description, profile.short_description]
    words += [said for _, said in profile.commands]
    assert not TELLING.search(" ".join(words))


@pytest.mark.parametrize("profile", profiles("Fenêtre"), ids=lambda one: one.language or "all")
def test_every_text_fits_where_telegram_shows_it(profile):
    assert len(profile.name) <= 64
    assert len(profile.description) <= 512
    assert len(profile.short_description) <= 120
    for command, said in profile.commands:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command)
        assert 1 <= len(said) <= 256


async def test_the_picture_is_a_small_square_jpeg_and_the_same_every_time(client, api):
    drawn = draw_picture()
    picture = Image.open(io.BytesIO(drawn))
    assert (picture.format, picture.size) == ("JPEG", (640, 640))
    assert len(drawn) < 100_000
    assert draw_picture() == drawn
    assert not picture.getexif()
    await set_picture(client, drawn)
    (call,) = api.called("setMyProfilePhoto")
    assert "static" in str(call)


async def test_setting_up_reaches_every_language(client, api):
    await set_up_profile(client, "Fenêtre")
    assert api.profile["setMyName/"] == {"name": "Fenêtre"}
    assert {key.partition("/")[2] for key in api.profile} == {"", "fr", "bm"}
    commands = api.profile["setMyCommands/fr"]["commands"]
    wanted = {"start", "menu", "aide", "langue", "stop", "effacer"}
    assert {one["command"] for one in commands} == wanted
