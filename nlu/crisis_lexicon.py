"""The words that must never be missed: danger now, and the wish to die, found without any model.

What counts is data: one reviewed file per language in `lexicon/`, in ordinary spelling. Patterns
and text are both folded to skeletons first, so phone spelling is covered by the same lines. A match
means: show the emergency screen at once. A false alarm costs one tap.

A pattern is words in their order:
    word       this word (its skeleton)         word*      every word that begins so
    (a|b_c)    one of these; _ joins words      <name>     one of the words of that group
    ...        up to four words between         ~          up to twelve words between
    word?      may be missing
A line that begins with `=` must be the whole message.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from nlu.normalise import normalise
from nlu.understanding import Crisis

_FOLDER = Path(__file__).parent / "lexicon"
_LANGUAGES = ("fr", "bm")
_GAPS = {"...": r"(?:\w+ ){0,4}", "~": r"(?:\w+ ){0,12}"}
_LONG_WITHOUT_ME = 20  # words: beyond this a text that names no "I" tells of others


class LexiconError(Exception):
    """A pattern of a lexicon file cannot be understood.

    Attributes:
        pattern: the line as it stands in the file.
    """

    def __init__(self, pattern: str) -> None:
        super().__init__(f"Not a pattern of the crisis lexicon: {pattern!r}")
        self.pattern = pattern


class _Patterns:
    """Many patterns, each tried only where a word stands that can begin it."""

    def __init__(self, lines: list[str], groups: dict[str, list[str]]) -> None:
        self._whole: list[re.Pattern[str]] = []
        self._by_word: dict[str, list[re.Pattern[str]]] = {}
        self._by_beginning: dict[str, list[re.Pattern[str]]] = {}
        for line in lines:
            self._add(line, groups)
        self._lengths = sorted({len(beginning) for beginning in self._by_beginning})

    def _add(self, line: str, groups: dict[str, list[str]]) -> None:
        pattern = _Pattern(line, groups)
        compiled = re.compile(pattern.expression)
        if pattern.is_whole:
            self._whole.append(compiled)
            return
        for first in pattern.firsts:
            index = self._by_beginning if first.endswith("*") else self._by_word
            index.setdefault(first.removesuffix("*"), []).append(compiled)

    def found_in(self, padded: str) -> bool:
        """Whether one of them stands in a folded text that has one space at either end."""
        if any(pattern.match(padded, 1) for pattern in self._whole):
            return True
        start = 1
        for word in padded.split():
            if any(pattern.match(padded, start) for pattern in self._beginning_with(word)):
                return True
            start += len(word) + 1
        return False

    def _beginning_with(self, word: str) -> Iterator[re.Pattern[str]]:
        yield from self._by_word.get(word, ())
        for length in self._lengths:
            yield from self._by_beginning.get(word[:length], ())


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one language for one crisis."""

    signs: _Patterns
    unless: _Patterns


class CrisisLexicon:
    """Finds danger and the wish to die in a text, in French and in Bambara at once."""

    def __init__(self, files: list[dict[str, Any]]) -> None:
        self._rules: dict[Crisis, list[_Rules]] = {"emergency": [], "suicidal_thoughts": []}
        groups: dict[str, list[str]] = {}
        for content in files:
            groups |= content["groups"]
        self._me = _Patterns([line for content in files for line in content["me"]], groups)
        self._distance = _Patterns(
            [line for content in files for line in content["distance"]], groups
        )
        for content in files:
            for crisis, rules in self._rules.items():
                own = content[crisis]
                rules.append(
                    _Rules(_Patterns(own["signs"], groups), _Patterns(own["unless"], groups))
                )

    @classmethod
    def load(cls, folder: Path = _FOLDER) -> Self:
        """Read the reviewed files that stand beside this module.

        Raises:
            LexiconError: a line in them is no pattern.
        """
        paths = [folder / f"crisis_{language}.yml" for language in _LANGUAGES]
        return cls([yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths])

    def match(self, text: str) -> Crisis | None:
        """Say which crisis the words show. Danger that is present comes before the wish to die."""
        return self.match_folded(normalise(text))

    def match_folded(self, folded: str) -> Crisis | None:
        """As `match`, for a text that `normalise` has folded already."""
        padded = f" {folded} "
        if self._is_told_of_others(padded):
            return None
        for crisis, languages in self._rules.items():
            if any(rules.signs.found_in(padded) for rules in languages) and not any(
                rules.unless.found_in(padded) for rules in languages
            ):
                return crisis
        return None

    def _is_told_of_others(self, padded: str) -> bool:
        """News and encyclopaedias: no « I » in it, and long or with the marks of a report."""
        if self._me.found_in(padded):
            return False
        is_long = padded.count(" ") - 1 > _LONG_WITHOUT_ME
        return is_long or self._distance.found_in(padded)


class _Pattern:
    """One line as a regular expression over folded words, each with the space after it.

    Attributes:
        is_whole: it must be the whole message.
        firsts: the words it can begin with; one that ends with `*` is a beginning of words.
        expression: matches where its first word starts.
    """

    def __init__(self, line: str, groups: dict[str, list[str]]) -> None:
        self.is_whole, body = line.startswith("="), line.removeprefix("=")
        items = [_Item(item, line, groups) for item in body.split()]
        self.firsts: set[str] = set()
        for item in items:
            self.firsts |= item.firsts
            if not item.is_optional:
                break
        else:
            raise LexiconError(line)
        self.expression = "".join(item.expression for item in items) + "$" * self.is_whole


class _Item:
    """One part of a line: a gap, a word, a choice or a group."""

    def __init__(self, item: str, line: str, groups: dict[str, list[str]]) -> None:
        self.firsts: set[str] = set()
        self.is_optional = False
        if item in _GAPS:
            self.expression = _GAPS[item]
            return
        choices = {
            _Choice(choice, line) for choice in _choices(item.removesuffix("?"), line, groups)
        }
        self.is_optional = item.endswith("?")
        self.firsts = {choice.first for choice in choices}
        built = "|".join(sorted({choice.expression for choice in choices}, key=len, reverse=True))
        self.expression = f"(?:{built})" + "?" * self.is_optional


def _choices(item: str, line: str, groups: dict[str, list[str]]) -> list[str]:
    if item.startswith("<") and item.endswith(">"):
        if item[1:-1] not in groups:
            raise LexiconError(line)
        return groups[item[1:-1]]
    if item.startswith("(") and item.endswith(")"):
        return item[1:-1].split("|")
    return [item]


class _Choice:
    """One word, or several joined by `_`, folded."""

    def __init__(self, choice: str, line: str) -> None:
        spelled = choice.replace("_", " ")
        if not re.fullmatch(r"[\w' -]+\*?", spelled):
            raise LexiconError(line)
        begins = spelled.endswith("*")
        folded = normalise(spelled.removesuffix("*"))
        if not folded:
            raise LexiconError(line)
        self.expression = re.escape(folded) + (r"\w* " if begins else " ")
        self.first = folded.split()[0] + ("*" if begins and " " not in folded else "")
