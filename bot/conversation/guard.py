"""What comes before every flow: the words that leave, and the words that change the language.

A word counts only as the whole message: « je veux quitter mon mari » erases nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

MAX_GUARD_LENGTH = 60  # a longer message can't be one of the fixed words


@dataclass(frozen=True, slots=True)
class Guard:
    """Recognises fixed words, with nothing else of Jigi working.

    Attributes:
        fold: the spelling fold of understanding: the same text folds to the same key.
        leave: the folded words that leave and erase.
        languages: folded word -> language.
    """

    fold: Callable[[str], str]
    leave: frozenset[str]
    languages: Mapping[str, str]

    def leaves(self, text: str) -> bool:
        """Return whether `text` is, as a whole, a word that leaves and erases."""
        return len(text) <= MAX_GUARD_LENGTH and self.fold(text) in self.leave

    def language(self, text: str) -> str | None:
        """Return the language that `text`, as a whole, asks for."""
        if len(text) > MAX_GUARD_LENGTH:
            return None
        return self.languages.get(self.fold(text))


def load_guard(fold: Callable[[str], str]) -> Guard:
    """Return the guard with the words of `guard_words.yml`."""
    text = files("bot.conversation").joinpath("guard_words.yml").read_text(encoding="utf-8")
    words: Mapping[str, Mapping[str, Sequence[Any]]] = yaml.safe_load(text)
    leave = {fold(str(word)) for group in words["leave"].values() for word in group}
    languages = {
        fold(str(word)): language for language, group in words["language"].items() for word in group
    }
    return Guard(fold, frozenset(leave), languages)
