"""The texts under test: French as flows and code say it, Bambara as the catalogue has it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot import bootstrap
from bot.i18n.catalogue import read_catalogue

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"[^\W\d_ℹ]+")  # the sign ℹ️ counts as a letter


@dataclass(frozen=True, slots=True)
class Text:
    """One text of one language, with the context that says where it stands."""

    context: str
    source: str
    words: str

    def __str__(self) -> str:
        return f"{self.context}: {self.words}"

    @property
    def is_button(self) -> bool:
        """Whether it stands on a button: a choice of a step, a destination, or the foot."""
        parts = self.context.split("/")
        foot = ("emergency", "back", "menu", "quit", "other_language")
        return (
            len(parts) == 3
            or parts[0] == "destinations"
            or (parts[0] == "phrases" and parts[1] in foot)
            or self.context in {"card/map", "card/others"}
        )


@cache
def french() -> tuple[Text, ...]:
    return tuple(
        Text(str(each.context), str(each.id), str(each.id))
        for each in bootstrap.catalogue_template()
        if each.id
    )


@cache
def bambara() -> tuple[Text, ...]:
    return tuple(
        Text(str(each.context), str(each.id), str(each.string))
        for each in read_catalogue(bootstrap.LOCALES, "bm")
        if each.id and each.string
    )


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text as written; placeholders and figures are none."""
    yield from _WORD.findall(_PLACEHOLDER.sub(" ", text))
