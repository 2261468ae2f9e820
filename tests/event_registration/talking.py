"""People who talk with registration: the flows, with their look-ups, on a real database."""

from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session as DatabaseSession

from bot.adapters.registration import RegistrationLookUps
from bot.conversation.rendering import Renderer
from bot.i18n.catalogue import load_catalogue
from event_registration.schemas import Registration
from flows.engine.advance import advance
from flows.engine.definition import FlowLibrary
from flows.engine.effects import Fail, LookUp, Offer, Say
from flows.engine.events import Began, Chose, Event, Wrote
from flows.engine.messages import Bilingual, Message, Value
from flows.engine.session import Session, decode_session, encode_session
from flows.language.reading import read_flows
from referral_directory.gazetteer import Gazetteer
from referral_directory.loading import load_starter
from tests.bot_api.processes import ROOT
from tests.event_registration.people import NOW, People

AWA, OUMOU = 7_000_000_001, 7_000_000_002
DAY = timedelta(days=1)
ANSWERS: Mapping[str, str] = {
    "organization": "'Association Musow Jɛkulu",
    "acronym": "skip",
    "kind": "association",
    "receipt": "'0661/DNI",
    "region": "segou",
    "cercle": "skip",
    "contact_name": "'Awa Traoré",
    "contact_role": "'présidente",
    "phone": "'76 12 34 56",
    "women": "3",
    "men": "1",
    "split": "whole",
    "young": "skip",
    "disabled": "'1",
    "language": "bm",
    "needs": "done",
    "part": "speak",
    "recommendations": "done",
    "reminder": "morning",
    "photos": "no",
    "consent": "yes",
}
"""What a person answers; what stands behind an apostrophe is typed, all else is tapped."""


@pytest.fixture(scope="session")
def library() -> FlowLibrary:
    folder = files("flows.content")
    return read_flows(
        {
            each.name: each.read_text(encoding="utf-8")
            for each in folder.iterdir()
            if each.name.endswith(".yml") and each.name != "destinations.yml"
        }
    ).library


class Talk:
    """One person's conversation; the session goes through its encoding after every event."""

    def __init__(self, library: FlowLibrary, look_ups: RegistrationLookUps) -> None:
        self.library, self.look_ups = library, look_ups
        self.session = Session()
        self.now = NOW
        self.effects: list[Any] = []

    @property
    def step(self) -> str:
        assert self.session.current is not None
        return self.session.current.step

    @property
    def said(self) -> str:
        return "\n".join(_text(each.message) for each in self.effects if isinstance(each, Say))

    @property
    def offered(self) -> list[str]:
        (offer,) = [each for each in self.effects if isinstance(each, Offer)]
        return [option.id for option in offer.options]

    async def do(self, event: Event) -> None:
        self.effects = []
        while True:
            turn = advance(self.library, self.session, event)
            self.session = decode_session(encode_session(turn.session))
            self.effects += turn.effects
            asked = self.effects[-1]
            if not isinstance(asked, LookUp):
                break
            self.effects.pop()
            event = await self.look_ups.look_up(asked, self.now)
        assert not [each for each in self.effects if isinstance(each, Fail)], self.effects

    async def begin(self, flow: str, **slots: str) -> None:
        await self.do(Began(flow, tuple(slots.items())))

    def read(self, language: str) -> str:
        """Return what is said as it is read in a language, by the real catalogues."""
        renderer = Renderer(load_catalogue(ROOT / "locales"), {})
        said = [each.message for each in self.effects if isinstance(each, Say)]
        return "\n".join(renderer.text(each, language) for each in said)

    async def tap(self, choice: str) -> None:
        assert choice in self.offered, (self.step, self.offered)
        current = self.session.current
        assert current is not None
        await self.do(Chose(current.flow, current.step, choice))

    async def write(self, text: str) -> None:
        await self.do(Wrote(text))

    async def answer(self, text: str) -> None:
        await (self.write(text[1:]) if text.startswith("'") else self.tap(text))

    async def fill(self, until: str = "summary", **changed: str) -> None:
        """Answer every question until a step is reached."""
        answers = {**ANSWERS, **changed}
        for _ in range(40):
            if self.step == until:
                return
            await self.answer(answers[self.step])
        raise AssertionError(self.step)

    def shown(self, kind: Any) -> list[Any]:
        return [each for each in self.effects if isinstance(each, kind)]


def _text(value: Value) -> str:
    match value:
        case Message():
            return value.text.format_map({name: _text(each) for name, each in value.params})
        case Bilingual(fr, _):
            return fr
        case str():
            return value


@pytest.fixture
async def look_ups(people: People) -> RegistrationLookUps:
    def places(connection: Connection) -> Gazetteer:
        session = DatabaseSession(connection)
        load_starter(session, now=NOW)
        session.flush()
        return Gazetteer.read(session)

    store = people.store
    return RegistrationLookUps(people.desk, store, await store.write(places))


@pytest.fixture
def talk(library: FlowLibrary, look_ups: RegistrationLookUps) -> Talk:
    return Talk(library, look_ups.of(AWA))


async def _mine(people: People, chat_id: int = AWA) -> list[Registration]:
    return await people.store.read(people.desk.registrations.of_chat, chat_id)
