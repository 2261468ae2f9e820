"""Every screen that buttons can reach, in both languages, keeps the rules of its path."""

import re
from collections import deque

import pytest

from bot.conversation.buttons import Press, decode_press, encode_press
from bot.conversation.events import ButtonPressed, CommandGiven, Incoming
from bot.conversation.outgoing import ShowScreen
from bot.conversation.person import Person, decode_person, encode_person
from flows.engine.session import encode_session
from tests.golden.conftest import MOMENT

ASKING = re.compile(
    r"votre nom|votre âge|quel âge|qui vous a|racontez|que s'est-il passé", re.IGNORECASE
)
WAYS_ON = ("anywhere", "other_need", "other_place", "more", "any")
PROMISES = re.compile(
    r"vous serez en sécurité|nous vous promettons|portez plainte !|quittez-le", re.IGNORECASE
)

# Counting on in the quota checker, and pages of texts, behave alike.
MORE_OF_THE_SAME = {"back_to_page"}


async def press(conversation, data, state):
    incoming = Incoming(1, ButtonPressed(data), MOMENT, 5, "press")
    turn = await conversation.respond(incoming, state, MOMENT)
    shown = [action for action in turn.actions if isinstance(action, ShowScreen)]
    return turn, shown[0]


async def crawl(conversation, language, most=220):
    """Yield person, screen and whether it was left, for every screen found by pressing buttons."""
    first = await conversation.respond(
        Incoming(1, CommandGiven("menu"), MOMENT, 1, None, MOMENT),
        encode_person(Person(language=language)),
        MOMENT,
    )
    waiting = deque([(first.state, next(a for a in first.actions if isinstance(a, ShowScreen)))])
    seen = set()
    while waiting and len(seen) < most:
        state, screen = waiting.popleft()
        current = decode_person(state).session.current
        key = (current.flow, current.step, tuple(sorted(current.slots.items())))
        if key in seen:
            continue
        seen.add(key)
        yield decode_person(state), screen
        for index, button in enumerate(b for row in screen.rows for b in row):
            found = decode_press(button.data)
            # Twenty regions behave alike: four of a long list are enough.
            many = index > 4 and found.flow == "find_help"
            many = many or found.choice in MORE_OF_THE_SAME or found.choice[0].isdigit()
            if found.choice in ("quit", "language") or (many and found.choice not in WAYS_ON):
                continue
            turn, shown = await press(conversation, button.data, state)
            if not turn.erase and turn.state is not None:  # a child's screens keep nothing
                waiting.append((turn.state, shown))


@pytest.mark.parametrize("language", ["fr", "bm"])
async def test_every_screen_keeps_the_rules(conversation, language):
    count = 0
    async for person, screen in crawl(conversation, language):
        count += 1
        current = person.session.current
        flow = conversation.library.flows[current.flow]
        buttons = [button for row in screen.rows for button in row]
        presses = [decode_press(button.data) for button in buttons]
        choices = {each.choice for each in presses}
        where = f"{current.flow}/{current.step}"
        assert screen.text.strip(), where
        assert len(screen.text) <= 4096, where
        assert "{" not in screen.text, where
        assert all(button.label.strip() and len(button.data.encode()) <= 64 for button in buttons)
        assert all(each.language == language for each in presses), where
        assert not ASKING.search(screen.text), where
        assert not PROMISES.search(screen.text), where
        if flow.path == "survivor":
            assert {"emergency", "quit"} <= choices, where
        if current.flow != "menu":
            assert choices & {"back", "menu"} or current.flow == "welcome", where
    assert count > 60


@pytest.mark.parametrize("language", ["fr", "bm"])
async def test_s01_quit_leaves_from_every_screen(conversation, language):
    quit_now = encode_press(Press("foot", "-", "quit", language))
    async for person, _ in crawl(conversation, language, most=80):
        turn, shown = await press(conversation, quit_now, encode_person(person))
        assert turn.erase
        assert turn.state is None
        assert shown.rows == ()
        assert shown.edit is None


async def test_police_is_never_the_first_service_after_a_disclosure(conversation):
    places = [None, *(place.slug for place in conversation.look_ups.directory.gazetteer.regions())]
    for told, need in (("sexual", "medical"), ("domestic", "psychosocial"), ("sexual", "legal")):
        for place in places:
            slots = {"told": told, "need": need, "place": place or "anywhere"}
            found = await conversation.look_ups.directory._search(slots, MOMENT, 3)  # noqa: SLF001  # the list itself
            assert found.services or found.national_lines
            assert not (found.services and found.services[0].is_police)


async def test_s13_a_session_holds_choices_only(conversation):
    allowed = {"need", "told", "fresh", "place", "place_said", "area", "narrow", "service"}
    allowed |= {
        "card_next",
        "emergency_next",
        "suicidal_next",
        "human_next",
        "language",
        "after",
        "guess",
        "topic",
        "reading",
        "at",
        "room",
        "quota_kind",
        "people",
        "press",
        "ask",
        "ready",
        "quiz",
        "question",
        "pick",
        "over",
        "reply",
        "replies",
        "done",
        "theme",
        "region",
        "group",
        "month",
        "request",
        "network",
        "child_next",
        "forget_next",
        "setting",
        "lasts",
        "protect",
    }
    async for person, _ in crawl(conversation, "fr", most=120):
        data = encode_session(person.session)
        assert set(data["slots"]) <= allowed
        assert all(re.fullmatch(r"[a-z0-9_-]{1,40}", value) for value in data["slots"].values())
