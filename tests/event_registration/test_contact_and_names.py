"""A phone number shared by one tap, and names that sound like a cry, in the real conversation."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import bootstrap
from bot.conversation.buttons import Press, encode_press
from bot.conversation.driver import CONTACT_SECONDS, Conversation
from bot.conversation.events import (
    ButtonPressed,
    CommandGiven,
    ContactShared,
    Event,
    Incoming,
    TextArrived,
)
from bot.conversation.naming import may_be_a_name
from bot.conversation.outgoing import AskContact, ShowScreen, Turn
from bot.conversation.person import LASTS_SECONDS, Person, decode_person, encode_person
from bot.settings import Settings
from event_registration.desk import Desk
from flows.engine.definition import Screen
from flows.engine.session import Place, Session
from flows.language.checking import check_flows
from flows.language.reading import read_flows
from nlu.crisis_lexicon import CrisisLexicon
from storage.ledger import PROMISED
from tests.bot_api.processes import ROOT
from tests.event_registration.people import NOW, STAFF, a_gathering
from tests.golden.conftest import FixedClock

AWA = 7_000_000_001
FLOW = "gathering_registration"
CRIES = ROOT / "nlu" / "rasa_project" / "tests"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A filled database in which registration for one gathering is open."""
    folder: Path = tmp_path_factory.mktemp("open")
    made = Settings(data_dir=folder, organisation_name="Unité genre", _env_file=None)

    async def fill() -> None:
        await bootstrap.upgrade_database(made)
        await bootstrap.fill_directory(made, FixedClock())
        keys = bootstrap.demonstration_keyring(made)
        async with bootstrap.open_registration(made, keys) as registration:
            gatherings = registration.desk.gatherings
            write = registration.store.write
            added = await write(gatherings.add, a_gathering(), actor=STAFF, now=NOW)
            await write(gatherings.publish, added.id, actor=STAFF, now=NOW)

    with asyncio.Runner() as runner:
        runner.run(fill())
    return made


@pytest.fixture
async def awa(settings: Settings) -> AsyncIterator["Registrant"]:
    keys = bootstrap.demonstration_keyring(settings)
    async with (
        bootstrap.open_directory(settings) as directory,
        bootstrap.open_registration(settings, keys) as registration,
    ):
        conversation = bootstrap.build_conversation(
            settings, directory, registration, allow_unverified=True
        )
        person = Registrant(conversation, registration)
        yield person
        await registration.store.write(Desk(keys).drafts.drop, AWA)


class Registrant:
    """Somebody who registers; every turn is kept as it was decided."""

    def __init__(
        self, conversation: Conversation, registration: bootstrap.OpenRegistration
    ) -> None:
        self.conversation, self.registration = conversation, registration
        self.state = encode_person(Person(Session(current=Place(FLOW, "begin")), language="fr"))

    async def does(self, event: Event) -> Turn:
        pressed = isinstance(event, ButtonPressed)
        incoming = Incoming(AWA, event, NOW, 7, "p" if pressed else None, None if pressed else NOW)
        turn = await self.conversation.respond(incoming, self.state, NOW)
        assert turn.state is not None
        self.state = turn.state
        return turn

    async def taps(self, step: str, choice: str, flow: str = FLOW) -> Turn:
        return await self.does(ButtonPressed(encode_press(Press(flow, step, choice))))

    async def at(self, step: str) -> None:
        """Stand on a question with all answers before it given."""
        answers: dict[str, str | list[str]] = {
            "gathering": "JIF27", "organization": "Benkadi", "acronym": "", "kind": "ngo",
            "receipt": "", "region": "segou", "cercle": "", "contact_name": "Awa Traoré",
            "contact_role": "présidente",
        }  # fmt: skip
        asked = [*answers, "phone"]
        given = {name: answers[name] for name in asked[: asked.index(step)]}
        registration = self.registration
        await registration.store.write(registration.desk.drafts.begin, AWA, given, NOW)
        await self.does(CommandGiven("start", "jif"))
        if step == "organization":
            await self.taps("which", "register", "gatherings")
        else:
            await self.taps("which", "resume", "gatherings")
        assert self.step == step

    @property
    def step(self) -> str:
        current = decode_person(self.state).session.current
        assert current is not None
        return current.step

    @property
    def flow(self) -> str:
        current = decode_person(self.state).session.current
        assert current is not None
        return current.flow


def _keys(turn: Turn) -> list[AskContact]:
    return [action for action in turn.actions if isinstance(action, AskContact)]


def _screen(turn: Turn) -> ShowScreen:
    (screen,) = [action for action in turn.actions if isinstance(action, ShowScreen)]
    return screen


# -- the shared number -------------------------------------------------------------------------


async def test_the_phone_question_brings_the_key_once_and_after_its_screen(awa: Registrant) -> None:
    await awa.at("contact_role")
    asked = await awa.does(TextArrived("présidente"))
    assert awa.step == "phone"
    assert [type(action) for action in asked.actions[-2:]] == [ShowScreen, AskContact]
    (key,) = _keys(asked)
    assert (key.label, key.lasts_seconds) == ("📲 Envoyer mon numéro", 290)
    assert any(button.label.endswith("Retour") for row in _screen(asked).rows for button in row)
    wrong = await awa.does(TextArrived("12"))
    assert (awa.step, _keys(wrong), wrong.contact_done) == ("phone", [], False)


