"""Who has read what: what a signature covers, and whether it still stands for the present text.

A signature belongs to the exact words that were read. Whoever changes a text, or the French that it
translates, leaves it unsigned.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from guidance.articles import Article, ArticleShelf

_KEY_DIGITS = 32


class Kind(StrEnum):
    """What is signed: the facts of an article in French, or one translated text."""

    ARTICLE = "article"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Signature:
    """That a person has read something.

    Attributes:
        reviewed_by: the person, as they wish to be named.
        valid_until: the day after which it must be read again; articles alone.
    """

    reviewed_by: str
    reviewed_on: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Which:
    """What a signature is for: a kind, its key and a language."""

    kind: Kind
    key: str
    language: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A signature as it is kept, with the digest of the words that were read."""

    digest: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Signed:
    """All signatures that staff gave in the console."""

    stored: Mapping[Which, Stored] = field(default_factory=dict)

    def of(self, which: Which, digest: str) -> Signature | None:
        """Return the signature under the words with this digest; `None` when they are unsigned."""
        found = self.stored.get(which)
        return found.signature if found is not None and found.digest == digest else None

    def text(self, language: str, context: str, source: str, words: str) -> Signature | None:
        """Return the signature under a translated text; `None` when it is unsigned."""
        which = Which(Kind.TEXT, text_key(context, source), language)
        return self.of(which, text_digest(language, context, source, words))


NOBODY = Signed()
"""Nobody has signed anything in the console."""


def text_key(context: str, source: str) -> str:
    """Return what stands for a text whichever words translate it."""
    return _digest(context, source)[:_KEY_DIGITS]


def text_digest(language: str, context: str, source: str, words: str) -> str:
    """Return what stands for the very words of a text, and the French that they translate."""
    return _digest(language, context, source, words)


def article_digest(article: Article) -> str:
    """Return what stands for everything that an article says, its sources included."""
    said = article.model_dump_json(exclude={"reviewed_by", "reviewed_on", "valid_until"})
    return _digest(said)


def signed_shelf(shelf: ArticleShelf, signed: Signed) -> ArticleShelf:
    """Return the shelf with the console's signatures in the place of the files'."""
    articles = {name: _signed_article(each, signed) for name, each in shelf.articles.items()}
    return ArticleShelf(articles, shelf.problems)


def _signed_article(article: Article, signed: Signed) -> Article:
    found = signed.of(Which(Kind.ARTICLE, article.id, "fr"), article_digest(article))
    if found is None:
        return article
    return article.model_copy(
        update={
            "reviewed_by": found.reviewed_by,
            "reviewed_on": found.reviewed_on,
            # Who signed was shown the day that the file names, and kept, moved or lifted it.
            "valid_until": found.valid_until,
        }
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
