"""`jigi content`: the articles, what is wrong with them, and who has read them."""

import sys

from cyclopts import App

from bot import bootstrap
from guidance.content_rules import expired, unreviewed
from guidance.shelf import read_shelf

app = App(name="content", help="The articles: what there is, what is wrong, who has read it.")


@app.command
def check() -> None:
    """Say what is wrong with the articles; exit with 1 when anything is."""
    shelf = read_shelf()
    found = [str(each) for each in shelf.problems]
    late = expired(shelf, bootstrap.SystemClock().now().date())
    found += [f"{each.id}.yml: valid until {each.valid_until}" for each in late]
    for problem in found:
        print(problem, file=sys.stderr)
    waiting = unreviewed(shelf)
    if waiting:
        print(f"Read and signed by nobody yet: {', '.join(each.id for each in waiting)}.")
    if found:
        sys.exit(1)
    print(f"{len(shelf.articles)} articles, nothing to mend.")


@app.command(name="list")
def list_() -> None:
    """Print the articles with their code, sources and review."""
    for article in read_shelf().articles.values():
        marks = ", ".join(f"{each.date} [{each.mark}]" for each in article.sources)
        signed = f"signed by {article.reviewed_by}" if article.reviewed_by else "not signed"
        print(
            f"{article.id} (a_{article.code}), {article.topic}, {article.audience}:"
            f" {len(article.pages)} pages, {signed}; sources {marks}; {article.age_note}"
        )
