"""Finding articles by a word, in either language and however it is spelt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from nlu.normalise import normalise

MAX_WORDS = 4  # a longer text is a sentence, and understanding reads it
MAX_FOUND = 5
_SHORTEST = 2
_SHORTEST_IN_TEXT = 3
_STEM = 6
_SURE = 84  # of 100: a letter or two apart in a word of six
_KEYWORD, _TITLE, _TEXT = 6, 4, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found of one article.

    Attributes:
        name: what comes back.
        keywords: words under which somebody would look for it.
        titles: in both languages.
        texts: everything it says, in both languages.
    """

    name: str
    keywords: tuple[str, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Folded:
    name: str
    weighted: tuple[tuple[int, frozenset[str]], ...]
    phrases: frozenset[str]


class SearchIndex:
    """Finds articles by words.

    Args:
        entries: what can be found; earlier ones win where two fit equally well.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(
            _Folded(
                each.name,
                (
                    (_KEYWORD, _folded(each.keywords)),
                    (_TITLE, _folded(each.titles)),
                    (_TEXT, _folded(each.texts)),
                ),
                frozenset(filter(None, map(normalise, each.keywords))),
            )
            for each in entries
        )
        self._phrases = {each.name: each.phrases for each in self._entries}

    def find(self, text: str) -> tuple[str, ...]:
        """Return the names of what fits best, best first; none for an empty or a long text."""
        words = [each for each in normalise(text).split() if len(each) >= _SHORTEST]
        if not words or len(text.split()) > MAX_WORDS:
            return ()
        scores = [(sum(_score(each, word) for word in words), each.name) for each in self._entries]
        best = sorted((pair for pair in scores if pair[0]), key=lambda pair: -pair[0])
        return tuple(name for _, name in best[:MAX_FOUND])

    def named_in(self, text: str, among: Iterable[str], beside: Iterable[str]) -> str | None:
        """Return the one of `among` whose keywords a sentence names best.

        A keyword that stands `beside` as well names none, and a longer one says more than a short
        one. Equally good ones name none.

        Args:
            text: what somebody asked.
            among: names of what may be meant.
            beside: names of what would be meant without any keyword.
        """
        spoken = normalise(text)
        common = frozenset().union(*(self._phrases.get(name, ()) for name in beside))
        found = {
            name: _named(self._phrases.get(name, frozenset()) - common, spoken) for name in among
        }
        best = max(found.values(), default=0)
        names = [name for name, weight in found.items() if weight == best]
        return names[0] if best and len(names) == 1 else None


def _named(phrases: Iterable[str], spoken: str) -> int:
    """Return how many letters of these keywords stand in a folded sentence."""
    words = [each for each in spoken.split() if len(each) > _SHORTEST_IN_TEXT]
    return sum(
        len(phrase)
        for phrase in phrases
        if len(phrase) >= _SHORTEST_IN_TEXT  # « cɛ » folds to the word of « est-ce »
        and (f" {phrase} " in f" {spoken} " or any(_is_form_of(word, phrase) for word in words))
    )


def _is_form_of(word: str, phrase: str) -> bool:
    """Whether a word is a keyword, or one with an ending; « violeur » is no form of « viol »."""
    long = min(len(word), len(phrase)) >= _STEM
    return (long and word.startswith(phrase)) or fuzz.ratio(word, phrase) >= _SURE


def _folded(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(
        word for text in texts for word in normalise(text).split() if len(word) >= _SHORTEST
    )


def _score(entry: _Folded, word: str) -> int:
    for weight, known in entry.weighted:
        if weight == _TEXT and len(word) < _SHORTEST_IN_TEXT:
            continue
        if word in known:
            return 2 * weight
        if weight > _TEXT and any(_is_near(word, each) for each in known):
            return weight
    return 0


def _is_near(word: str, known: str) -> bool:
    shorter, longer = sorted((word, known), key=len)
    begins = len(shorter) > _SHORTEST_IN_TEXT and longer.startswith(shorter)
    return begins or fuzz.ratio(word, known) >= _SURE
