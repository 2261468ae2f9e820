"""What comes out of understanding: plain frozen values, no model, no text of a person."""

from dataclasses import dataclass
from typing import Literal

type TextLanguage = Literal["fr", "bm", "mixed", "unknown"]
type Crisis = Literal["emergency", "suicidal_thoughts"]

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Guess:
    """One intent and how sure the model is of it.

    Attributes:
        name: one of the 36 names of the public contract.
        confidence: 0 to 1; over a whole ranking they add up to 1.
    """

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one message asks for.

    Attributes:
        text_language: the language the message is written in, not the one the person chose.
        intent: the best guess, or None where the model could not be asked.
        ranking: all intents, best first; empty where the model could not be asked.
        crisis: what the crisis lexicon found in the words, whatever the model says.
    """

    text_language: TextLanguage
    intent: Guess | None
    ranking: tuple[Guess, ...]
    crisis: Crisis | None


class ModelUnavailableError(Exception):
    """The model could not be asked.

    Attributes:
        reason: what went wrong, in words that hold nothing of the message.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
