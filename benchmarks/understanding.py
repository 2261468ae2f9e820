"""Understanding in this process against a real Rasa server with the same model.

Both are asked through `Reader`, as the bot asks: the lexicon and the language are in both times.
The doors are asked in turn, sentence by sentence, so that other jobs disturb both alike.
"""

import random
import time

from benchmarks.lab import Lab, sentences
from benchmarks.report import Report, Row, ms, share
from nlu.archive import ModelArchive
from nlu.crisis_lexicon import CrisisLexicon
from nlu.rasa_client import RasaClient
from nlu.reader import InProcessReader, RasaReader, Reader

SENTENCES = 400
LONG_WORDS = 25
_TARGET_RATIO = 10
_TARGET_LONG_SECONDS = 0.002


async def run(lab: Lab) -> Report:
    """Measure both doors."""
    chance = random.Random(1325)
    texts = chance.sample(sentences(), SENTENCES)
    words = " ".join(texts).split()
    long_texts = [" ".join(chance.sample(words, LONG_WORDS)) for _ in range(SENTENCES)]
    url, _ = await lab.rasa()
    lexicon = CrisisLexicon.load()
    client = RasaClient(url)
    ours, theirs = InProcessReader(ModelArchive.read(), lexicon), RasaReader(client, lexicon)
    try:
        for text in texts[:20]:
            await _wait(ours, text), await _wait(theirs, text)
        pairs = [(await _wait(ours, text), await _wait(theirs, text)) for text in texts]
    finally:
        await client.aclose()
    long_work = [await _work(ours, text) for text in long_texts]
    here, there = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    rows = [_row(here, there, percent) for percent in (50, 95)]
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


def _row(here: list[float], there: list[float], percent: int) -> Row:
    ours, theirs = share(here, percent), share(there, percent)
    is_asked = percent == 50
    return Row(
        what=f"one sentence, p{percent} (times faster)",
        ours=ms(ours),
        baseline=f"{ms(theirs)}, Rasa",
        ratio=theirs / ours,
        target=f"≥ {_TARGET_RATIO}" if is_asked else "",
        met=theirs / ours >= _TARGET_RATIO if is_asked else None,
    )


async def _wait(door: Reader, text: str) -> float:
    began = time.perf_counter()
    understood = await door.understand(text)
    took = time.perf_counter() - began
    # A door that gives no answer is quick, and worth nothing.
    assert understood.ranking
    return took


async def _work(door: Reader, text: str) -> float:
    """Return seconds of processor time: what others do meanwhile is not in them."""
    began = time.thread_time()
    await door.understand(text)
    return time.thread_time() - began
