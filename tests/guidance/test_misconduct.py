"""After exploitation by aid, uniformed or mission staff: care first, and no channel is made up."""

import pytest
from sqlalchemy import delete, insert

from bot import bootstrap
from bot.conversation.buttons import decode_press
from bot.conversation.events import ButtonPressed, CommandGiven, Incoming
from bot.conversation.outgoing import ShowScreen
from bot.conversation.person import Person, encode_person
from referral_directory.models import ServiceNeed
from referral_directory.vocabulary import Need
from tests.golden.conftest import MOMENT

NO_CHANNEL = "aucun canal n'est vérifié ici"
ARTICLE = "a_4af3nv"


async def answer(conversation, *choices):
    """Open the article and press its way to help."""
    state = encode_person(Person(language="fr"))
    turn = await conversation.respond(
        Incoming(5, CommandGiven("start", ARTICLE), MOMENT, 8, None, MOMENT), state, MOMENT
    )
    for choice in choices:
        buttons = [button for row in shown(turn).rows for button in row]
        data = {decode_press(each.data).choice: each.data for each in buttons}[choice]
        incoming = Incoming(5, ButtonPressed(data), MOMENT, 8, "p")
        turn = await conversation.respond(incoming, turn.state, MOMENT)
    return shown(turn).text


def shown(turn):
    return next(action for action in turn.actions if isinstance(action, ShowScreen))


@pytest.mark.parametrize("place", ["anywhere", "mopti", "kidal"])
async def test_care_comes_first_and_it_says_that_no_channel_is_verified(conversation, place):
    text = await answer(conversation, "help", place)
    assert NO_CHANNEL in text
    first = next(line for line in text.splitlines() if line.startswith("1. "))
    assert "olice" not in first


async def test_a_channel_of_the_directory_comes_after_care_and_the_sentence_goes(
    conversation, demo_settings
):
    async with (
        bootstrap.open_directory(demo_settings) as directory,
        directory.sessions() as session,
    ):
        added = insert(ServiceNeed).values(service_slug="ajm-mopti", need=Need.MISCONDUCT)
        await session.execute(added)
        await session.commit()
        try:
            text = await answer(conversation, "help", "mopti")
        finally:
            await session.execute(delete(ServiceNeed).where(ServiceNeed.need == Need.MISCONDUCT))
            await session.commit()
    assert NO_CHANNEL not in text
    numbered = [line for line in text.splitlines() if line[:2] in {"1.", "2.", "3."}]
    assert "Sominé Dolo" in numbered[0]
    assert any("AJM" in line for line in numbered[1:])
