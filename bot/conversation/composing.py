"""From the effects of a turn to what is sent."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation import phrases
from bot.conversation.buttons import Press, encode_press
from bot.conversation.outgoing import Action, AskContact, Button, SendFile, SendPin, ShowScreen
from bot.conversation.person import Manner
from bot.conversation.rendering import FOOT_FLOW, NO_STEP, Renderer, join_lines
from flows.engine.effects import Effect, Offer, Say, ShowFile, ShowPin
from flows.engine.messages import Message

WELCOME = "welcome"
_CHOICES_OF_NOTICE = ("discreet", "settings")  # offered once, with the safety notice


@dataclass(frozen=True, slots=True)
class Composed:
    """What to send, and whether the safety notice was part of it."""

    actions: tuple[Action, ...]
    notice_given: bool = False


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes screens of effects.

    Attributes:
        renderer: puts messages into a language.
    """

    renderer: Renderer

    def plain(self, message: Message, language: str) -> ShowScreen:
        """Return a new message without buttons."""
        return ShowScreen(self.renderer.text(message, language))

    def contact(self, manner: Manner, lasts_seconds: int) -> AskContact:
        """Return the key that shares the phone's own number."""
        text = self.renderer.text(phrases.SHARE_CONTACT, manner.language)
        label = self.renderer.text(phrases.SHARE_CONTACT_KEY, manner.language)
        return AskContact(text, label, lasts_seconds)

    def screen(
        self, effects: Sequence[Effect], language: str, *, before: Sequence[Message] = ()
    ) -> ShowScreen:
        """Return a new screen of `effects`, which hold no pin."""
        offer = last_offer(effects)
        said = [*before, *(each.message for each in effects if isinstance(each, Say))]
        lines = [self.renderer.text(each, language) for each in said]
        rows = self.renderer.rows(offer, Manner(language)) if offer else ()
        return ShowScreen(join_lines(lines), rows)

    def compose(  # noqa: PLR0913  # each is a word around the same screen
        self,
        effects: Sequence[Effect],
        manner: Manner,
        *,
        before: Sequence[Message] = (),
        after: Sequence[Message] = (),
        edit: int | None = None,
        new_message: bool = False,
        notice: bool = False,
        offered_language: str | None = None,
        offers_emergency: bool = False,
        protect: bool = False,
    ) -> Composed:
        """Return one screen with everything that was said and offered, and pins after it.

        Args:
            effects: of one turn, in order.
            manner: how to speak to the person.
            before: said before what the flow says.
            after: said after it.
            edit: the message to change into the screen.
            new_message: the screen is a new message, whose first line shows in a notification.
            notice: the safety notice has not been given yet.
            offered_language: a language to offer with a button.
            offers_emergency: say first how to get urgent help, with its button.
            protect: ask the client to refuse copying and forwarding.
        """
        offer = last_offer(effects)
        said = [*before, *(each.message for each in effects if isinstance(each, Say))]
        noticed = notice and offer is not None and offer.sensitive
        notes = [*((phrases.NOTICE,) if noticed else ()), *after]
        if new_message and offer is not None and offer.path == "survivor":
            said.insert(0, phrases.FIRST_LINE)
        if offers_emergency:
            said.insert(0, phrases.IF_URGENT)
        said = [each.worded(discreet=manner.discreet) for each in said]
        rows = self._rows(offer, manner, offered_language, noticed=noticed)
        if offers_emergency:
            rows = ((self.renderer.foot_button("emergency", manner),), *rows)
        lines = [self.renderer.text(each, manner.language) for each in said]
        if notes:
            # Apart from what was asked for: the answer is read first, and stays short.
            lines += ["", *(self.renderer.text(each, manner.language) for each in notes)]
        if not lines:
            lines = [self.renderer.text(phrases.TROUBLE, manner.language)]
        screen = ShowScreen(join_lines(lines), rows, edit, _voice(said), protect)
        pins = [_pin(each) for each in effects if isinstance(each, ShowPin)]
        files = [_file(each) for each in effects if isinstance(each, ShowFile)]
        return Composed((screen, *pins, *files), noticed)

    def _rows(
        self, offer: Offer | None, manner: Manner, offered_language: str | None, *, noticed: bool
    ) -> tuple[tuple[Button, ...], ...]:
        if offer is None:
            rows: tuple[tuple[Button, ...], ...] = ()
        else:
            rows = self.renderer.rows(offer, manner)
        if noticed:
            choices = [self.renderer.foot_button(name, manner) for name in _CHOICES_OF_NOTICE]
            rows = (*rows, tuple(choices))
        elif offer is not None and offer.flow == WELCOME:
            rows = (*rows[:-1], (*rows[-1], self.renderer.foot_button("discreet", manner)))
        if offered_language is not None:
            rows = (*rows, (self._language_button(offered_language, manner),))
        return rows

    def _language_button(self, language: str, manner: Manner) -> Button:
        press = Press(FOOT_FLOW, NO_STEP, language, language, manner.discreet, manner.lasts)
        return Button(f"🌍 {phrases.LANGUAGE_NAMES[language]}", encode_press(press))


def last_offer(effects: Sequence[Effect]) -> Offer | None:
    """Return the choices that the person is left with."""
    return next((each for each in reversed(effects) if isinstance(each, Offer)), None)


def _voice(said: Sequence[Message]) -> str | None:
    return next((each.voice for each in said if each.voice), None)


def _file(effect: ShowFile) -> SendFile:
    made = effect.attachment
    return SendFile(made.name, b64encode(made.content).decode(), made.is_picture)


def _pin(effect: ShowPin) -> SendPin:
    pin = effect.pin
    return SendPin(pin.latitude, pin.longitude, pin.title, pin.address)
