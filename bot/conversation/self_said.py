"""What a sentence says of its writer, heard without a model: under 18, or having done harm."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

_CARE_FIRST = "care_first"
CHILD = "child"
"""The flow for who is under 18: of them nothing is kept."""


@dataclass(frozen=True, slots=True)
class SelfSaid:
    """Recognises such sentences.

    Attributes:
        fold: light spelling: lower case, no accents, words parted by one space.
        patterns: flow -> what leads to it.
        rape: what names rape, or asks for the care that must come soon after it.
    """

    fold: Callable[[str], str]
    patterns: Mapping[str, re.Pattern[str]]
    rape: re.Pattern[str]

    def flow(self, text: str) -> str | None:
        """Return the flow for who wrote this, or `None` when it says no such thing.

        A child comes first: who is young and did harm is a child.
        """
        folded = self.fold(text)
        return next((flow for flow, each in self.patterns.items() if each.search(folded)), None)

    def needs_care_first(self, text: str) -> bool:
        """Return whether hours count: treatment against HIV and a pregnancy, whatever is asked.

        Somebody who asks for a lawyer after a rape, or for a raped sister, is told of it too.
        """
        return self.rape.search(self.fold(text)) is not None


def load_self_said(fold: Callable[[str], str]) -> SelfSaid:
    """Return the sentences of `self_said.yml`."""
    text = files("bot.conversation").joinpath("self_said.yml").read_text(encoding="utf-8")
    table: Mapping[str, Sequence[str]] = yaml.safe_load(text)
    patterns = {name: re.compile("|".join(each)) for name, each in table.items()}
    return SelfSaid(fold, patterns, patterns.pop(_CARE_FIRST))
