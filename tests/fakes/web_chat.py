"""What the browser chat's tests put behind the page: a clock, drivers, and a small directory."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from bot.conversation.composing import Composer
from bot.conversation.deciding import Thresholds
from bot.conversation.destinations import read_destinations
from bot.conversation.driver import Conversation
from bot.conversation.events import Incoming
from bot.conversation.guard import load_guard
from bot.conversation.outgoing import ShowScreen, Turn
from bot.conversation.ports import Interpretation
from bot.conversation.rendering import Renderer
from bot.conversation.self_said import load_self_said
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp, Pin
from flows.engine.messages import Bilingual, Message, Option
from flows.language.reading import read_flows

Respond = Callable[[Incoming, bytes | None], Turn]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DISCLOSURE = "mon mari me frappe"
REGIONS = (
    "Kayes",
    "Koulikoro",
    "Sikasso",
    "Ségou",
    "Mopti",
    "Tombouctou",
    "Gao",
    "Kidal",
    "Taoudénit",
    "Ménaka",
    "Bougouni",
    "Dioïla",
    "Nioro",
    "Kita",
    "Nara",
    "Bandiagara",
    "San",
    "Koutiala",
    "Douentza",
    "Bamako",
)


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def forward(self, **time: float) -> None:
        self._now += timedelta(**time)


class ScriptedDriver:
    """Answers by a function that a test gives, and remembers what it was asked."""

    def __init__(self, respond: Respond | None = None) -> None:
        self.respond_by = respond or (lambda _incoming, _state: say("Bonjour."))
        self.asked: list[tuple[Incoming, bytes | None]] = []
        self.gate: asyncio.Event | None = None

    async def respond(self, incoming: Incoming, state: bytes | None, now: datetime) -> Turn:
        assert now.tzinfo is not None
        self.asked.append((incoming, state))
        if self.gate is not None:
            await self.gate.wait()
        return self.respond_by(incoming, state)


def say(text: str, state: bytes | None = b"state", **turn: object) -> Turn:
    """A turn of one plain message."""
    return Turn(state, (ShowScreen(text),), **turn)  # type: ignore[arg-type]  # a test's own fields


class FrenchCatalogue:
    """A catalogue without translations."""

    def find(self, message: Message, language: str) -> str:
        assert language in {"fr", "bm"}
        return message.text

    def is_drafted(self, message: Message, language: str) -> bool:
        return language == "bm" and bool(message.text)


class WordUnderstanding:
    """Understands one disclosure, and nothing else."""

    async def interpret(self, text: str) -> Interpretation:
        if DISCLOSURE in text.lower():
            return _surely("report_domestic_violence")
        return _surely("out_of_scope")

    def crisis(self, text: str) -> str | None:
        return "emergency" if text.lower() == "au secours" else None


def _surely(intent: str) -> Interpretation:
    return Interpretation(intent, 0.99, ((intent, 0.99),), "fr")


def _words(text: str) -> Message:
    return Message("fake", text)


_MAP = Option("map", Bilingual("Voir sur la carte"), "🗺️")
_CARD = _words("🏥 Centre d'essai\n📞 +223 00 00 00 00\nOuvert en ce moment.")
_PIN = Pin(14.4843, -4.1830, "Centre d'essai", "Mopti, près du fleuve")
_LISTED = Option("one", Bilingual("Centre d'essai 1"), "1️⃣")
_REGIONS = LookedUp("regions", options=tuple(Option(_.lower(), Bilingual(_)) for _ in REGIONS))
_LINES = LookedUp("lines", (_words("📞 +223 00 00 00 00"),))
_FOUND = {
    "match_place": LookedUp("match_place", slots=(("place", "mopti"),)),
    "measure_area": LookedUp("measure_area", slots=(("narrow", "no"),)),
    "find_services": LookedUp("find_services", (_words("1. Centre d'essai — Mopti"),), (_LISTED,)),
    "service_card": LookedUp("service_card", (_CARD,), (_MAP,)),
    "service_pin": LookedUp("service_pin", (_words("🗺️ Centre d'essai"),), pin=_PIN),
}


class SmallDirectory:
    """Two services at made-up numbers."""

    def of(self, _chat_id: int) -> "SmallDirectory":
        return self

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        assert now.tzinfo is not None
        found = {**_FOUND, "regions": _REGIONS, "areas": _REGIONS}.get(request.name, _LINES)
        return replace(found, name=request.name)

    async def locate(self, latitude: float, longitude: float) -> str | None:
        return "mopti" if latitude > 0 > longitude else None

    def counted(self, _slots: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        return (("need", "medical"),)


def small_conversation() -> Conversation:
    """The real driver over the real flows, with a small directory and few words understood."""
    content = files("flows.content")
    texts = {
        each.name: each.read_text(encoding="utf-8")
        for each in content.iterdir()
        if each.name.endswith(".yml")
    }
    destinations = read_destinations(texts.pop("destinations.yml"))
    constants = {
        "organisation": "l'équipe d'essai",
        "pep_hours": "72",
        "pep_days": "3",
        "ec_hours": "120",
        "ec_days": "5",
    }
    return Conversation(
        library=read_flows(texts).library,
        destinations=destinations,
        thresholds=Thresholds({each.group: 0.5 for each in destinations.values()}, 0.2, 0.4),
        guard=load_guard(lambda text: text.strip(" .!").casefold()),
        self_said=load_self_said(str.casefold),
        understanding=WordUnderstanding(),
        look_ups=SmallDirectory(),
        composer=Composer(Renderer(FrenchCatalogue(), constants)),
    )
