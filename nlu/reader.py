"""The front of understanding: one message in, one `Understanding` out, whatever the text holds.

Two doors lead to the same model: `InProcessReader` reads the archive, `RasaReader` asks a server.
Everything that could make them differ (leading slashes, length, texts without letters) is settled
here, before either is asked. The crisis lexicon works with the model gone.
"""

import re
from abc import ABC, abstractmethod
from typing import override

from nlu.archive import ModelArchive
from nlu.crisis_lexicon import CrisisLexicon
from nlu.language import language_of
from nlu.normalise import Reading, has_letters
from nlu.rasa_client import RasaClient
from nlu.understanding import OUT_OF_SCOPE, Guess, ModelUnavailableError, Understanding

READ_CHARACTERS = 500
# Below every threshold: nobody acts on what was not said.
_NOTHING_READ = Guess(OUT_OF_SCOPE, 0.05)
# Rasa takes a leading slash for a command and answers without its model.
_LEADING = re.compile(r"^[\s/]+")


def readable(text: str) -> str:
    """The part of a message that is understood: no leading slash, the first 500 characters."""
    return _LEADING.sub("", text[:READ_CHARACTERS])


class Reader(ABC):
    """Understands messages: the lexicon joined with a model behind one of two doors."""

    def __init__(self, lexicon: CrisisLexicon) -> None:
        self._lexicon = lexicon

    async def understand(self, text: str) -> Understanding:
        """Say what `text` asks for. Never raises: without its model the lexicon still answers."""
        cleaned = readable(text)
        if not has_letters(cleaned):
            return Understanding("unknown", _NOTHING_READ, (_NOTHING_READ,), None)
        reading = Reading.of(cleaned)
        crisis = self._lexicon.match_folded(reading.normal)
        language = language_of(reading.normal)
        try:
            ranking = await self._rank(reading)
        except ModelUnavailableError:
            return Understanding(language, None, (), crisis)
        return Understanding(language, ranking[0], ranking, crisis)

    @abstractmethod
    async def _rank(self, reading: Reading) -> tuple[Guess, ...]:
        """Rank all intents for a text that holds a letter and begins with no slash."""


class InProcessReader(Reader):
    """Reads Rasa's archive in this process: the default."""

    def __init__(self, archive: ModelArchive, lexicon: CrisisLexicon) -> None:
        super().__init__(lexicon)
        self._archive = archive

    @override
    async def _rank(self, reading: Reading) -> tuple[Guess, ...]:
        return self._archive.rank(reading.light, reading.skeletons)


class RasaReader(Reader):
    """Asks a Rasa server that has loaded the same archive."""

    def __init__(self, client: RasaClient, lexicon: CrisisLexicon) -> None:
        super().__init__(lexicon)
        self._client = client

    @override
    async def _rank(self, reading: Reading) -> tuple[Guess, ...]:
        return await self._client.understand(reading.text)
