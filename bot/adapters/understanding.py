"""Understanding from `nlu`, with the places that a sentence names; fulfils `Understanding`."""

from dataclasses import dataclass, replace

from bot.adapters.article_naming import ArticleNaming
from bot.conversation.ports import Interpretation
from nlu.crisis_lexicon import CrisisLexicon
from nlu.reader import Reader
from nlu.understanding import ModelUnavailableError, Understanding
from referral_directory.gazetteer import Gazetteer

_BAMBARA_LETTERS = frozenset("ɛɔɲŋƐƆƝŊ")


@dataclass(frozen=True, slots=True)
class NluUnderstanding:
    """Says what a text asks for.

    Attributes:
        reader: the model, in this process or on a Rasa server; `None` where it is missing.
        lexicon: the words that must never be missed; works without a model.
        gazetteer: the places.
        naming: which article a question is about.
    """

    reader: Reader | None
    lexicon: CrisisLexicon
    gazetteer: Gazetteer
    naming: ArticleNaming

    async def interpret(self, text: str) -> Interpretation:
        """Return what `text` asks for, and the place or the article it names if it names just one.

        Raises:
            ModelUnavailableError: there is no model to ask; the lexicon still works.
        """
        if self.reader is None:
            raise ModelUnavailableError("missing")
        said = interpretation(await self.reader.understand(text))
        if said is None:
            raise ModelUnavailableError("no answer")
        return replace(
            said, language=_language(text, said.language), slots=self._slots(said.intent, text)
        )

    def _slots(self, intent: str, text: str) -> tuple[tuple[str, str], ...]:
        """Return what the sentence already answers: a place, and the article it asks for."""
        place = self.gazetteer.find_in(text).found
        article = self.naming.article(intent, text)
        return (
            *((("place", place.slug), ("place_said", "yes")) if place is not None else ()),
            *((("reading", article),) if article is not None else ()),
        )

    def crisis(self, text: str) -> str | None:
        """Return what the lexicon sees, with no model and no waiting."""
        return self.lexicon.match(text)


def interpretation(understood: Understanding) -> Interpretation | None:
    """Return what was understood as conversations take it; `None` where there was no model."""
    if understood.intent is None:
        return None
    return Interpretation(
        intent=understood.intent.name,
        confidence=understood.intent.confidence,
        ranking=tuple((guess.name, guess.confidence) for guess in understood.ranking),
        language=understood.text_language,
        crisis=understood.crisis,
    )


def _language(text: str, recognised: str) -> str:
    """Return the language; a letter that French lacks tells it where no word is known."""
    is_bambara = recognised == "unknown" and not _BAMBARA_LETTERS.isdisjoint(text)
    return "bm" if is_bambara else recognised
