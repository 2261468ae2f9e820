"""Understanding in this process against a real Rasa server with the same model.

The model's answer is compared with the server's; a second pair asks through `Reader`, as the bot
does, with the lexicon and the language on both sides. The doors are asked in turn, sentence by
sentence, so that other jobs disturb both alike.
"""

import random
import time
from collections.abc import Awaitable

from benchmarks.lab import Lab, sentences
from benchmarks.report import Report, Row, ms, share
from nlu.archive import ModelArchive
from nlu.crisis_lexicon import CrisisLexicon
from nlu.rasa_client import RasaClient
from nlu.reader import InProcessReader, RasaReader, Reader, readable
from nlu.understanding import Guess, Understanding

SENTENCES = 400
LONG_WORDS = 25
_TARGET_RATIO = 10
_TARGET_LONG_SECONDS = 0.002
_WARM = 20

type _Pair = tuple[float, float]
"""Seconds of the archive and of the server for one text."""


async def run(lab: Lab) -> Report:
    """Measure both doors."""
    chance = random.Random(1325)
    texts = chance.sample(sentences(), SENTENCES)
    words = " ".join(texts).split()
    long_texts = [" ".join(chance.sample(words, LONG_WORDS)) for _ in range(SENTENCES)]
    url, _ = await lab.rasa()
    lexicon = CrisisLexicon.load()
    client = RasaClient(url)
    archive = ModelArchive.read()
    ours, theirs = InProcessReader(archive, lexicon), RasaReader(client, lexicon)
    models: list[_Pair] = []
    messages: list[_Pair] = []
    try:
        for text in (*texts[:_WARM], *texts):
            models.append(
                (await _wait(_answer(archive, text)), await _wait(client.understand(text)))
            )
            messages.append(
                (await _wait(ours.understand(text)), await _wait(theirs.understand(text)))
            )
    finally:
        await client.aclose()
    long_work = [await _work(ours, text) for text in long_texts]
    rows = [
        *(_row("the model's answer", models, percent) for percent in (50, 95)),
        *(_row("a whole message", messages, percent) for percent in (50, 95)),
    ]
    slow = share(long_work, 95)
    rows.append(
        Row(
            what=f"{LONG_WORDS} words in-process, p95 of processor time",
            ours=ms(slow),
            target=f"< {ms(_TARGET_LONG_SECONDS)}",
            met=slow < _TARGET_LONG_SECONDS,
        )
    )
    return Report("Understanding: in-process and a Rasa 3.6 server", rows)


def _row(what: str, pairs: list[_Pair], percent: int) -> Row:
    ours, theirs = (share([pair[side] for pair in pairs[_WARM:]], percent) for side in (0, 1))
    is_asked = what.startswith("the model") and percent == 50
    return Row(
        what=f"{what}, p{percent} (times faster)",
        ours=ms(ours),
        baseline=f"{ms(theirs)}, Rasa",
        ratio=theirs / ours,
        target=f"≥ {_TARGET_RATIO}" if is_asked else "",
        met=theirs / ours >= _TARGET_RATIO if is_asked else None,
    )


async def _answer(archive: ModelArchive, text: str) -> tuple[Guess, ...]:
    return archive.understand(readable(text))


async def _wait(answer: Awaitable[tuple[Guess, ...] | Understanding]) -> float:
    began = time.perf_counter()
    understood = await answer
    took = time.perf_counter() - began
    # A door that gives no answer is quick, and worth nothing.
    assert understood.ranking if isinstance(understood, Understanding) else understood
    return took


async def _work(door: Reader, text: str) -> float:
    """Return seconds of processor time: what others do meanwhile is not in them."""
    began = time.thread_time()
    await door.understand(text)
    return time.thread_time() - began
