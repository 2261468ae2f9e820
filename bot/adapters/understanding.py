"""Understanding from `nlu`, with the places that a sentence names; fulfils `Understanding`."""

from dataclasses import dataclass

from bot.conversation.ports import Interpretation
from nlu.crisis_lexicon import CrisisLexicon
from nlu.reader import Reader
from nlu.understanding import ModelUnavailableError
from referral_directory.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class NluUnderstanding:
    """Says what a text asks for.

    Attributes:
        reader: the model, in this process or on a Rasa server; `None` where it is missing.
        lexicon: the words that must never be missed; works without a model.
        gazetteer: the places.
    """

    reader: Reader | None
    lexicon: CrisisLexicon
    gazetteer: Gazetteer

    async def interpret(self, text: str) -> Interpretation:
        """Return what `text` asks for, and the place it names if it names just one.

        Raises:
            ModelUnavailableError: there is no model to ask; the lexicon still works.
        """
        if self.reader is None:
            raise ModelUnavailableError("missing")
        understood = await self.reader.understand(text)
        if understood.intent is None:
            raise ModelUnavailableError("no answer")
        named = self.gazetteer.find_in(text).found
        return Interpretation(
            intent=understood.intent.name,
            confidence=understood.intent.confidence,
            ranking=tuple((guess.name, guess.confidence) for guess in understood.ranking),
            language=understood.text_language,
            crisis=understood.crisis,
            slots=(("place", named.slug), ("place_said", "yes")) if named is not None else (),
        )

    def crisis(self, text: str) -> str | None:
        """Return what the lexicon sees, with no model and no waiting."""
        return self.lexicon.match(text)
