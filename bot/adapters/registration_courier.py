"""What registrants are told without having asked: offers, refusals, changes, reminders, tickets.

These messages have an outbox of their own and are entered in no ledger of conversations: nothing
joins them with what a chat asks for otherwise.
"""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters import registration_texts as texts
from bot.adapters.registration_tickets import picture_of
from bot.conversation.composing import Composer
from bot.conversation.outgoing import Action, SendFile, SendPin
from bot.conversation.ports import (
    Clock,
    Deferred,
    Delivered,
    Delivery,
    Messenger,
    Refused,
    Unreachable,
)
from bot.observability import without_text
from event_registration.desk import Desk
from event_registration.messages import DueMessage
from event_registration.vocabulary import MessageKind
from flows.engine.effects import Effect, Offer, Say
from flows.engine.messages import Message, Option, message
from storage.errors import StorageUnavailableError
from storage.store import Store

TICK_SECONDS = 5.0
AT_ONCE = 20
"""How many messages one round takes: the sending limit is shared with conversations."""

_SWEEP_EVERY = timedelta(minutes=1)
_LONGEST_WAIT_SECONDS = 5.0
_FLOW, _CARD, _OFFER = "gathering_change", "list", "offer"

_log = logging.getLogger(__name__)

_HEADINGS: Mapping[MessageKind, Message] = {
    MessageKind.CONFIRMED: message("registration/news", "✅ Votre inscription est confirmée."),
    MessageKind.APPROVED_WAITING: message(
        "registration/news", "⏳ Votre inscription est acceptée. Il n'y a plus de place : "
        "elle est sur la liste d'attente.",
    ),
    MessageKind.REFUSED: message("registration/news", "🚫 Votre inscription n'est pas acceptée."),
    MessageKind.OFFERED: message(
        "registration/news", "🎟️ Des places se sont libérées : elles sont pour vous."
    ),
    MessageKind.OFFER_LAPSED: message(
        "registration/news", "⌛ La proposition est passée : les places sont allées au suivant. "
        "Vous pouvez revenir sur la liste.",
    ),
    MessageKind.MOVED: message("registration/news", "📅 La rencontre change de date ou de lieu."),
    MessageKind.CALLED_OFF: message("registration/news", "🚫 La rencontre n'aura pas lieu."),
    MessageKind.CANCELLED_BY_STAFF: message(
        "registration/news", "🗑️ L'équipe a annulé votre inscription."
    ),
    MessageKind.MERGED: message(
        "registration/news", "🔗 Votre organisation était inscrite deux fois : "
        "les deux inscriptions n'en font plus qu'une.",
    ),
    MessageKind.REMINDER_WEEK: message("registration/news", "⏰ Rappel : dans une semaine."),
    MessageKind.REMINDER_DAY: message("registration/news", "⏰ Rappel : demain."),
}  # fmt: skip

_WITHOUT_BUTTON = frozenset({MessageKind.MERGED})


@dataclass(slots=True)
class RegistrationCourier:
    """Lets offers pass, plans reminders and sends what waits; may run in several processes.

    Attributes:
        desk: what can be done with registrations.
        store: runs it in transactions.
        messenger: carries actions to chats.
        composer: puts messages into a language.
        clock: tells the time.
        sleep: waits.
    """

    desk: Desk
    store: Store
    messenger: Messenger
    composer: Composer
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _next_sweep: datetime | None = field(default=None, init=False)

    async def run(self) -> None:
        """Work until cancelled; a round that fails is repeated with the next tick."""
        while True:
            try:
                await self.round()
            except StorageUnavailableError:
                _log.warning("courier_waits_for_the_store")
            except Exception as error:  # noqa: BLE001  # the next round may go well
                _log.error("courier_round_failed", extra=without_text(error))
            await self.sleep(TICK_SECONDS)

    async def round(self) -> None:
        """Do what is due now."""
        now = self.clock.now()
        if self._next_sweep is None or now >= self._next_sweep:
            await self._sweep(now)
            self._next_sweep = now + _SWEEP_EVERY
        for due in await self.store.write(self.desk.messages.take, now, AT_ONCE):
            await self._send(due)

    async def _sweep(self, now: datetime) -> None:
        for gathering_id in await self.store.read(self.desk.offers.due, now):
            await self.store.write(self.desk.offers.expire, gathering_id, now)
        await self.store.write(self.desk.reminders.plan, now)

    async def _send(self, due: DueMessage) -> None:
        first, *further = actions_of(due, self.composer)
        delivery = await self.messenger.deliver(due.chat_id, first, may_have_arrived=due.was_tried)
        await self._note(due, delivery)
        if isinstance(delivery, Delivered):
            for action in further:
                await self._send_further(due.chat_id, action)

    async def _note(self, due: DueMessage, delivery: Delivery) -> None:
        messages, now = self.desk.messages, self.clock.now()
        match delivery:
            case Delivered():
                await self.store.write(messages.mark_sent, due.id, now)
            case Deferred(seconds, may_have_arrived):
                until = now + timedelta(seconds=seconds)
                await self.store.write(
                    messages.put_off, due.id, until, may_have_arrived=may_have_arrived
                )
            case Refused(reason):
                await self.store.write(messages.fail, due.id, reason)
            case Unreachable():
                await self.store.write(messages.fail, due.id, "unreachable")

    async def _send_further(self, chat_id: int, action: Action) -> None:
        """Send a picture or a pin after its message; it can also be asked for by a button."""
        delivery = await self.messenger.deliver(chat_id, action)
        if isinstance(delivery, Deferred) and not delivery.may_have_arrived:
            await self.sleep(min(delivery.seconds, _LONGEST_WAIT_SECONDS))
            await self.messenger.deliver(chat_id, action)


def actions_of(due: DueMessage, composer: Composer) -> list[Action]:
    """Return what is sent for a message: a screen in the registrant's language, and its ticket."""
    registration, gathering = due.registration, due.gathering
    said = [
        _HEADINGS[due.kind],
        *texts.gathering_lines(gathering)[:3],
        texts.code_line(registration),
    ]
    if due.kind is MessageKind.OFFERED:
        said.append(texts.offer_line(registration))
    if due.details.get("reason"):
        said.append(
            message("registration/reason", "💬 Motif : {reason}", reason=due.details["reason"])
        )
    effects: list[Effect] = [Say(each) for each in said]
    if due.kind not in _WITHOUT_BUTTON:
        effects.append(_button(due))
    language = registration.application.language.value
    actions: list[Action] = [composer.screen(effects, language)]
    if due.kind is MessageKind.CONFIRMED:
        ticket = picture_of(registration, gathering)
        content = b64encode(ticket.content).decode()
        actions.append(SendFile(ticket.name, content, is_picture=True))
    if due.kind in {MessageKind.CONFIRMED, MessageKind.MOVED} and gathering.point is not None:
        point = gathering.point
        actions.append(
            SendPin(point.latitude, point.longitude, gathering.name.fr, gathering.venue.fr)
        )
    return actions


def _button(due: DueMessage) -> Offer:
    """Return the one button of a message: take the places, or see the registration."""
    number = str(due.registration.id)
    if due.kind is MessageKind.OFFERED:
        take = message("registration/act", "Prendre ces places")
        return Offer(_FLOW, _OFFER, (Option(number, take, "✅"),), (), 1, "open", sensitive=False)
    see = message("registration/act", "Mon inscription")
    return Offer(_FLOW, _CARD, (Option(number, see, "🗂️"),), (), 1, "open", sensitive=False)
