"""What an article may not be or say: rules that need no reader. They can't find what is untrue."""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guidance.articles import Article, ArticleShelf, ContentProblem, Room

MAX_PAGE = 300
MAX_SURVIVOR_LINES = 3
MAX_PER_TOPIC = 5  # choices on one screen
PLACEHOLDERS = frozenset({"pep_hours", "pep_days", "ec_hours", "ec_days", "organisation"})

# What a page says of these may harm when it is translated wrongly: French then stands under it.
_AT_RISK = (
    ("health", re.compile(r"\{(pep|ec)_(hours|days)\}|médicament|grossesse", re.IGNORECASE)),
    ("law", re.compile(r"\bloi\b|\bplainte\b|juridique|Code pénal", re.IGNORECASE)),
    ("danger", re.compile(r"\bdanger\b", re.IGNORECASE)),
)
# What is quoted as wrong to say may be said wrongly.
_QUOTED = re.compile(r"«[^»]*»|Ne dites pas[^\n]*")
_NUMBER = re.compile(r"\+?\d{2}([ .]\d{2}){3}|\b80[ .]?\d{3}\b")

# What an onlooker may not read on a button of somebody who asked for discreet words.
TELLING = re.compile(
    r"violen|\bviol\b|vbg|sex|\babus|agress|batt|frapp|victime|surviv|police|gendarm|plainte"
    r"|justice|\bjuge|avocat|refuge|h[eé]berg|danger|urgence|\baide|protég|\bvih\b"
    r"|grossesse|excision|forcé|secret|🆘",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A kind of sentence that no article may have."""

    why: str
    pattern: re.Pattern[str]


def _phrase(why: str, pattern: str) -> Phrase:
    return Phrase(why, re.compile(pattern, re.IGNORECASE))


FORBIDDEN = (
    _phrase(
        "promises", r"\b(promet\w*|garanti\w*|sans (aucun )?risque)\b|tout (va|ira) \w*\s?bien"
    ),
    _phrase("promises safety", r"vous (serez|êtes) (en sécurité|protég)"),
    _phrase("promises punishment", r"\bsera (puni|arrêté|condamné|jugé)"),
    _phrase("blames", r"vous auriez dû|il ne fallait pas|c'est (de )?(votre|ta|sa) faute"),
    _phrase("asks why", r"\bpourquoi\b"),
    _phrase("orders to report", r"\b(portez plainte|dénoncez|signalez|allez à la police)"),
    _phrase("orders to report", r"(devez|faut) (porter|dénoncer|signaler)"),
    _phrase("orders to confront or to leave", r"\b(affrontez|confrontez|défendez-vous)\b"),
    _phrase("orders to confront or to leave", r"\bquittez (le|la|votre)\b"),
    _phrase("asks for details", r"\b(racontez|décrivez|que s'est-il passé)"),
    _phrase("names a person", r"\b(Mme|Mlle|M\.|Dr|Pr)\s[A-ZÉ]"),
)


def problems_of(shelf: ArticleShelf) -> tuple[ContentProblem, ...]:
    """Return everything that keeps an article from being served, the broken files included."""
    found = list(shelf.problems)
    for article in shelf.articles.values():
        found += [ContentProblem(f"{article.id}.yml", each) for each in _wrong_with(article)]
    for topic in sorted({each.topic for each in shelf.articles.values()}):
        if len(shelf.of_topic(topic)) > MAX_PER_TOPIC:
            found.append(ContentProblem(topic, f"more than {MAX_PER_TOPIC} articles on one screen"))
    return tuple(sorted(found))


def servable(shelf: ArticleShelf) -> ArticleShelf:
    """Return the shelf without the articles that break a rule; the problems stand beside them."""
    good = {name: each for name, each in shelf.articles.items() if not any(_wrong_with(each))}
    return ArticleShelf(good, problems_of(shelf))


def expired(shelf: ArticleShelf, today: date) -> tuple[Article, ...]:
    """Return the articles whose last valid day has passed; they are served with a word about it."""
    return tuple(each for each in shelf.articles.values() if each.is_expired(today))


def unreviewed(shelf: ArticleShelf) -> tuple[Article, ...]:
    """Return the articles that no person has signed."""
    return tuple(each for each in shelf.articles.values() if each.reviewed_by is None)


def too_long(room: Room, text: str) -> Iterable[str]:
    """Yield what keeps a page, in whichever language, from being read on one screen."""
    if len(text) > MAX_PAGE:
        yield f"{len(text)} characters; {MAX_PAGE} at most"
    if room is Room.SURVIVOR and text.count("\n") >= MAX_SURVIVOR_LINES:
        yield f"more than {MAX_SURVIVOR_LINES} lines"


def _wrong_with(article: Article) -> Iterable[str]:
    if article.room is Room.SURVIVOR and article.help is None:
        yield "an article about violence needs a way to help"
    if article.room is Room.SURVIVOR and article.discreet_title is None:
        yield "an article about violence needs a discreet title"
    if TELLING.search(f"{article.code} {article.voice or ''}"):
        yield "its code or its voice note tells what it is about"
    if TELLING.search(article.discreet_title or ""):
        yield "its discreet title tells what it is about"
    yield from _forbidden(f"title {article.title!r}", article.title)
    for number, page in enumerate(article.pages, 1):
        where = f"page {number}"
        yield from (f"{where}: {each}" for each in too_long(article.room, page.text))
        if _NUMBER.search(page.text):
            yield f"{where}: a phone number; numbers stand in the directory"
        kinds = [kind for kind, words in _AT_RISK if words.search(page.text)]
        if kinds and page.risk is None:
            yield f"{where}: it speaks of {', '.join(kinds)} and names no risk"
        yield from _placeholders(where, page.text)
        yield from _forbidden(where, page.text)


def _forbidden(where: str, text: str) -> Iterable[str]:
    said = _QUOTED.sub("", text)
    yield from (f"{where}: {rule.why}" for rule in FORBIDDEN if rule.pattern.search(said))


def _placeholders(where: str, text: str) -> Iterable[str]:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        yield f"{where}: a brace that names nothing"
        return
    for name in sorted(names - PLACEHOLDERS):
        yield f"{where}: nothing is called {{{name}}}"
