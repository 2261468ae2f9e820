"""Every answer of a training request can be changed by its code; the new one is sealed too."""

import pytest

from bot import bootstrap
from bot.conversation.buttons import decode_press
from bot.conversation.events import ButtonPressed, CommandGiven, Incoming, TextArrived
from bot.conversation.outgoing import ShowScreen
from bot.conversation.person import Person, encode_person
from guidance.training import TrainingDesk
from storage.store import open_store
from tests.golden.conftest import MOMENT

ROAD = ("equality", "tools", "training", "wps", "mopti")


class Asker:
    """Somebody who asks for a training, by buttons and words."""

    def __init__(self, conversation):
        self.conversation = conversation
        self.state = encode_person(Person(language="fr"))

    async def does(self, event, press_id=None):
        seen = None if press_id else MOMENT
        incoming = Incoming(9, event, MOMENT, 8, press_id, seen)
        turn = await self.conversation.respond(incoming, self.state, MOMENT)
        self.state = turn.state
        self.screen = next(each for each in turn.actions if isinstance(each, ShowScreen))
        return self.screen.text

    async def taps(self, choice):
        buttons = [button for row in self.screen.rows for button in row]
        data = {decode_press(each.data).choice: each.data for each in buttons}[choice]
        return await self.does(ButtonPressed(data), "p")

    async def says(self, text):
        return await self.does(TextArrived(text))


@pytest.fixture
async def asker(conversation):
    """Somebody whose request was sent, and who stands where it can be changed."""
    asking = Asker(conversation)
    await asking.does(CommandGiven("menu"))
    for choice in ROAD:
        await asking.taps(choice)
    await asking.says("12 femmes 8 hommes")
    await asking.taps("open")
    await asking.says("AFEM, afem@exemple.ml")
    assert "Demande envoyée" in await asking.taps("yes_keep")
    assert "Votre demande" in await asking.taps("manage")
    return asking


async def asked(settings):
    store = open_store(settings.database, bootstrap.demonstration_keyring(settings))
    try:
        return await store.read(TrainingDesk(store.keyring).asked, MOMENT)
    finally:
        await store.close()


async def test_theme_region_numbers_month_and_contact_are_changed(asker, demo_settings):
    await asker.taps("theme")
    assert "La loi des 30 %, Mopti" in await asker.taps("quota")
    await asker.taps("region")
    assert "La loi des 30 %, Gao" in await asker.taps("gao")
    await asker.taps("people")
    assert "Femmes : 3. Hommes : 4." in await asker.says("3 femmes 4 hommes")
    await asker.taps("contact")
    assert "Il faut un numéro" in await asker.says("pas de contact")
    assert "Votre demande" in await asker.says("AFEM, nouveau@exemple.ml")
    request = (await asked(demo_settings))[-1]
    assert (request.theme, request.region, request.women, request.men) == ("quota", "gao", 3, 4)
    assert request.contact == "AFEM, nouveau@exemple.ml"


async def test_it_is_cancelled_and_gone(asker, demo_settings):
    before = len(await asked(demo_settings))
    await asker.taps("cancel")
    assert "effacée" in await asker.taps("yes_erase")
    assert len(await asked(demo_settings)) == before - 1