async def test_a_shared_contact_is_the_answer_and_leaves_no_trace(awa: Registrant) -> None:
    await awa.at("phone")
    turn = await awa.does(ContactShared("+223 76 12 34 56"))
    assert awa.step == "women"
    assert (turn.contact_done, turn.delete_own_now, _keys(turn)) == (True, True, [])
    registration = awa.registration
    draft = await registration.store.read(registration.desk.drafts.load, AWA, NOW)
    assert draft is not None
    assert draft.answers["phone"] == "+22376123456"


async def test_the_key_goes_with_a_typed_number_with_back_and_with_the_menu(
    awa: Registrant,
) -> None:
    await awa.at("phone")
    assert (await awa.does(TextArrived("76 12 34 56"))).contact_done
    await awa.at("phone")
    assert (await awa.taps("-", "back", "foot")).contact_done
    await awa.at("phone")
    assert (await awa.taps("-", "menu", "foot")).contact_done
    assert not (await awa.does(CommandGiven("aide"))).contact_done


async def test_a_contact_from_a_forgotten_key_goes_and_takes_the_key_with_it(
    awa: Registrant,
) -> None:
    await awa.does(CommandGiven("menu"))
    turn = await awa.does(ContactShared("+22376123456"))
    assert (turn.contact_done, turn.delete_own_now) == (True, True)


async def test_a_cry_on_the_phone_question_is_heard_and_takes_the_key_away(
    awa: Registrant,
) -> None:
    await awa.at("phone")
    turn = await awa.does(TextArrived("sos"))
    assert (awa.flow, turn.contact_done) == ("emergency", True)


def test_no_survivor_screen_asks_for_a_contact_or_a_name() -> None:
    library = bootstrap.read_flow_files().library
    asking = {
        flow.path
        for flow in library.flows.values()
        for step in flow.steps.values()
        if isinstance(step, Screen) and (step.contact or step.names)
    }
    assert asking == {"open"}


@pytest.mark.parametrize("word", ["contact", "names"])
def test_the_checker_refuses_a_survivor_screen_that_would(word: str) -> None:
    text = f"""
spec_version: 1
flows:
  menu:
    description: A flow.
    path: survivor
    steps:
      - id: ask
        collect: number
        text: Votre numéro ?
        text_input: read
        {word}: true
        choices: []
"""
    issues = check_flows(read_flows({"menu.yml": text}), frozenset({"read"}))
    assert any("asks for no contact" in issue.problem for issue in issues)


# -- names that sound like a cry ---------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["SOS Villages d'enfants", "s.o.s. sahel", "Femmes en danger", "Association SOS Muso"]
)
async def test_a_name_that_alarms_is_taken_with_the_way_to_help_beside_it(
    awa: Registrant, name: str
) -> None:
    await awa.at("organization")
    turn = await awa.does(TextArrived(name))
    assert (awa.flow, awa.step) == (FLOW, "acronym")
    screen = _screen(turn)
    assert "« Urgence »" in screen.text.splitlines()[0]
    (button,) = screen.rows[0]
    assert "Urgence" in button.label
    after = await awa.does(ButtonPressed(button.data))
    assert awa.flow == "emergency"
    assert _screen(after).text
    registration = awa.registration
    draft = await registration.store.read(registration.desk.drafts.load, AWA, NOW)
    assert draft is not None
    assert draft.answers["organization"] == name


CRIED = (
    "SOS",
    "sos vite",
    "sos il arrive",
    "au secours",
    "sos aidez moi",
    "je suis en danger",
    "SOS Awa je saigne",
    "sos police",
    "sos il va tuer Fanta",
    "n bɛ farati la",
    "ma fille est en danger",
)


@pytest.mark.parametrize("cry", CRIED)
async def test_a_cry_leaves_the_question_whatever_is_asked(awa: Registrant, cry: str) -> None:
    await awa.at("organization")
    await awa.does(TextArrived(cry))
    assert awa.flow == "emergency"


async def test_where_no_name_is_asked_a_name_that_alarms_is_a_cry(awa: Registrant) -> None:
    await awa.does(CommandGiven("menu"))
    await awa.does(TextArrived("Femmes en danger"))
    assert awa.flow == "emergency"


def _cries() -> Iterator[str]:
    for language in ("fr", "bm"):
        file = CRIES / f"development.{language}.tsv"
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["intent"] in {"emergency", "suicidal_thoughts"}:
                    yield row["text"]


def test_no_cry_of_the_development_set_is_taken_for_a_name() -> None:
    lexicon = CrisisLexicon.load()
    heard = [cry for cry in _cries() if lexicon.match(cry)]
    assert len(heard) > 30
    assert [cry for cry in heard if may_be_a_name(cry, lexicon.match)] == []


def test_the_ledger_tells_the_key_from_messages_that_stay() -> None:
    assert timedelta(seconds=CONTACT_SECONDS) < PROMISED
    shortest = min(seconds for seconds in LASTS_SECONDS.values() if seconds is not None)
    assert timedelta(seconds=shortest) >= PROMISED
