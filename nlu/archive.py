"""Reads Rasa's model archive in-process, with numpy alone: the same answer without the server.

The archive is Rasa's own: `metadata.json` names the components and their options, each component
has a folder. Three kinds are known here: the skeleton tokenizer, Rasa's `CountVectorsFeaturizer`
(a vocabulary in JSON) and the block classifier (arrays). Anything else is refused at loading, so
that the two doors can never drift apart unseen.
"""

import json
import math
import tarfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nlu.normalise import tokens
from nlu.understanding import Guess

DEFAULT_PATH = Path(__file__).parent / "model" / "jigi.tar.gz"

_TOKENIZER = "SkeletonTokenizer"
_FEATURIZER = "CountVectorsFeaturizer"
_CLASSIFIER = "BlockClassifier"
# What Rasa puts around every pipeline and what changes no intent.
_BYSTANDERS = frozenset({"NLUMessageConverter", "RegexMessageHandler"})
_FEATURIZER_OPTIONS = {"alias", "analyzer", "min_ngram", "max_ngram", "use_lemma", "min_df"}


class ArchiveError(Exception):
    """The archive is not one that this reader answers for exactly as Rasa would.

    Attributes:
        reason: what was found.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The model archive cannot be read in-process: {reason}")
        self.reason = reason


class _Block:
    """One featurizer: which n-grams it takes, from which spelling, and where they stand.

    The n-grams themselves are not kept: their hashes are, in order, which takes a tenth of the
    memory. Two of some hundred thousand share one once in a billion models.
    """

    def __init__(
        self, options: dict[str, Any], weight: float, first: int, places: dict[str, int]
    ) -> None:
        self.weight = weight
        self.size = len(places)
        self._is_of_skeletons = bool(options.get("use_lemma", True))
        self._is_of_letters = options.get("analyzer", "word") == "char_wb"
        self._sizes = options.get("min_ngram", 1), options.get("max_ngram", 1)
        hashes = _hashes(places)
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._places = np.fromiter(places.values(), np.int32, len(places))[order] + first

    def found(self, light: list[str], folded: list[str]) -> NDArray[np.int32]:
        """The place of every n-gram of a text, as often as it stands there."""
        spelled = [word.lower() for word in (folded if self._is_of_skeletons else light)]
        if self._is_of_letters:
            grams = [gram for word in spelled for gram in _letter_grams(f" {word} ", *self._sizes)]
        else:
            grams = list(_word_grams(spelled, *self._sizes))
        hashes = _hashes(grams)
        at = np.minimum(self._hashes.searchsorted(hashes), self.size - 1)
        known: NDArray[np.int32] = self._places[at[self._hashes[at] == hashes]]
        return known


def _hashes(grams: Collection[str]) -> NDArray[np.int64]:
    # Of the bytes, not of the strings: Python hashes « 湩 » and « in » alike, since both lie in
    # memory as the same two bytes.
    written = (gram.encode("utf-8", "surrogatepass") for gram in grams)
    return np.fromiter(map(hash, written), np.int64, len(grams))


class ModelArchive:
    """The trained model: texts in, rankings of all intents out. Holds no text."""

    def __init__(
        self, blocks: list[_Block], classifier: "_Classifier", fingerprint: str | None
    ) -> None:
        self._blocks = blocks
        self._classifier = classifier
        self._ends = np.cumsum([block.size for block in blocks])
        self.fingerprint = fingerprint
        self.labels = classifier.labels

    @classmethod
    def read(cls, path: Path = DEFAULT_PATH) -> Self:
        """Load the archive at `path`.

        Raises:
            ArchiveError: a component or option stands in it that this reader does not know.
        """
        files = _unpack(path)
        metadata = json.loads(files["metadata.json"])
        nodes = _nodes_by_class(metadata["predict_schema"]["nodes"])
        classifier = _Classifier.read(files, nodes[_CLASSIFIER][0])
        blocks = []
        first = 0
        by_alias = {node["config"]["alias"]: node for node in nodes[_FEATURIZER]}
        for alias, weight in classifier.blocks.items():
            block = _read_block(files, by_alias[alias], weight, first)
            blocks.append(block)
            first += block.size
        if first != len(classifier.coefficients):
            raise ArchiveError(f"{first} n-grams but {len(classifier.coefficients)} weights")
        return cls(blocks, classifier, metadata.get("project_fingerprint"))

    def understand(self, text: str) -> tuple[Guess, ...]:
        """Rank all intents for `text`, best first. Any text gives an answer."""
        return self.rank(*tokens(text))

    def rank(self, light: list[str], skeletons: list[str]) -> tuple[Guess, ...]:
        """Rank all intents for a text that `tokens` has taken apart."""
        found = [block.found(light, skeletons) for block in self._blocks]
        places, counts = np.unique(np.concatenate(found), return_counts=True)
        values = (1.0 + np.log(counts)) * self._classifier.rarity[places]
        start = 0
        for block, end in zip(self._blocks, places.searchsorted(self._ends), strict=True):
            own = values[start:end]
            # A view: bringing it to length changes `values` itself.
            own *= block.weight / (math.sqrt(float(own @ own)) or 1.0)
            start = end
        return self._classifier.rank(places, values)


@dataclass(frozen=True, slots=True)
class _Classifier:
    labels: tuple[str, ...]
    blocks: dict[str, float]
    sharpness: float
    coefficients: NDArray[np.float16]
    intercepts: NDArray[np.float64]
    rarity: NDArray[np.float32]

    @classmethod
    def read(cls, files: dict[str, bytes], node: dict[str, Any]) -> Self:
        folder = f"components/{node['resource']['name']}"
        settings = json.loads(files[f"{folder}/classifier.json"])
        return cls(
            labels=tuple(settings["labels"]),
            blocks=settings["blocks"],
            sharpness=settings["sharpness"],
            # Kept in half precision, as stored: only a message's own rows are ever widened.
            coefficients=_array(files[f"{folder}/coefficients.npy"]),
            intercepts=_array(files[f"{folder}/intercepts.npy"]),
            rarity=_array(files[f"{folder}/rarity.npy"]),
        )

    def rank(self, places: NDArray[np.int32], values: NDArray[np.float64]) -> tuple[Guess, ...]:
        scores = values @ self.coefficients[places].astype(np.float64)
        scores = (scores + self.intercepts) * self.sharpness
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        return tuple(Guess(self.labels[place], float(shares[place])) for place in order)


def _unpack(path: Path) -> dict[str, bytes]:
    files = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                files[member.name.removeprefix("./").lstrip("/")] = content.read()
    return files


def _array(content: bytes) -> NDArray[Any]:
    array: NDArray[Any] = np.load(BytesIO(content), allow_pickle=False)
    return array


def _nodes_by_class(nodes: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    known: dict[str, list[dict[str, Any]]] = {_TOKENIZER: [], _FEATURIZER: [], _CLASSIFIER: []}
    for node in nodes.values():
        kind = node["uses"].rsplit(".", 1)[-1]
        if kind in known:
            known[kind].append(node)
        elif kind not in _BYSTANDERS:
            raise ArchiveError(f"unknown component {kind}")
    if len(known[_TOKENIZER]) != 1 or len(known[_CLASSIFIER]) != 1:
        raise ArchiveError("one skeleton tokenizer and one block classifier are needed")
    return known


def _read_block(files: dict[str, bytes], node: dict[str, Any], weight: float, first: int) -> _Block:
    options = node["config"]
    unknown = set(options) - _FEATURIZER_OPTIONS
    if unknown or options.get("analyzer", "word") not in ("word", "char_wb"):
        raise ArchiveError(f"featurizer options {sorted(unknown) or options['analyzer']}")
    folder = f"components/{node['resource']['name']}"
    places = json.loads(files[f"{folder}/vocabularies.json"])["text"]
    return _Block(options, weight, first, places)


def _word_grams(found: list[str], shortest: int, longest: int) -> Iterator[str]:
    for size in range(shortest, longest + 1):
        for start in range(len(found) - size + 1):
            yield " ".join(found[start : start + size])


def _letter_grams(padded: str, shortest: int, longest: int) -> Iterator[str]:
    """N-grams of a word with a space at either end; one shorter than n counts once, whole."""
    for size in range(shortest, longest + 1):
        yield padded[:size]
        if len(padded) <= size:
            break
        for start in range(1, len(padded) - size + 1):
            yield padded[start : start + size]
