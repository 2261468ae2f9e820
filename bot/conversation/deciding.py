"""What to do with an interpretation: go there, offer the best guesses, or help without asking."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.destinations import SENSITIVE_GROUPS, Destination
from bot.conversation.ports import Interpretation

MAX_GUESSES = 3
OUT_OF_SCOPE = "out_of_scope"
HELP = "find_service"
EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure is sure enough.

    Attributes:
        sure: per group of the contract, the confidence from which we go there without asking.
        guess: the confidence from which an intent is offered as a guess.
        help_share: the joint confidence of crisis and disclosure intents from which help is always
            among the buttons.
    """

    sure: Mapping[str, float]
    guess: float
    help_share: float


@dataclass(frozen=True, slots=True)
class Go:
    """Go to the destination of this intent."""

    intent: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Offer these intents as buttons, best first."""

    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nothing fits: the menu."""


Decision = Go | Ask | GiveUp


def decide(
    said: Interpretation, destinations: Mapping[str, Destination], thresholds: Thresholds
) -> Decision:
    """Return what to do with what was said.

    The crisis lexicon and the model decide together: either one suffices for the crisis screen,
    since a false alarm costs one tap.
    """
    if said.crisis is not None:
        return Go(said.crisis)
    sensitive = sum(
        confidence
        for intent, confidence in said.ranking
        if intent in destinations and destinations[intent].group in SENSITIVE_GROUPS
    )
    best = destinations.get(said.intent)
    if best is not None and said.confidence >= thresholds.sure[best.group]:
        harmless = best.group not in (*SENSITIVE_GROUPS, "service")
        if not (harmless and sensitive >= thresholds.help_share):
            return Go(said.intent)
    return _guesses(said, destinations, thresholds, sensitive)


def _guesses(
    said: Interpretation,
    destinations: Mapping[str, Destination],
    thresholds: Thresholds,
    sensitive: float,
) -> Decision:
    likely = [
        intent
        for intent, confidence in said.ranking[:MAX_GUESSES]
        if confidence >= thresholds.guess and intent != OUT_OF_SCOPE and intent in destinations
    ]
    likely = _one_per_place(likely, destinations)
    if sensitive >= thresholds.help_share:
        helps = [each for each in likely if destinations[each].group != "conversation"]
        if not any(destinations[each].group in {*SENSITIVE_GROUPS, "service"} for each in helps):
            helps.append(HELP)
        if EMERGENCY not in helps:
            helps.append(EMERGENCY)
        return Ask(tuple(helps[-(MAX_GUESSES + 1) :]))
    return Ask(tuple(likely)) if likely else GiveUp()


def _one_per_place(intents: list[str], destinations: Mapping[str, Destination]) -> list[str]:
    """Drop guesses whose button would lead to the same screen as an earlier one."""
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    kept = []
    for intent in intents:
        key = (destinations[intent].flow, destinations[intent].slots)
        if key not in seen:
            seen.add(key)
            kept.append(intent)
    return kept
