"""The articles of `guidance/content`, in the order in which they are shown."""

from collections.abc import Mapping
from importlib.resources import files

from guidance.articles import ArticleShelf, read_articles
from guidance.content_rules import servable

ORDER = "order.txt"


def read_shelf() -> ArticleShelf:
    """Return the articles that can be served, and the problems of the others."""
    return servable(read_articles(article_files()))


def article_files() -> Mapping[str, str]:
    """Return name -> text of the article files: those of `order.txt` first, then any other."""
    folder = files("guidance.content")
    found = {
        each.name: each.read_bytes().decode("utf-8", errors="replace")
        for each in folder.iterdir()
        if each.name.endswith(".yml")
    }
    order = folder.joinpath(ORDER).read_text(encoding="utf-8").split()
    names = [f"{each}.yml" for each in order if f"{each}.yml" in found]
    return {name: found[name] for name in [*names, *sorted(found.keys() - set(names))]}
