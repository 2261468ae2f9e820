"""From what somebody types (« 7 hommes 3 femmes ») to a group, or to what is wrong with it."""

import re
import unicodedata
from enum import StrEnum

from guidance.quota import LARGEST, Group, Sex

LONGEST_ORDER = 150  # letters of a list typed name by name
_MAX_DIGITS = 6

_MEN = frozenset({"h", "homme", "hommes", "garcon", "garcons", "ce", "cew", "tie", "tiew"})
_WOMEN = frozenset({"f", "femme", "femmes", "fille", "filles", "muso", "musow", "mousso"})
_ALL = frozenset(
    {"membre", "membres", "personne", "personnes", "candidat", "candidats", "nom", "noms"}
    | {"siege", "sieges", "place", "places", "poste", "postes", "ministre", "ministres"}
    | {"conseiller", "conseillers", "depute", "deputes", "elu", "elus", "mogo", "mogow", "togo"}
)
_FILLERS = frozenset(
    {"et", "dont", "de", "des", "ni", "ani", "avec", "la", "les", "le", "sur", "a", "y", "il"}
    | {"liste", "nous", "sommes", "sont", "total", "en", "tout", "au", "o"}
)
_WHOLE_BEFORE, _WHOLE_AFTER = "dont", "sur"  # « 12 dont 4 femmes », « 8 femmes sur 35 »
_EVERYBODY = "personnes"
_TOKEN = re.compile(r"\d+|[a-z]+|[^\sa-z\d]")
_SEPARATORS = frozenset(",;:.=/+&")


class Problem(StrEnum):
    """Why a text is no group."""

    NOT_MEANT = "not_meant"  # nothing in it looks like a group
    LETTERS = "letters"  # a list with letters that are neither H nor F
    WORDS = "words"  # about women and men, but with words or signs we don't read
    ONE_SEX = "one_sex"  # only one of the two numbers
    SUM = "sum"  # the parts are not the whole
    NOBODY = "nobody"
    TOO_MANY = "too_many"


class GroupUnreadableError(ValueError):
    """A text says no group; `problem` says why, and holds nothing of the text."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def read_group(text: str) -> Group:
    """Return the group that `text` says.

    Read are « 7 hommes 3 femmes », « hommes 7, femmes 3 », « 7h 3f », « H H F H F » (an order),
    « 12 membres dont 4 femmes », « 8 femmes sur 35 », and the same with `cɛ` and `muso`.

    Raises:
        GroupUnreadableError: it says none, or one out of range.
    """
    tokens = _TOKEN.findall(_folded(text))
    words = [each for each in tokens if each not in _SEPARATORS]
    numbers = [each for each in words if each.isdigit()]
    if not numbers:
        return _read_order(words)
    if any(len(each) > _MAX_DIGITS for each in numbers):
        raise GroupUnreadableError(Problem.TOO_MANY)
    named = _with_wholes_named(words)
    return _in_range(_read_numbers([each for each in named if each not in _FILLERS]))


def _with_wholes_named(words: list[str]) -> list[str]:
    """Return the words with « personnes » after a bare number that is the whole."""
    named: list[str] = []
    for place, word in enumerate(words):
        named.append(word)
        following = words[place + 1] if place + 1 < len(words) else ""
        is_bare = word.isdigit() and _kind(following) is None
        before = words[place - 1] if place else ""
        if is_bare and (following == _WHOLE_BEFORE or before == _WHOLE_AFTER):
            named.append(_EVERYBODY)
    return named


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().replace("ɛ", "e").replace("ɔ", "o"))
    return "".join(each for each in plain if not unicodedata.combining(each))


def _read_order(words: list[str]) -> Group:
    words = [each for each in words if each != "-"]
    letters = "".join(words)
    spelt_out = all(len(each) == 1 for each in words) or set(letters) <= {"h", "f"}
    if not letters or not spelt_out:
        named = set(words) & (_MEN | _WOMEN | _ALL)
        raise GroupUnreadableError(Problem.WORDS if named else Problem.NOT_MEANT)
    if not set(letters) <= {"h", "f"}:
        raise GroupUnreadableError(Problem.LETTERS)
    if len(letters) > LONGEST_ORDER:
        raise GroupUnreadableError(Problem.TOO_MANY)
    order = tuple(Sex(each.upper()) for each in letters)
    return Group(order.count(Sex.MAN), order.count(Sex.WOMAN), order)


def _read_numbers(words: list[str]) -> Group:
    """Read pairs of a number and what is counted, in whichever order the first pair has."""
    named = any(each in _MEN | _WOMEN | _ALL for each in words)
    if not named or len(words) % 2:
        raise GroupUnreadableError(Problem.WORDS if named else Problem.NOT_MEANT)
    found: dict[str, int] = {}
    for first, second in zip(words[::2], words[1::2], strict=True):
        number, word = (first, second) if words[0].isdigit() else (second, first)
        kind = _kind(word)
        if kind is None or not number.isdigit() or kind in found:
            raise GroupUnreadableError(Problem.WORDS)
        found[kind] = int(number)
    return _joined(found)


def _kind(word: str) -> str | None:
    for kind, words in (("men", _MEN), ("women", _WOMEN), ("all", _ALL)):
        if word in words:
            return kind
    return None


def _joined(found: dict[str, int]) -> Group:
    men, women, everybody = found.get("men"), found.get("women"), found.get("all")
    if everybody is not None:
        men = everybody - women if men is None and women is not None else men
        women = everybody - men if women is None and men is not None else women
    if men is None or women is None:
        raise GroupUnreadableError(Problem.ONE_SEX)
    if men < 0 or women < 0 or everybody not in (None, men + women):
        raise GroupUnreadableError(Problem.SUM)
    return Group(men, women)


def _in_range(group: Group) -> Group:
    if group.size == 0:
        raise GroupUnreadableError(Problem.NOBODY)
    if group.size > LARGEST:
        raise GroupUnreadableError(Problem.TOO_MANY)
    return group
