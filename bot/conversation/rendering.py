"""From messages and effects to the words and buttons of a screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.conversation.buttons import Press, encode_press
from bot.conversation.outgoing import Button
from bot.conversation.person import Manner
from bot.conversation.phrases import FOOT
from bot.conversation.ports import Catalogue
from flows.engine.effects import Offer
from flows.engine.messages import Bilingual, Message, Option, Value

FOOT_FLOW = "foot"
NO_STEP = "-"
MAX_LABEL = 60
MAX_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Renderer:
    """Puts messages into a language.

    Attributes:
        catalogue: the translations.
        constants: values that every text may name, such as `organisation` or `pep_hours`.
    """

    catalogue: Catalogue
    constants: Mapping[str, Value]

    def text(self, message: Message, language: str) -> str:
        """Return `message` in `language`.

        A drafted Bambara text that may harm when it is wrong stands with its French under it (S31).
        """
        words = self._fill(self.catalogue.find(message, language), message, language)
        if language == "fr" or not message.risk or not self.catalogue.is_drafted(message, language):
            return words
        french = self._fill(message.text, message, "fr")
        return words if french == words else f"{words}\n({french})"

    def value(self, value: Value, language: str) -> str:
        """Return a placeholder's value in `language`."""
        match value:
            case str():
                return value
            case Bilingual(fr, bm):
                return bm if language == "bm" and bm else fr
            case Message():
                return self.text(value, language)

    def rows(self, offer: Offer, manner: Manner) -> tuple[tuple[Button, ...], ...]:
        """Return the buttons of `offer`: its options in columns, then the foot in one row."""
        buttons = [
            Button(
                self.label(option, manner),
                _data(Press(*(option.at or (offer.flow, offer.step)), option.id), manner),
            )
            for option in offer.options
        ]
        foot = tuple(self.foot_button(name, manner) for name in offer.foot)
        rows = _in_columns(buttons, offer.columns)
        return (*rows, foot) if foot else rows

    def label(self, option: Option, manner: Manner) -> str:
        """Return the words on the button of `option`, its icon first."""
        return self._label(option.icon, option.label, manner)[:MAX_LABEL]

    def foot_button(self, name: str, manner: Manner) -> Button:
        """Return a button that means the same under every screen."""
        icon, words = FOOT[name]
        data = _data(Press(FOOT_FLOW, NO_STEP, name), manner)
        return Button(self._label(icon, words, manner), data)

    def _label(self, icon: str, words: Value, manner: Manner) -> str:
        if isinstance(words, Message) and manner.discreet and words.discreet is not None:
            return self.text(words.discreet, manner.language)
        return _with_icon(icon, self.value(words, manner.language))

    def _fill(self, words: str, message: Message, language: str) -> str:
        values = {**self.constants, **dict(message.params)}
        return words.format_map({key: self.value(each, language) for key, each in values.items()})


def _data(press: Press, manner: Manner) -> str:
    spoken = replace(press, language=manner.language, discreet=manner.discreet, lasts=manner.lasts)
    return encode_press(spoken)


def join_lines(lines: Iterable[str]) -> str:
    """Return the lines as one text that a message can hold."""
    return "\n".join(line.strip("\n") for line in lines)[:MAX_TEXT]


def _with_icon(icon: str, words: str) -> str:
    return f"{icon} {words}" if icon else words


def _in_columns(buttons: list[Button], columns: int) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        tuple(buttons[start : start + columns]) for start in range(0, len(buttons), columns)
    )
