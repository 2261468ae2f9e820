"""Says in which language a message is written: French, Bambara, both, or nobody can tell.

Word weights on skeletons (naive Bayes), because spelling varies more than words do. The list stands
in `lexicon/language_weights.tsv` with its sources; `language_building.py` makes it. A guess is an
offer to change the language, never a decision for the person.
"""

from functools import cache
from pathlib import Path

from nlu.normalise import normalise
from nlu.understanding import TextLanguage

WEIGHTS_FILE = Path(__file__).parent / "lexicon" / "language_weights.tsv"

# Sums of log-odds: what one language must reach to count as spoken at all, and how far one must be
# ahead for the other to count as a few borrowed words. Chosen on the project's own sentences.
_HEARD = 2.0
_CLEAR = 3.0
_BORROWED = 0.3


def recognise_language(text: str) -> TextLanguage:
    """Return `fr`, `bm`, `mixed`, or `unknown` where no word of the text is known."""
    return language_of(normalise(text))


def language_of(folded: str) -> TextLanguage:
    """As `recognise_language`, for a text that `normalise` has folded already."""
    weights = _weights()
    found = [weights.get(word, 0.0) for word in folded.split()]
    bambara = sum(weight for weight in found if weight > 0)
    french = -sum(weight for weight in found if weight < 0)
    weaker, stronger = sorted((bambara, french))
    if stronger < _HEARD:
        return "unknown"
    spoken_in_both = min(_runs(found)) >= _CLEAR
    if spoken_in_both and weaker >= _BORROWED * stronger:
        return "mixed"
    return "bm" if bambara > french else "fr"


def _runs(weights: list[float]) -> tuple[float, float]:
    """The heaviest stretch of words in Bambara and in French: mixing shows in stretches."""
    best_bambara = best_french = bambara = french = 0.0
    for weight in weights:
        bambara = max(0.0, bambara + weight)
        french = max(0.0, french - weight)
        best_bambara = max(best_bambara, bambara)
        best_french = max(best_french, french)
    return best_bambara, best_french


@cache
def _weights() -> dict[str, float]:
    """Word skeleton to log-odds: positive speaks for Bambara, negative for French."""
    weights = {}
    for line in WEIGHTS_FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, tenths = line.split("\t")
            weights[word] = int(tenths) / 10
    return weights
