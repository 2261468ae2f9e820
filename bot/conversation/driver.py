"""The conversation driver: guard, understand, advance, look up, and say what to send.

It keeps nothing and sends nothing: state comes in as bytes and goes out as bytes with the actions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conversation import phrases
from bot.conversation.answering import Answer, Walker
from bot.conversation.buttons import decode_press
from bot.conversation.composing import Composer, last_offer
from bot.conversation.counting import counts_of
from bot.conversation.deciding import Thresholds
from bot.conversation.destinations import Destination
from bot.conversation.events import (
    BotBlocked,
    ButtonPressed,
    CommandGiven,
    ContactShared,
    GroupTouched,
    Incoming,
    LocationShared,
    TextArrived,
    VoiceArrived,
)
from bot.conversation.guard import Guard
from bot.conversation.hearing import Hearing
from bot.conversation.outgoing import Action, AnswerPress, DeleteMessages, LeaveChat, Turn
from bot.conversation.person import LASTS_SECONDS, Person, decode_person, encode_person
from bot.conversation.ports import LookUps, Understanding
from bot.conversation.pressing import FIND_HELP, Presses
from bot.conversation.rendering import FOOT_FLOW
from bot.conversation.self_said import CHILD, SelfSaid
from flows.engine.advance import advance
from flows.engine.definition import FlowLibrary
from flows.engine.effects import Effect, Erase
from flows.engine.events import Began, Repeated

LATE_AFTER = timedelta(minutes=5)
CONTACT_SECONDS = 290  # the ledger's `PROMISED` tells such a message from all others
OWN_MESSAGE_SECONDS = 45  # « within a minute » of the answer
_ERASE_COMMAND = "effacer"
_LEAVE_COMMANDS = frozenset({_ERASE_COMMAND, "stop"})
# Open flows that lie on everybody's way, the survivor's too.
_PASSING = frozenset({"menu", "welcome", "settings", "identity", "thanks", "goodbye"})
# What people copy or hand on: never under a client's lock.
_TO_COPY = frozenset({"find_services", "service_card", "emergency_numbers", "helplines"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers events; fulfils the `Driver` port.

    Attributes:
        library: the flows.
        destinations: intent -> where it leads.
        thresholds: how sure is sure enough.
        guard: the words that leave.
        self_said: what a sentence says of its writer.
        understanding: what a text asks for.
        look_ups: what flows want to know.
        composer: turns effects into screens.
    """

    library: FlowLibrary
    destinations: Mapping[str, Destination]
    thresholds: Thresholds
    guard: Guard
    self_said: SelfSaid
    understanding: Understanding
    look_ups: LookUps
    composer: Composer

    async def respond(self, incoming: Incoming, state: bytes | None, now: datetime) -> Turn:
        """Return what the event causes; see `bot.conversation.ports.Driver`."""
        event = incoming.event
        if isinstance(event, GroupTouched):
            return Turn(None, (LeaveChat(),))
        if isinstance(event, BotBlocked):
            return Turn(None, stop=True)
        person = _as_the_button_says(decode_person(state), incoming, is_new=state is None)
        if self.leaves(incoming):
            again = state is None and event == CommandGiven(_ERASE_COMMAND)
            return self._leave(incoming, person, now, all_asked=again)
        if now - (incoming.sent_at or incoming.received_at) > LATE_AFTER:
            return self._late(incoming, person)
        answer = await self._answer(incoming, replace(person, late_told=False), now)
        asked = self._asks_contact(person)
        if any(isinstance(effect, Erase) for effect in answer.effects):
            return self._leave(incoming, answer.person, now, all_asked=answer.all_asked)
        counts = counts_of(person, answer, self.look_ups)
        turn = self._about_contact(incoming, self._turn(incoming, answer), answer, asked=asked)
        return replace(turn, counts=counts)

    def leaves(self, incoming: Incoming) -> bool:
        """Return whether the event leaves and erases; needs neither model nor database."""
        match incoming.event:
            case TextArrived(text):
                return self.guard.leaves(text)
            case CommandGiven(name, _):
                return name in _LEAVE_COMMANDS
            case ButtonPressed(data):
                press = decode_press(data)
                return press is not None and (press.flow, press.choice) == (FOOT_FLOW, "quit")
            case _:
                return False

    def must_hear(self, incoming: Incoming) -> bool:
        """Return whether the event is answered even in a flood of others: leaving, or danger."""
        event = incoming.event
        if isinstance(event, TextArrived) and self.understanding.crisis(event.text) is not None:
            return True
        return self.leaves(incoming)

    # -- turns -----------------------------------------------------------------------------

    def _leave(self, incoming: Incoming, person: Person, now: datetime, *, all_asked: bool) -> Turn:
        """Leave at once. Who asked for everything to go is told that nothing is left.

        The store commits no leaving while a row of the person is left, so that this is true.
        """
        said = phrases.NEUTRAL[now.second % len(phrases.NEUTRAL)]
        if all_asked:
            said = phrases.NOTHING_LEFT
        actions: list[Action] = [self.composer.plain(said, person.speaks)]
        actions += _press_answer(incoming)
        return Turn(None, tuple(actions), erase=True)

    def _late(self, incoming: Incoming, person: Person) -> Turn:
        """Answer an old update with nothing that tells: the phone may be in other hands by now."""
        fresh = Person(
            language=person.language,
            late_told=True,
            discreet=person.discreet,
            lasts=person.lasts,
        )
        actions: list[Action] = [*_press_answer(incoming)]
        if not person.late_told:
            turn = advance(self.library, fresh.session, Began("menu"))
            fresh = replace(fresh, session=turn.session)
            actions += self.composer.compose(
                turn.effects, fresh.manner, before=(phrases.LATE,), new_message=True
            ).actions
        lasts = LASTS_SECONDS[fresh.lasts]
        return Turn(encode_person(fresh), tuple(actions), messages_last_seconds=lasts)

    def _turn(self, incoming: Incoming, answer: Answer) -> Turn:
        person = answer.person
        pressed = incoming.message_id if isinstance(incoming.event, ButtonPressed) else None
        # A lock belongs to a message for good: with it, every screen is a message of its own.
        edit = None if person.protect else pressed
        composed = self.composer.compose(
            answer.effects,
            person.manner,
            before=answer.before,
            edit=edit,
            new_message=edit is None,
            notice=not person.notice_given,
            after=(phrases.MESSAGE_GOES,) if answer.delete_own else (),
            offered_language=answer.offered_language,
            offers_emergency=answer.offers_emergency,
            protect=person.protect and not self._is_to_copy(answer.effects),
        )
        actions: list[Action] = [*_press_answer(incoming), *composed.actions]
        if pressed is not None and edit is None:
            actions.append(DeleteMessages((pressed,)))
        person = replace(person, notice_given=person.notice_given or composed.notice_given)
        offer = last_offer(answer.effects)
        is_child = offer is not None and offer.flow == CHILD
        return Turn(
            None if is_child or answer.keep_nothing else encode_person(person),
            tuple(actions),
            delete_own_after_seconds=OWN_MESSAGE_SECONDS if answer.delete_own else None,
            delete_own_now=answer.delete_now,
            messages_last_seconds=self._lasts(answer),
            earlier_last_too=answer.retimed,
        )

    def _about_contact(
        self, incoming: Incoming, turn: Turn, answer: Answer, *, asked: bool
    ) -> Turn:
        """Offer the key that shares a number with its question, and take it away after that."""
        asks = self._asks_contact(answer.person)
        if asks and not asked:
            key = self.composer.contact(answer.person.manner, CONTACT_SECONDS)
            return replace(turn, actions=(*turn.actions, key))
        was_used = isinstance(incoming.event, ContactShared)
        return replace(turn, contact_done=(asked or was_used) and not asks)

    def _asks_contact(self, person: Person) -> bool:
        current = person.session.current
        flow = self.library.flows.get(current.flow) if current is not None else None
        if current is None or flow is None or flow.path == "survivor":
            return False
        return getattr(flow.steps.get(current.step), "contact", False)

    def _lasts(self, answer: Answer) -> int | None:
        """Return how long this turn's messages last; what people register or read openly stays."""
        offer = last_offer(answer.effects)
        is_open = offer is not None and offer.path == "open" and offer.flow not in _PASSING
        return None if is_open else LASTS_SECONDS[answer.person.lasts]

    def _is_to_copy(self, effects: tuple[Effect, ...]) -> bool:
        offer = last_offer(effects)
        if offer is None or offer.flow not in self.library.flows:
            return False
        step = self.library.flows[offer.flow].steps[offer.step]
        return getattr(step, "content_from", None) in _TO_COPY

    # -- events ----------------------------------------------------------------------------

    async def _answer(self, incoming: Incoming, person: Person, now: datetime) -> Answer:
        look_ups = self.look_ups.of(incoming.chat_id)
        walker = Walker(self.library, self.destinations, look_ups, now)
        hearing = Hearing(walker, self.guard, self.self_said, self.understanding, self.thresholds)
        match incoming.event:
            case TextArrived(text):
                return await hearing.hear(person, text)
            case ButtonPressed(data):
                return await Presses(walker).pressed(person, decode_press(data))
            case CommandGiven(name, payload):
                return await Presses(walker).command(person, name, payload)
            case LocationShared(latitude, longitude):
                return await self._located(walker, person, latitude, longitude)
            case ContactShared(phone) if phone and walker.waits_for_phone(person):
                answer = await hearing.take(person, phone)
                return replace(answer, delete_now=True)
            case other:
                kind = "voice" if isinstance(other, VoiceArrived) else "media"
                answer = await walker.begin(person, kind)
                # A contact is somebody's number: it goes from the chat at once.
                return replace(answer, delete_now=isinstance(other, ContactShared))

    async def _located(
        self, walker: Walker, person: Person, latitude: float, longitude: float
    ) -> Answer:
        """Map an unasked pin to its cercle in memory; the pin itself goes from the chat at once."""
        place = await self.look_ups.locate(latitude, longitude)
        if place is None:
            answer = await walker.run(person, Repeated())
            return replace(answer, before=(phrases.NOT_A_PLACE,), delete_now=True)
        current = person.session.current
        is_searching = current is not None and current.flow == FIND_HELP
        known = dict(person.session.slots) if is_searching else {}
        slots = {**known, "place": place, "place_said": "yes"}
        slots.pop("service", None)
        answer = await walker.begin(person, FIND_HELP, tuple(slots.items()))
        return replace(answer, before=(phrases.PIN_DELETED,), delete_now=True)


def _as_the_button_says(person: Person, incoming: Incoming, *, is_new: bool) -> Person:
    """Take what a pressed button carries; what a living session says goes first."""
    press = decode_press(incoming.event.data) if isinstance(incoming.event, ButtonPressed) else None
    if press is None:
        return person
    return replace(
        person,
        language=press.language,
        discreet=person.discreet or press.discreet,
        lasts=press.lasts if is_new else person.lasts,
    )


def _press_answer(incoming: Incoming) -> tuple[AnswerPress, ...]:
    return (AnswerPress(incoming.press_id),) if incoming.press_id is not None else ()
