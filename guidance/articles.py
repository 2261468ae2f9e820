"""Articles as content: one YAML file each, read into values, with what is wrong beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, override

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,23}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{6}$")]
Help = Literal["any", "medical", "legal", "shelter", "child_protection", "livelihood", "misconduct"]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Room(StrEnum):
    """Which rules hold where an article is read: those of the survivor path, or none."""

    SURVIVOR = "survivor"
    OPEN = "open"


TOPICS: Mapping[str, Room] = {
    "violence": Room.SURVIVOR,
    "stigma": Room.SURVIVOR,
    "health_rights": Room.SURVIVOR,
    "helping": Room.SURVIVOR,
    "safety": Room.SURVIVOR,
    "resolutions": Room.OPEN,
    "quota": Room.OPEN,
    "peace": Room.OPEN,
    "unit": Room.OPEN,
}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Frozen):
    """Where an article's facts come from.

    Attributes:
        mark: C, confirmed by two independent sources, or S, one source.
        date: of the source, as a year or a day.
    """

    mark: Literal["C", "S"]
    date: Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d(-\d\d(-\d\d)?)?$")]
    title: Text


class Page(_Frozen):
    """One screen of an article.

    Attributes:
        text: French, with placeholders for deadlines and the organisation.
        risk: why the French stands under an unsigned translation.
    """

    text: Text
    risk: Literal["danger", "health", "law", "erasing", "consent"] | None = None


class Article(_Frozen):
    """What one file says.

    Attributes:
        code: stands for the article in shared links and in buttons; tells nothing and never
            changes.
        topic: one of `TOPICS`.
        discreet_title: icon and words that tell an onlooker nothing, for the buttons in discreet
            mode; an article read on the survivor path needs one.
        age_note: for whom it is fit, for those who read it aloud.
        help: what the way to help leads to; none for articles that aren't about violence.
        voice: key of the voice note that reads it aloud.
        reviewed_by: who has read and signed it; with `reviewed_on`.
        valid_until: the day after which it must be read again.
    """

    id: Identifier
    code: Code
    topic: str
    icon: Text
    title: Annotated[Text, Field(max_length=40)]
    discreet_title: Annotated[Text, Field(max_length=40)] | None = None
    audience: Literal["everyone", "organisations"]
    age_note: Text
    help: Help | None = None
    keywords: tuple[Text, ...]
    related: tuple[Identifier, ...] = ()
    voice: Text | None = None
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    reviewed_by: Text | None = None
    reviewed_on: date | None = None
    valid_until: date | None = None
    pages: Annotated[tuple[Page, ...], Field(min_length=1, max_length=9)]

    @property
    def room(self) -> Room:
        """Which rules hold where it is read."""
        return TOPICS[self.topic]

    def is_expired(self, today: date) -> bool:
        """Return whether its last valid day has passed."""
        return self.valid_until is not None and today > self.valid_until


@dataclass(frozen=True, slots=True, order=True)
class ContentProblem:
    """What is wrong with a file, as a sentence."""

    file: str
    sentence: str

    @override
    def __str__(self) -> str:
        return f"{self.file}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class ArticleShelf:
    """The articles that can be served, and what is wrong with the others."""

    articles: Mapping[str, Article]
    problems: tuple[ContentProblem, ...] = ()

    def find(self, name: str) -> Article | None:
        """Return the article with this id or code."""
        by_code = (each for each in self.articles.values() if each.code == name)
        return self.articles.get(name) or next(by_code, None)

    def of_topic(self, topic: str) -> tuple[Article, ...]:
        """Return the articles of a topic, in the order of the shelf."""
        return tuple(each for each in self.articles.values() if each.topic == topic)

    def related_to(self, article: Article) -> tuple[Article, ...]:
        """Return the articles that go on from this one, as far as they are served."""
        return tuple(self.articles[each] for each in article.related if each in self.articles)


def read_articles(files: Mapping[str, str]) -> ArticleShelf:
    """Read article files.

    Args:
        files: name of the file -> its YAML text, in the order in which they are shown.

    Returns:
        The good ones, and a sentence for each thing that is wrong. Any text gives a shelf.
    """
    articles: dict[str, Article] = {}
    problems: list[ContentProblem] = []
    codes: set[str] = set()
    for name, text in files.items():
        article, wrong = _read_one(name, text)
        problems += wrong
        if article is None:
            continue
        if article.id in articles or article.code in codes:
            problems.append(ContentProblem(name, f"{article.id} or its code stands twice"))
            continue
        articles[article.id] = article
        codes.add(article.code)
    problems += _dead_ends(articles)
    return ArticleShelf(articles, tuple(sorted(problems)))


def _read_one(name: str, text: str) -> tuple[Article | None, list[ContentProblem]]:
    try:
        data: Any = yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, in C where there is one
        article = Article.model_validate(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [ContentProblem(name, each) for each in _sentences(error)]
    if article.topic not in TOPICS:
        return None, [ContentProblem(name, f"there is no topic {article.topic}")]
    if name != f"{article.id}.yml":
        return None, [ContentProblem(name, f"holds {article.id}: name the file after it")]
    if (article.reviewed_by is None) != (article.reviewed_on is None):
        return None, [ContentProblem(name, "a signature needs a name and a date")]
    return article, []


def _sentences(error: Exception) -> Iterable[str]:
    if isinstance(error, ValidationError):
        for each in error.errors(include_input=False, include_url=False):
            yield f"{'/'.join(str(part) for part in each['loc'])}: {each['msg']}"
    else:
        yield "not YAML"


def _dead_ends(articles: Mapping[str, Article]) -> Iterable[ContentProblem]:
    for article in articles.values():
        for other in article.related:
            if other not in articles:
                yield ContentProblem(f"{article.id}.yml", f"related to {other}, which is not there")
