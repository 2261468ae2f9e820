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


@dataclass(frozen=True, slots=True)
class _Rules:
    """The compiled patterns of one language for one crisis."""

    signs: re.Pattern[str]
    unless: re.Pattern[str]


class CrisisLexicon:
    """Finds danger and the wish to die in a text, in French and in Bambara at once."""

    def __init__(self, files: list[dict[str, Any]]) -> None:
        self._rules: dict[Crisis, list[_Rules]] = {"emergency": [], "suicidal_thoughts": []}
        groups: dict[str, list[str]] = {}
        for content in files:
            groups |= content["groups"]
        self._me = _compile([line for content in files for line in content["me"]], groups)
        self._distance = _compile(
            [line for content in files for line in content["distance"]], groups
        )
        for content in files:
            for crisis, rules in self._rules.items():
                own = content[crisis]
                rules.append(
                    _Rules(_compile(own["signs"], groups), _compile(own["unless"], groups))
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
        folded = normalise(text)
        padded = f" {folded} "
        if self._is_told_of_others(padded):
            return None
        for crisis, languages in self._rules.items():
            if any(rules.signs.search(padded) for rules in languages) and not any(
                rules.unless.search(padded) for rules in languages
            ):
                return crisis
        return None

    def _is_told_of_others(self, padded: str) -> bool:
        """News and encyclopaedias: no « I » in it, and long or with the marks of a report."""
        if self._me.search(padded):
            return False
        is_long = padded.count(" ") - 1 > _LONG_WITHOUT_ME
        return is_long or self._distance.search(padded) is not None


def _compile(lines: list[str], groups: dict[str, list[str]]) -> re.Pattern[str]:
    if not lines:
        return re.compile(r"(?!)")
    return re.compile("|".join(_pattern(line, groups) for line in lines))


def _pattern(line: str, groups: dict[str, list[str]]) -> str:
    whole, body = line.startswith("="), line.removeprefix("=")
    parts = [_item(item, line, groups) for item in body.split()]
    if not parts:
        raise LexiconError(line)
    # Every item ends with the space after its last word; the one before the first is only seen.
    inner = "(?<= )" + "".join(parts)
    return rf"^ {inner}$" if whole else inner


def _item(item: str, line: str, groups: dict[str, list[str]]) -> str:
    if item in _GAPS:
        return _GAPS[item]
    optional = item.endswith("?")
    item = item.removesuffix("?")
    if item.startswith("<") and item.endswith(">"):
        if item[1:-1] not in groups:
            raise LexiconError(line)
        choices = groups[item[1:-1]]
    elif item.startswith("(") and item.endswith(")"):
        choices = item[1:-1].split("|")
    else:
        choices = [item]
    built = "|".join(sorted({_word(choice, line) for choice in choices}, key=len, reverse=True))
    return f"(?:{built})" + ("?" if optional else "")


def _word(choice: str, line: str) -> str:
    """One choice as a pattern over skeletons, the space after it included."""
    spelled = choice.replace("_", " ")
    if not re.fullmatch(r"[\w' -]+\*?", spelled):
        raise LexiconError(line)
    begins = spelled.endswith("*")
    folded = normalise(spelled.removesuffix("*"))
    if not folded:
        raise LexiconError(line)
    return re.escape(folded) + (r"\w* " if begins else " ")
