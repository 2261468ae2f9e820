"""What a person may read: French source text with its context, its values and its risk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text that is data and comes in both languages; `bm` is `None` where there is none yet."""

    fr: str
    bm: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A text before it is put into a language.

    Attributes:
        context: where it stands, such as `find_help/need`; the catalogue's message context.
        text: the French source with named placeholders, `{name}`.
        params: the placeholders' values; a value may itself be a message.
        risk: `danger`, `health`, `law`, `erasing` or `consent` where a wrong translation may harm:
            as long as the Bambara is unreviewed, the French stands under it.
        voice: key of the voice note that says the same.
        discreet: the same in words that tell an onlooker nothing, icon included.
    """

    context: str
    text: str
    params: tuple[tuple[str, "Value"], ...] = ()
    risk: str | None = None
    voice: str | None = None
    discreet: "Message | None" = None

    def worded(self, *, discreet: bool) -> "Message":
        """Return the message to say: the discreet one where it is asked for and there is one."""
        if not discreet or self.discreet is None:
            return self
        return replace(self.discreet, params=self.discreet.params or self.params)

    def filled(self, params: Mapping[str, "Value"]) -> "Message":
        """Return the message with these values for its placeholders."""
        return replace(self, params=tuple(params.items()))


Value = str | Bilingual | Message


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that a look-up found: `id` comes back when it is chosen.

    Attributes:
        at: the flow and step that it answers, where that is another one than the screen it stands
            on: such a button works without anything of the screen.
    """

    id: str
    label: Message | Bilingual
    icon: str = field(default="")
    at: tuple[str, str] | None = None


def message(
    context: str,
    text: str,
    *,
    risk: str | None = None,
    discreet: Message | None = None,
    **params: Value,
) -> Message:
    """Return a message; the catalogue's extractor finds calls of this name."""
    return Message(context, text, tuple(params.items()), risk, discreet=discreet)
