"""`jigi content`: the articles, what is wrong with them, and who has read them."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from cyclopts import App
from sqlalchemy import Connection

from bot import bootstrap
from bot.adapters.article_texts import page_of
from bot.adapters.signatures import read_signatures
from bot.i18n.catalogue import TRANSLATED_LANGUAGES, load_catalogue
from bot.settings import Settings, SettingsError
from guidance.articles import ArticleShelf
from guidance.content_rules import expired, too_long, unreviewed
from guidance.focal_points import FocalPointError, replace_all
from guidance.shelf import read_shelf
from guidance.signatures import signed_shelf
from guidance.training import TrainingDesk

app = App(name="content", help="The articles: what there is, what is wrong, who has read it.")


@app.command
def check() -> None:
    """Say what is wrong with the articles; exit with 1 when anything is."""
    shelf = _shelf_as_signed()
    found = [str(each) for each in shelf.problems]
    late = expired(shelf, bootstrap.SystemClock().now().date())
    found += [f"{each.id}.yml: valid until {each.valid_until}" for each in late]
    for problem in found:
        print(problem, file=sys.stderr)
    found += _wrong_translations(shelf)
    waiting = unreviewed(shelf)
    if waiting:
        print(f"Read and signed by nobody yet: {', '.join(each.id for each in waiting)}.")
    if found:
        sys.exit(1)
    print(f"{len(shelf.articles)} articles, nothing to mend.")


def _shelf_as_signed() -> ArticleShelf:
    """Return the articles with the signatures of the files and of the console."""
    return signed_shelf(read_shelf(), asyncio.run(read_signatures(Settings.read())))


def _wrong_translations(shelf: ArticleShelf) -> Iterable[str]:
    """Yield a sentence for each page that a language lacks, or has too long."""
    catalogue = load_catalogue(bootstrap.LOCALES)
    for language in TRANSLATED_LANGUAGES:
        for article in shelf.articles.values():
            where = f"{article.id}.yml: {language}"
            for number in range(1, len(article.pages) + 1):
                page = page_of(article, number)
                said = catalogue.find(page, language)
                if said == page.text:
                    yield f"{where}: page {number} is not translated"
                for problem in too_long(article.room, said):
                    yield f"{where}: page {number}: {problem}"


@app.command(name="list")
def list_(*, table: bool = False) -> None:
    """Print the articles with their code, sources and review.

    Args:
        table: as the table of docs/guidance.md, with the signatures of the files alone.
    """
    if table:
        print("\n".join(table_rows(read_shelf())))
        return
    for article in _shelf_as_signed().articles.values():
        marks = ", ".join(f"{each.date} [{each.mark}]" for each in article.sources)
        signed = f"signed by {article.reviewed_by}" if article.reviewed_by else "not signed"
        print(
            f"{article.id} (a_{article.code}), {article.topic}, {article.audience}:"
            f" {len(article.pages)} pages, {signed}; sources {marks}; {article.age_note}"
        )


def table_rows(shelf: ArticleShelf) -> Iterable[str]:
    """Yield the table of the articles: what each is about, its pages, reviews and sources."""
    catalogue = load_catalogue(bootstrap.LOCALES)
    yield "| id | topic | title | pages | French | Bambara | sources |"
    yield "|---|---|---|---|---|---|---|"
    for article in shelf.articles.values():
        pages = [page_of(article, number) for number in range(1, len(article.pages) + 1)]
        drafted = sum(catalogue.is_drafted(page, "bm") for page in pages)
        signed = f"signed {article.reviewed_on}" if article.reviewed_on else "not signed"
        bambara = f"{drafted} drafted" if drafted else "signed"
        sources = "; ".join(f"{each.title} ({each.date}) [{each.mark}]" for each in article.sources)
        yield (
            f"| `{article.id}` | {article.topic} | {article.title} | {len(pages)} | {signed}"
            f" | {bambara} | {sources} |"
        )


@app.command
def points(file: Path) -> None:
    """Put the rows of a CSV file in the place of all focal points.

    Args:
        file: with the columns network, region, section, duty, channel, name, consent_on,
            name_anywhere.
    """
    lines = bootstrap.readable(file).read_text(encoding="utf-8-sig").splitlines()

    def work(connection: Connection, regions: tuple[str, ...]) -> int:
        return replace_all(connection, lines, regions)

    try:
        count = asyncio.run(_in_transaction(Settings.read(), work))
    except FocalPointError as error:
        raise SettingsError(f"Nothing was changed: {error}.") from None
    print(f"{count} focal points.")


@app.command
def requests() -> None:
    """Print the training requests that wait for an answer; they were given with consent."""
    settings = Settings.read()
    desk = TrainingDesk(bootstrap.keyring(settings))
    now = bootstrap.SystemClock().now()
    found = asyncio.run(
        _in_transaction(settings, lambda connection, _: desk.asked(connection, now))
    )
    for each in found:
        people = f"{each.women} women and {each.men} men"
        print(f"{each.theme}, {each.region}, {people}, {each.month}: {each.contact}")
    print(f"{len(found)} requests.")


async def _in_transaction[T](
    settings: Settings, work: Callable[[Connection, tuple[str, ...]], T]
) -> T:
    """Run `work` with a connection and the regions' slugs, and commit."""
    await bootstrap.upgrade_database(settings)
    async with bootstrap.open_directory(settings) as directory, directory.sessions() as session:
        regions = tuple(each.slug for each in directory.gazetteer.regions())
        result = await session.run_sync(lambda open_one: work(open_one.connection(), regions))
        await session.commit()
        return result
