"""Articles as messages: what the catalogue translates, and what a screen says."""

from collections.abc import Iterable

from bot.adapters.tool_texts import tool_messages
from flows.engine.messages import Message
from guidance.articles import Article, ArticleShelf


def title_of(article: Article) -> Message:
    """Return the title, which also stands on the button that leads to the article.

    In discreet mode that button has its discreet title, icon included.
    """
    context = f"article/{article.id}"
    quiet = article.discreet_title
    discreet = Message(f"{context}.discreet", quiet) if quiet is not None else None
    return Message(context, article.title, discreet=discreet)


def page_of(article: Article, number: int) -> Message:
    """Return page `number`, counted from 1."""
    page = article.pages[number - 1]
    voice = f"{article.voice}-{number}" if article.voice is not None else None
    return Message(f"article/{article.id}.{number}", page.text, risk=page.risk, voice=voice)


def messages_of(shelf: ArticleShelf) -> Iterable[Message]:
    """Yield every text of the articles, the quiz and the project check, for the catalogue."""
    yield from tool_messages()
    for article in shelf.articles.values():
        title = title_of(article)
        yield from filter(None, (title, title.discreet))
        yield from (page_of(article, number) for number in range(1, len(article.pages) + 1))
