"""Which article a question is about: the intent says the subject, its words say the article."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.destinations import Destination
from guidance.articles import ArticleShelf
from guidance.searching import SearchIndex

# What a question of this intent may be about, and the article where its words name no other. The
# articles of other subjects are not looked at: what the model understood goes before a word that
# also stands elsewhere.
TOPICS_OF: Mapping[str, tuple[str, ...]] = {
    "ask_violence_types": ("violence",),
    "ask_stigma": ("stigma", "helping", "violence"),
    "ask_survivor_rights": ("health_rights", "violence", "stigma"),
    "ask_confidentiality": ("safety",),
    "ask_resolution_1325": ("resolutions", "peace"),
    "ask_quota_law": ("quota",),
    "ask_peace_process": ("peace",),
    "ask_gender_unit": ("unit",),
}


@dataclass(frozen=True, slots=True)
class ArticleNaming:
    """Names the article of a question.

    Attributes:
        shelf: the articles that are served.
        index: finds them by their keywords.
        own: the articles that intents lead to by themselves; a question about one is understood
            without its keywords, which are the commonest words.
    """

    shelf: ArticleShelf
    index: SearchIndex
    own: Mapping[str, str]

    def article(self, intent: str, text: str) -> str | None:
        """Return the article whose keywords `text` names, or `None` for the intent's own one."""
        topics = TOPICS_OF.get(intent, ())
        led_to = frozenset(self.own.values())
        others = frozenset(
            each.id
            for each in self.shelf.articles.values()
            if each.topic in topics and each.id not in led_to
        )
        return self.index.named_in(text, others, led_to) if others else None


def own_articles(destinations: Mapping[str, Destination]) -> Mapping[str, str]:
    """Return intent -> the article that it leads to."""
    led = {intent: dict(each.slots).get("reading") for intent, each in destinations.items()}
    return {intent: article for intent, article in led.items() if article is not None}
