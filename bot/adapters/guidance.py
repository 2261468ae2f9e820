"""Articles, search and the quota law behind the flows' look-ups."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.adapters import quota_texts
from bot.adapters.article_texts import page_of, title_of
from bot.adapters.tools import LOOK_UPS as TOOL_LOOK_UPS
from bot.adapters.tools import ToolLookUps
from bot.conversation.ports import Catalogue
from bot.conversation.rendering import Renderer
from flows.engine.effects import LookUp
from flows.engine.events import Attachment, LookedUp
from flows.engine.messages import Message, Option, message
from guidance.articles import Article, ArticleShelf, Room, Source
from guidance.quota import Case, check
from guidance.quota_reading import GroupUnreadableError, Problem, read_group
from guidance.searching import Entry, SearchIndex
from guidance.sheets import ArticleSheet, Side, print_article

LOOK_UPS = TOOL_LOOK_UPS | frozenset(
    {"topic_articles", "open_page", "article_page", "article_link", "search_articles"}
    | {"article_sheet", "quota_counter", "quota_typed", "quota_take", "quota_verdict"}
)
PAGE_MARK = "-"
MAX_RELATED = 2
_READ, _NOT_READ = "read-", "not-"  # before what came of a typed answer
_AT = re.compile(r"([a-z0-9_]{2,24})(?:-([1-9]))?")

Slots = dict[str, str]


@dataclass(frozen=True, slots=True)
class GuidanceLookUps:
    """Answers look-ups from the articles and the quota law.

    Attributes:
        shelf: the articles that are served.
        index: finds them by a word.
        renderer: writes printed sheets in both languages.
        bot_name: the bot's Telegram name, for links that can be shared; none is known in tests.
    """

    shelf: ArticleShelf
    index: SearchIndex
    renderer: Renderer
    bot_name: str | None = None

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        if request.name in TOOL_LOOK_UPS:
            return await ToolLookUps(self.renderer).look_up(request, now)
        return await self._known()[request.name](request, dict(request.slots), now)

    def _known(self) -> Mapping[str, Callable[[LookUp, Slots, datetime], Awaitable[LookedUp]]]:
        return {
            "topic_articles": self._topic_articles,
            "open_page": self._open_page,
            "article_page": self._article_page,
            "article_link": self._article_link,
            "article_sheet": self._article_sheet,
            "search_articles": self._search,
            "quota_counter": self._quota_counter,
            "quota_typed": self._quota_typed,
            "quota_take": self._quota_take,
            "quota_verdict": self._quota_verdict,
        }

    # -- articles --------------------------------------------------------------------------

    async def _topic_articles(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        articles = self.shelf.of_topic(slots.get("topic", ""))
        return LookedUp(request.name, options=tuple(map(_option, articles)))

    def _at(self, name: str | None) -> tuple[Article, int] | None:
        """Return the article and page that a slot names, or `None` when it names none."""
        parts = _AT.fullmatch(name or "")
        article = self.shelf.find(parts.group(1)) if parts else None
        if parts is None or article is None:
            return None
        return article, min(int(parts.group(2) or 1), len(article.pages))

    async def _open_page(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        """Turn what was asked for into the page to show; without any, the page stays."""
        place = self._at(slots.get("reading")) or self._at(slots.get("at"))
        if place is None:
            gone = (("reading", None), ("at", None), ("room", Room.SURVIVOR.value), ("need", None))
            return LookedUp(request.name, slots=gone)
        article, number = place
        survivor = article.room is Room.SURVIVOR
        help_need = article.help if article.help not in (None, "any") else None
        return LookedUp(
            request.name,
            slots=(
                ("reading", None),
                ("at", _mark(article, number)),
                ("room", Room.SURVIVOR.value if survivor else article.topic),
                ("need", help_need),
            ),
        )

    async def _article_page(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        place = self._at(slots.get("at"))
        if place is None:
            gone = message("reading/gone", "🔄 Ce texte n'est plus ici. Voyez le menu.")
            return LookedUp(request.name, (gone,))
        article, number = place
        said = [page_of(article, number)]
        if article.is_expired(now.date()):
            said.append(message("reading/expired", "⚠️ Ce texte attend une relecture."))
        return LookedUp(request.name, tuple(said), tuple(self._ways_on(article, number)))

    def _ways_on(self, article: Article, number: int) -> list[Option]:
        pages = len(article.pages)
        options = []
        if number < pages:
            label = message(
                "reading/next", "Suite ({page} sur {pages})", page=str(number + 1), pages=str(pages)
            )
            options.append(Option(_mark(article, number + 1), label, "▶️"))
        if number > 1:
            label = message("reading/previous", "Page d'avant")
            options.append(Option(_mark(article, number - 1), label, "◀️"))
        if number == pages:
            options += map(_option, self.shelf.related_to(article)[:MAX_RELATED])
        return options

    async def _article_link(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        place = self._at(slots.get("at"))
        if place is None:
            return LookedUp(request.name)
        article = place[0]
        said = [link_to(article, self.bot_name)]
        if article.room is Room.OPEN:  # on the survivor path three lines are enough
            said.append(message("reading/sources", "📚 {sources}", sources=_sources(article)))
        return LookedUp(request.name, tuple(said))

    async def _article_sheet(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        place = self._at(slots.get("at"))
        if place is None:
            return LookedUp(request.name)
        sheet = sheet_of(place[0], self.renderer, self.bot_name)
        made = Attachment(f"a_{place[0].code}.pdf", print_article(sheet))
        return LookedUp(request.name, attachment=made)

    async def _search(self, request: LookUp, _slots: Slots, _now: datetime) -> LookedUp:
        names = self.index.find(request.text or "")
        articles = [self.shelf.articles[name] for name in names]
        if not articles:
            return LookedUp(request.name)
        found = message("search/found", "🔎 Voici ce que j'ai trouvé :")
        return LookedUp(request.name, (found,), tuple(map(_option, articles)))

    # -- the quota law ---------------------------------------------------------------------

    async def _quota_counter(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        group = quota_texts.group_of(slots.get("people", ""))
        said = (quota_texts.count_line(group),) if group.size else ()
        return LookedUp(request.name, said, quota_texts.counter_buttons(group))

    async def _quota_typed(self, request: LookUp, _slots: Slots, _now: datetime) -> LookedUp:
        """Read a typed answer; words about something else are left to understanding."""
        try:
            group = read_group(request.text or "")
        except GroupUnreadableError as error:
            if error.problem is Problem.NOT_MEANT:
                return LookedUp(request.name)
            return LookedUp(request.name, slots=(("press", f"{_NOT_READ}{error.problem.value}"),))
        return LookedUp(request.name, slots=(("press", f"{_READ}{quota_texts.written(group)}"),))

    async def _quota_take(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        """Turn a press, or what was read, into the people to check."""
        press, people = slots.get("press", ""), slots.get("people")
        problem = press.removeprefix(_NOT_READ) if press.startswith(_NOT_READ) else None
        ready = press.startswith(_READ) or press == "show"
        if press not in ("", "show") and problem is None:
            people = quota_texts.written(quota_texts.group_of(press.removeprefix(_READ)))
        if ready and not quota_texts.group_of(people or "").size:
            ready, problem = False, Problem.NOBODY.value
        return LookedUp(
            request.name,
            slots=(
                ("press", None),
                ("people", people),
                ("problem", problem),
                ("ready", "yes" if ready else None),
            ),
        )

    async def _quota_verdict(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        group = quota_texts.group_of(slots.get("people", ""))
        kind = slots.get("quota_kind", "")
        if kind not in Case or not group.size:
            return LookedUp(request.name)
        verdict = check(Case(kind), group)
        return LookedUp(
            request.name,
            tuple(quota_texts.verdict_lines(verdict)),
            attachment=quota_texts.picture_of(verdict),
        )


def sheet_of(article: Article, renderer: Renderer, bot_name: str | None) -> ArticleSheet:
    """Return what is printed of an article: both languages, the link and the sources.

    The French stands above the Bambara on the same sheet, and so not under each of its pages.
    """
    pages = [page_of(article, number) for number in range(1, len(article.pages) + 1)]
    scan = message("sheet/scan", "Scannez le code pour lire ce texte dans Telegram.")
    sides = tuple(
        Side(
            renderer.text(title_of(article), language),
            tuple(renderer.text(replace(page, risk=None), language) for page in pages),
            renderer.text(scan, language),
        )
        for language in ("fr", "bm")
    )
    link = renderer.text(link_to(article, bot_name), "fr").removeprefix("🔗 ")
    by = renderer.text(message("sheet/by", "Jigi, {organisation}"), "fr")
    notes = [f"{by} · {link}", _sources(article), article.age_note]
    if any(renderer.catalogue.is_drafted(page, "bm") for page in pages):
        drafted = message(
            "sheet/drafted",
            "Le bambara n'est pas encore relu : en cas de doute, lisez le français.",
        )
        notes += [renderer.text(drafted, language) for language in ("fr", "bm")]
    return ArticleSheet(sides, link, tuple(notes))


def _sources(article: Article) -> str:
    """Return where an article's facts come from. Sources are named as they name themselves."""
    return "Sources : " + " ; ".join(_cited(each) for each in article.sources)


