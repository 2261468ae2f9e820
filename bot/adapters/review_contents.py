"""The articles and the translated texts of a release, as persons read and sign them."""

from collections.abc import Iterable, Mapping

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry

from bot.adapters.article_texts import page_of
from guidance.articles import Article, ArticleShelf
from guidance.reviews import Content
from guidance.signatures import Kind, Signature, Which, article_digest, text_digest, text_key

_RISK = "risk: "
type Reviews = Mapping[tuple[str, str], Signature]


def contents_of(
    shelf: ArticleShelf, template: Catalog, catalog: Catalog, reviews: Reviews, language: str
) -> Iterable[Content]:
    """Yield everything that is to be signed: the articles, then the translated texts.

    Args:
        shelf: the articles.
        template: every French text there is, with its risk in a comment.
        catalog: the translations.
        reviews: what is signed in the files, by context and French.
        language: of the translations.
    """
    for article in shelf.articles.values():
        yield _article(article, catalog)
    for source in template:
        found = catalog.get(str(source.id), context=source.context) if source.id else None
        if found is not None and found.string and not found.fuzzy:
            yield _text(source, str(found.string), reviews, language)


def _article(article: Article, catalog: Catalog) -> Content:
    pages = [page_of(article, number) for number in range(1, len(article.pages) + 1)]
    found = [catalog.get(page.text, context=page.context) for page in pages]
    risks = [page.risk for page in article.pages if page.risk is not None]
    in_file = None
    if article.reviewed_by is not None and article.reviewed_on is not None:
        in_file = Signature(article.reviewed_by, article.reviewed_on, article.valid_until)
    return Content(
        which=Which(Kind.ARTICLE, article.id, "fr"),
        digest=article_digest(article),
        title=article.title,
        french=tuple(page.text for page in pages),
        bambara=tuple(str(each.string) if each is not None else "" for each in found),
        risk=risks[0] if risks else None,
        sources=tuple(f"{each.title} ({each.date}) [{each.mark}]" for each in article.sources),
        in_file=in_file,
        ends=article.valid_until,
    )


def _text(source: Entry, words: str, reviews: Reviews, language: str) -> Content:
    context, french = str(source.context), str(source.id)
    risks = [each.removeprefix(_RISK) for each in source.auto_comments if each.startswith(_RISK)]
    return Content(
        which=Which(Kind.TEXT, text_key(context, french), language),
        digest=text_digest(language, context, french, words),
        title=context,
        french=(french,),
        bambara=(words,),
        risk=risks[0] if risks else None,
        in_file=reviews.get((context, french)),
    )
