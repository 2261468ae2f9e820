"""What the bot does with a sentence, asked without a chat: for `jigi nlu parse` and its scores."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.adapters.understanding import interpretation
from bot.conversation.deciding import EMERGENCY, Ask, Decision, Go, Thresholds, decide
from bot.conversation.destinations import SENSITIVE_GROUPS, Destination
from nlu.evaluation import Row
from nlu.reader import Reader
from nlu.understanding import Understanding

_CRISIS = "crisis"
_HELPING = frozenset({*SENSITIVE_GROUPS, "service"})


@dataclass(frozen=True, slots=True)
class Leading:
    """The deployed bot's understanding, its thresholds and its table of destinations.

    Attributes:
        reader: model and crisis lexicon.
        destinations: where each intent leads.
        thresholds: how sure is sure enough.
    """

    reader: Reader
    destinations: Mapping[str, Destination]
    thresholds: Thresholds

    def decision(self, understood: Understanding) -> Decision | None:
        """What the bot would do, or None where the model could not be asked."""
        said = interpretation(understood)
        return None if said is None else decide(said, self.destinations, self.thresholds)

    def crisis(self, understood: Understanding) -> str | None:
        """The crisis that the bot would answer at once: the lexicon's, or the model's own."""
        decision = self.decision(understood)
        if isinstance(decision, Go) and self._group(decision.intent) == _CRISIS:
            return decision.intent
        return understood.crisis

    async def score(self, rows: Iterable[Row]) -> "LeadingScore":
        """Count what the bot would do with sentences whose intent is known."""
        score = LeadingScore(Counter(), Counter())
        for row in rows:
            decision = self.decision(await self.reader.understand(row.text))
            group = self._group(row.intent)
            if group in SENSITIVE_GROUPS:
                score.count("led to help", is_so=self._leads_to_help(decision))
            elif group not in _HELPING:
                offers = isinstance(decision, Ask) and EMERGENCY in decision.intents
                score.count("harmless, with help beside the guesses", is_so=offers)
                score.count("harmless, taken for a cry", is_so=self._goes(decision))
            if group == _CRISIS:
                is_crisis = isinstance(decision, Go) and self._group(decision.intent) == _CRISIS
                score.count("crises answered at once", is_so=is_crisis)
        return score

    def _group(self, intent: str) -> str:
        destination = self.destinations.get(intent)
        return destination.group if destination else ""

    def _leads_to_help(self, decision: Decision | None) -> bool:
        if isinstance(decision, Go):
            return self._group(decision.intent) in _HELPING
        return isinstance(decision, Ask) and any(
            self._group(intent) in _HELPING for intent in decision.intents
        )

    def _goes(self, decision: Decision | None) -> bool:
        return isinstance(decision, Go) and self._group(decision.intent) in SENSITIVE_GROUPS


@dataclass(frozen=True, slots=True)
class LeadingScore:
    """How many sentences of each kind there were, and with how many the bot did what is named.

    Attributes:
        done: per kind, with how many.
        all: per kind, of how many.
    """

    done: Counter[str]
    all: Counter[str]

    def count(self, kind: str, *, is_so: bool) -> None:
        """Count one sentence."""
        self.all[kind] += 1
        self.done[kind] += is_so

    def share(self, kind: str) -> float:
        """The share of one kind, 0 to 1; 0 where there was none."""
        return self.done[kind] / self.all[kind] if self.all[kind] else 0.0

    def as_text(self) -> str:
        """A line per kind; no sentence stands in it."""
        return "\n".join(
            f"{kind:42} {self.done[kind]:5} of {count:5}  {self.share(kind):7.1%}"
            for kind, count in self.all.items()
        )
