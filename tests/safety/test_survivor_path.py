"""What the survivor path keeps of what is typed, and that health comes along on every way."""

import pytest

from bot.conversation.events import Incoming, TextArrived
from bot.conversation.person import Person, encode_person
from flows.engine.definition import Screen
from flows.engine.effects import LookUp
from flows.engine.session import Place, Session
from tests.golden.conftest import MOMENT

CANARY = "zzkanari"
TYPED = (CANARY, f"je cherche un médecin {CANARY}", f"{CANARY} 12 femmes 8 hommes", f"{CANARY} gao")


def screens_that_read(conversation):
    for flow in conversation.library.flows.values():
        for step in flow.steps.values():
            if isinstance(step, Screen) and step.text_input is not None:
                yield flow.id, step.id


@pytest.mark.parametrize("typed", TYPED)
async def test_s13_what_is_typed_on_any_screen_stands_in_no_session(conversation, typed):
    count = 0
    for flow, step in screens_that_read(conversation):
        count += 1
        here = Session(current=Place(flow, step))
        incoming = Incoming(5, TextArrived(typed), MOMENT, 8, None, MOMENT)
        state = encode_person(Person(session=here, language="fr"))
        turn = await conversation.respond(incoming, state, MOMENT)
        assert CANARY not in (turn.state or b"").decode(), f"{flow}/{step}"
    assert count > 10


@pytest.mark.parametrize("need", ["legal", "psychosocial", "shelter", "protection"])
async def test_s11_after_sexual_violence_health_comes_along_whatever_is_asked_for(
    conversation, need
):
    directory = conversation.look_ups.directory
    with_health = 0
    for region in directory.gazetteer.regions():
        slots = {"told": "sexual", "need": need, "place": region.slug}
        known = await directory._search(slots, MOMENT, 3)  # noqa: SLF001  # what there is
        asked = LookUp("find_services", tuple(slots.items()))
        found = await conversation.look_ups.look_up(asked, MOMENT)
        if known.health is not None:
            with_health += 1
            assert known.health.slug in {option.id for option in found.options}, region.slug
    assert with_health > 3
