"""The two doors of understanding give one answer."""

import asyncio
import random

import pytest

from nlu.rasa_client import RasaClient
from nlu.reader import InProcessReader, RasaReader

pytestmark = pytest.mark.rasa

AT_ONCE = 8
RANDOM_STRINGS = 500
ODD_PIECES = [
    "/", "//", "/restart", "\n", "\r\n", "\t", " ", "\u00a0", "\u200b", "\u200f", "\u202e",
    "\U0001f600", "\U0001f469\U0001f3fe\u200d\u2695\ufe0f", "\U0001f1f2\U0001f1f1", "\u2764\ufe0f",
    "١٣٢٥", "العنف", "ﷺ", "ﻻ", "مرحبا", "ߒߞߏ", "mari", "n cɛ", "viol", "1325", "30%",
    "www.un.org", "a@b.ml", "{", "}", "[x](y)", "\\", '"', "'", "’", "#", "&", "_",
    "__NUMBER__", "-", "…", "é", "e\u0301", "ŒUVRE", "İ", "ß", "\ufb01n", "½", "²", "\x00",
    "\x1f", "\ufeff", "救命", "\u212a", "\u01c5", "\u0149", "aaa", "O.N.G.",
    "2h", "1325e", "c'", "g",
]  # fmt: skip


def odd_texts():
    chance = random.Random(1325)
    texts = []
    for number in range(RANDOM_STRINGS):
        pieces = chance.choices(ODD_PIECES, k=chance.randint(1, 12))
        if number % 3 == 0:
            pieces += [chr(chance.randrange(0x20, 0xD800)) for _ in range(chance.randint(1, 20))]
        if number % 7 == 0:
            pieces *= 60
        chance.shuffle(pieces)
        texts.append(chance.choice(["", " "]).join(pieces))
    return texts


async def disagreements(texts, archive, lexicon, url):
    """The texts on which the doors differ in intent or by more than a millionth."""
    client = RasaClient(url)
    doors = InProcessReader(archive, lexicon), RasaReader(client, lexicon)
    turn = asyncio.Semaphore(AT_ONCE)

    async def differs(text):
        async with turn:
            ours, theirs = [await door.understand(text) for door in doors]
        assert ours.ranking
        by_name = {guess.name: guess.confidence for guess in theirs.ranking}
        return (
            ours.intent.name != theirs.intent.name
            or len(by_name) != len(ours.ranking)
            or any(abs(guess.confidence - by_name[guess.name]) > 1e-6 for guess in ours.ranking)
        )

    try:
        verdicts = await asyncio.gather(*(differs(text) for text in texts))
    finally:
        await client.aclose()
    return [text for text, differ in zip(texts, verdicts, strict=True) if differ]


async def test_both_doors_agree_on_every_training_sentence(sentences, archive, lexicon, rasa_url):
    texts = [row[0] for row in sentences]
    assert len(texts) > 1800
    assert await disagreements(texts, archive, lexicon, rasa_url) == []


async def test_both_doors_agree_on_random_strings(archive, lexicon, rasa_url):
    assert await disagreements(odd_texts(), archive, lexicon, rasa_url) == []


async def test_the_server_holds_the_committed_archive(archive, rasa_url):
    client = RasaClient(rasa_url)
    ranking = await client.understand("bonjour")
    await client.aclose()
    assert {guess.name for guess in ranking} == set(archive.labels)
