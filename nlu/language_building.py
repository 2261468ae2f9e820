"""Makes the word weights of `language.py` from two heaps of text.

    python -m nlu.language_building bam.txt fra.txt

Each file holds one sentence per line. The texts themselves are not part of the project; the head of
the written list names those that the committed one was made from, and their licences.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from nlu.language import WEIGHTS_FILE
from nlu.normalise import normalise

_HEAD = """\
# How much a word (as its skeleton) speaks for Bambara (above 0) or French (below 0): log-odds x 10.
# Counted in: Bayelemabaga (Bambara and French, RobotsMali and INALCO, CC BY-SA 4.0), NLLB-Seed
# Bambara (CC BY-SA 4.0), the Universal Declaration of Human Rights in both languages (OHCHR), and
# this project's own training sentences. This list is under CC BY-SA 4.0 like its sources.
"""
_SMOOTHING = 0.5
_LIMIT = 6.0


def weights(bambara: Iterable[str], french: Iterable[str], least: int = 5) -> dict[str, float]:
    """Log-odds of each skeleton seen at least `least` times, clipped to ±6."""
    seen_bm = Counter(word for line in bambara for word in normalise(line).split())
    seen_fr = Counter(word for line in french for word in normalise(line).split())
    kinds = len(seen_bm.keys() | seen_fr.keys())
    all_bm = seen_bm.total() + _SMOOTHING * kinds
    all_fr = seen_fr.total() + _SMOOTHING * kinds
    result = {}
    for word in seen_bm.keys() | seen_fr.keys():
        if seen_bm[word] + seen_fr[word] < least or word.isdecimal():
            continue
        odds = math.log((seen_bm[word] + _SMOOTHING) / all_bm)
        odds -= math.log((seen_fr[word] + _SMOOTHING) / all_fr)
        if abs(odds) >= 0.5:  # noqa: PLR2004 - closer to nought a word decides nothing
            result[word] = max(-_LIMIT, min(_LIMIT, odds))
    return result


def main(arguments: list[str]) -> None:
    """Read the two files named and write the list."""
    bambara, french = (Path(name).read_text(encoding="utf-8").splitlines() for name in arguments)
    found = weights(bambara, french)
    lines = [f"{word}\t{round(found[word] * 10)}" for word in sorted(found)]
    WEIGHTS_FILE.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