def _cited(source: Source) -> str:
    """Return a source with its mark, and its date where the title doesn't name the year."""
    year = source.date[:4]
    dated = source.title if year in source.title else f"{source.title}, {year}"
    return f"{dated} [{source.mark}]"


def build_index(shelf: ArticleShelf, catalogue: Catalogue) -> SearchIndex:
    """Return what finds articles by a word of either language."""
    return SearchIndex(_entry(each, catalogue) for each in shelf.articles.values())


def link_to(article: Article, bot_name: str | None) -> Message:
    """Return the link that opens an article, or the command where the bot's name isn't known."""
    start = f"a_{article.code}"
    link = f"https://t.me/{bot_name}?start={start}" if bot_name else f"/start {start}"
    return message("reading/link", "🔗 {link}", link=link)


def _entry(article: Article, catalogue: Catalogue) -> Entry:
    pages = [page_of(article, number) for number in range(1, len(article.pages) + 1)]
    title = title_of(article)
    return Entry(
        article.id,
        article.keywords,
        tuple(catalogue.find(title, language) for language in ("fr", "bm")),
        tuple(catalogue.find(page, language) for page in pages for language in ("fr", "bm")),
    )


def _option(article: Article) -> Option:
    return Option(_mark(article, 1), title_of(article), article.icon)


def _mark(article: Article, number: int) -> str:
    return f"{article.code}{PAGE_MARK}{number}"
