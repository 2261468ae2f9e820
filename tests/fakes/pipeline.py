"""What the pipeline's tests put around it: an echoing driver, a recording messenger, a clock."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.conversation.events import (
    BotBlocked,
    ButtonPressed,
    CommandGiven,
    Incoming,
    LocationShared,
    TextArrived,
)
from bot.conversation.outgoing import (
    Action,
    AnswerPress,
    AskContact,
    Button,
    DeleteMessages,
    ShowScreen,
    Turn,
)
from bot.conversation.ports import Delivered, Delivery, RawUpdate
from bot.conversation.store_port import ConversationStore, Tally
from bot.conversation.surroundings import Lines, Surroundings
from bot.telegram.reading import raw_update, read

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NEUTRAL = "À bientôt."
LINES = Lines(
    too_many=ShowScreen("Un message à la fois, s'il vous plaît."),
    failed=ShowScreen("Quelque chose n'a pas marché. Voici de l'aide."),
    late=ShowScreen("Bonjour."),
    leftover=ShowScreen("D'anciens messages restent peut-être."),
    private=ShowScreen("Une seule personne à la fois."),
)


class SteppingClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)


class EchoDriver:
    """Answers with what it was told and how often it answered before; knows a few odd wishes.

    `boum` raises, `long` takes for ever, `/stop` and `quitter` leave, a pin is deleted at once,
    `secret` deletes the message a minute later. `inscrire` asks for a number with a key that shares
    it, and `fini` takes the key away.
    """

    def __init__(self) -> None:
        self.asked: list[Incoming] = []
        self.answered = asyncio.Event()
        self.slow = asyncio.Event()

    async def respond(self, incoming: Incoming, state: bytes | None, now: datetime) -> Turn:
        assert now.tzinfo is not None
        self.asked.append(incoming)
        count = int(state or b"0") + 1
        press = () if incoming.press_id is None else (AnswerPress(incoming.press_id),)
        if leaves(incoming):
            return Turn(None, (*press, ShowScreen(NEUTRAL)), erase=True)
        match incoming.event:
            case TextArrived("boum"):
                raise ValueError("boum, et voici un texte")
            case TextArrived("long"):
                self.slow.set()
                await asyncio.sleep(3600)
            case BotBlocked():
                return Turn(None, stop=True)
            case LocationShared():
                return Turn(_saved(count), (_screen("vu"),), delete_own_now=True)
            case TextArrived("secret" | "inscrire" | "fini" as wish):
                return _granted(wish, count)
            case ButtonPressed(data):
                screen = _screen(f"{count}: [{data}]", edit=incoming.message_id)
                return Turn(_saved(count), (*press, screen))
        return Turn(_saved(count), (_screen(f"{count}: {_said(incoming)}"),))


def _granted(wish: str, count: int) -> Turn:
    match wish:
        case "secret":
            return Turn(_saved(count), (_screen("vu"),), delete_own_after_seconds=45)
        case "fini":
            return Turn(_saved(count), (_screen("merci"),), contact_done=True)
        case _:
            key = AskContact("Ou ainsi :", "Envoyer", lasts_seconds=290)
            return Turn(_saved(count), (_screen("numéro ?"), key))


def _saved(count: int) -> bytes:
    return str(count).encode()


def _said(incoming: Incoming) -> str:
    match incoming.event:
        case TextArrived(text):
            return text
        case CommandGiven(name, payload):
            return f"/{name} {payload}".strip()
        case other:
            return type(other).__name__


def _screen(text: str, edit: int | None = None) -> ShowScreen:
    return ShowScreen(text, ((Button("Encore", "1:echo:again:yes"),),), edit=edit)


def leaves(incoming: Incoming) -> bool:
    match incoming.event:
        case CommandGiven("stop" | "effacer", _) | TextArrived("quitter"):
            return True
        case ButtonPressed(data):
            return data.endswith(":quit")
    return False


class RecordingMessenger:
    """Remembers what it carried; ends each delivery as the test says."""

    def __init__(self) -> None:
        self.carried: list[tuple[int, Action]] = []
        self.ending: Callable[[int, Action], Delivery | None] = lambda _chat, _action: None
        self.gate: asyncio.Event | None = None
        self.was_tried_before: list[bool] = []
        self.next_id = 100

    async def deliver(
        self, chat_id: int, action: Action, *, may_have_arrived: bool = False
    ) -> Delivery:
        self.was_tried_before.append(may_have_arrived)
        if self.gate is not None:
            await self.gate.wait()
        ending = self.ending(chat_id, action)
        if ending is not None and not isinstance(ending, Delivered):
            return ending
        self.carried.append((chat_id, action))
        if isinstance(action, AskContact) or (
            isinstance(action, ShowScreen) and action.edit is None
        ):
            self.next_id += 1
            return Delivered((self.next_id,))
        return Delivered()

    def texts(self, chat_id: int) -> list[str]:
        return [a.text for chat, a in self.carried if chat == chat_id and isinstance(a, ShowScreen)]

    def deleted(self, chat_id: int) -> list[int]:
        return [
            number
            for chat, action in self.carried
            if chat == chat_id and isinstance(action, DeleteMessages)
            for number in action.message_ids
        ]


class CountingTally(Tally):
    """Counts in a dictionary."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}

    def count(self, name: str, kind: str = "", by: int = 1) -> None:
        self.counts[name, kind] = self.counts.get((name, kind), 0) + by


def surroundings(
    store: ConversationStore,
    *,
    driver: EchoDriver | None = None,
    messenger: RecordingMessenger | None = None,
    clock: SteppingClock | None = None,
    **other: object,
) -> Surroundings:
    return Surroundings(
        driver=driver or EchoDriver(),
        read=read,
        leaves=leaves,
        must_hear=leaves,
        store=store,
        messenger=messenger or RecordingMessenger(),
        clock=clock or SteppingClock(),
        lines=LINES,
        **other,  # type: ignore[arg-type]  # whatever a test wants to be different
    )


def text_update(
    update_id: int, chat_id: int, text: str, *, message_id: int | None = None, at: datetime = NOON
) -> RawUpdate:
    message = {
        "message_id": message_id or update_id,
        "date": int(at.timestamp()),
        "chat": {"id": chat_id, "type": "private"},
        "from": {"id": chat_id, "is_bot": False, "first_name": "Awa"},
        "text": text,
    }
    return _raw({"update_id": update_id, "message": message})


def press_update(update_id: int, chat_id: int, data: str, message_id: int) -> RawUpdate:
    query = {
        "id": f"press{update_id}",
        "from": {"id": chat_id, "is_bot": False, "first_name": "Awa"},
        "chat_instance": "1",
        "data": data,
        "message": {"message_id": message_id, "chat": {"id": chat_id, "type": "private"}},
    }
    return _raw({"update_id": update_id, "callback_query": query})


def any_update(update_id: int, chat_id: int, **fields: object) -> RawUpdate:
    message = {
        "message_id": update_id,
        "date": int(NOON.timestamp()),
        "chat": {"id": chat_id, "type": "private"},
        **fields,
    }
    return _raw({"update_id": update_id, "message": message})


def _raw(update: dict[str, object]) -> RawUpdate:
    raw = raw_update(update)
    assert raw is not None
    return raw
