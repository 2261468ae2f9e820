"""The courier: news go out once, in the registrant's language, with ticket and button."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.adapters.registration_courier import RegistrationCourier
from bot.conversation.composing import Composer
from bot.conversation.outgoing import Action, SendFile, SendPin, ShowScreen
from bot.conversation.ports import Deferred, Delivered, Delivery, Refused, Unreachable
from bot.conversation.rendering import Renderer
from event_registration.schemas import Point
from event_registration.vocabulary import Language, MessageKind, MessageState, ReminderTime
from event_registration.vocabulary import RegistrationState as State
from flows.engine.messages import Message
from tests.event_registration.people import NOW, STAFF, STARTS, People, a_gathering

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class FrenchCatalogue:
    """Knows no other language."""

    def find(self, message: Message, language: str) -> str:
        return f"[{language}] {message.text}"

    def is_drafted(self, message: Message, language: str) -> bool:
        return message.text == language


@dataclass
class Chats:
    """What people received, and how the next deliveries end."""

    received: list[tuple[int, Action]] = field(default_factory=list)
    endings: list[Delivery] = field(default_factory=list)
    repeated: list[bool] = field(default_factory=list)

    async def deliver(
        self, chat_id: int, action: Action, *, may_have_arrived: bool = False
    ) -> Delivery:
        self.repeated.append(may_have_arrived)
        ending = self.endings.pop(0) if self.endings else Delivered((1,))
        if isinstance(ending, Delivered):
            self.received.append((chat_id, action))
        return ending

    def texts(self, chat_id: int) -> str:
        return "\n".join(
            action.text
            for whose, action in self.received
            if whose == chat_id and isinstance(action, ShowScreen)
        )


@dataclass
class Watch:
    """A clock that stands."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


async def _no_wait(_seconds: float) -> None:
    return


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def courier(people: People, chats: Chats, watch: Watch) -> RegistrationCourier:
    composer = Composer(Renderer(FrenchCatalogue(), {}))
    return RegistrationCourier(people.desk, people.store, chats, composer, watch, sleep=_no_wait)


async def _states(people: People) -> list[tuple[MessageKind, MessageState, str | None]]:
    told = await people.store.read(people.desk.messages.of_gathering, people.gathering.id)
    return [(each.kind, each.state, each.failure) for each in told]


async def test_a_confirmation_comes_with_the_ticket_and_the_pin(
    people: People, courier: RegistrationCourier, chats: Chats
) -> None:
    changed = a_gathering(point=Point(12.64, -8.0))
    await people.store.write(
        people.desk.gatherings.change, people.gathering.id, changed, actor=STAFF, now=NOW
    )
    made = await people.register(1, chat_id=77)
    await courier.round()
    kinds = [type(action) for _, action in chats.received]
    assert kinds == [ShowScreen, SendFile, SendPin]
    assert {chat_id for chat_id, _ in chats.received} == {77}
    assert made.code in chats.texts(77)
    await courier.round()
    assert len(chats.received) == 3
    assert await _states(people) == [(MessageKind.CONFIRMED, MessageState.SENT, None)]


async def test_news_are_written_in_the_language_of_the_registrant(
    people: People, courier: RegistrationCourier, chats: Chats
) -> None:
    await people.register(1, language=Language.BAMBARA)
    await courier.round()
    assert "[bm] " in chats.texts(1)
    assert "[fr] " not in chats.texts(1)


async def test_an_offer_has_a_button_that_takes_it(
    people: People, courier: RegistrationCourier, chats: Chats, watch: Watch
) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await people.register(1)
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    await courier.round()
    (offer,) = [a for who, a in chats.received if who == 1 and isinstance(a, ShowScreen)]
    ((button,),) = offer.rows
    assert button.data.endswith(":gathering_change:offer:1")
    watch.at = NOW + 3 * DAY
    await courier.round()
    assert await people.state_of(1) is State.LAPSED
    assert "allées au suivant" in chats.texts(1)


async def test_reminders_go_out_at_their_hour(
    people: People, courier: RegistrationCourier, chats: Chats, watch: Watch
) -> None:
    await people.register(1, reminder_time=ReminderTime.MORNING)
    await courier.round()
    before = len(chats.received)
    watch.at = (STARTS - DAY).replace(hour=8, minute=5)
    await courier.round()
    await courier.round()
    assert len(chats.received) == before + 1
    assert "Rappel : demain" in chats.texts(1)


@pytest.mark.parametrize(
    ("ending", "after"),
    [
        (Refused("BadRequest"), (MessageState.FAILED, "BadRequest")),
        (Unreachable(), (MessageState.FAILED, "unreachable")),
        (Deferred(30.0), (MessageState.WAITING, None)),
    ],
)
async def test_a_message_that_does_not_get_through_is_told_to_staff(
    people: People,
    courier: RegistrationCourier,
    chats: Chats,
    ending: Delivery,
    after: tuple[MessageState, str | None],
) -> None:
    await people.register(1)
    chats.endings = [ending]
    await courier.round()
    assert await _states(people) == [(MessageKind.CONFIRMED, *after)]
    assert chats.received == []


async def test_a_message_that_was_put_off_comes_later_and_once(
    people: People, courier: RegistrationCourier, chats: Chats, watch: Watch
) -> None:
    await people.register(1)
    chats.endings = [Deferred(30.0)]
    await courier.round()
    watch.at = NOW + timedelta(seconds=31)
    await courier.round()
    await courier.round()
    assert len([a for _, a in chats.received if isinstance(a, ShowScreen)]) == 1
    assert chats.repeated[:2] == [False, False]


async def test_a_message_that_may_have_arrived_is_marked_as_such(
    people: People, courier: RegistrationCourier, chats: Chats, watch: Watch
) -> None:
    await people.register(1)
    chats.endings = [Deferred(30.0, may_have_arrived=True)]
    await courier.round()
    watch.at = NOW + timedelta(seconds=31)
    await courier.round()
    assert chats.repeated[:2] == [False, True]


async def test_the_reason_stands_in_a_refusal_and_nothing_after_it(
    people: People, courier: RegistrationCourier, chats: Chats
) -> None:
    await people.register(1)
    await people.store.write(
        people.desk.decisions.refuse, 1, "Dossier incomplet", actor=STAFF, now=NOW
    )
    await courier.round()
    assert "Dossier incomplet" in chats.texts(1)
    assert len(chats.received) == 1
