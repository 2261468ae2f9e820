"""Reads Rasa's model archive in-process, with numpy alone: the same answer without the server.

The archive is Rasa's own: `metadata.json` names the components and their options, each component
has a folder. Three kinds are known here: the skeleton tokenizer, Rasa's `CountVectorsFeaturizer`
(a vocabulary in JSON) and the block classifier (arrays). Anything else is refused at loading, so
that the two doors can never drift apart unseen.
"""

import json
import math
import tarfile
from collections import Counter
from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class _Block:
    """One featurizer: which n-grams it takes, from which spelling, and where they stand."""

    analyzer: str
    shortest: int
    longest: int
    from_skeletons: bool
    weight: float
    first: int
    places: dict[str, int]

    def counts(self, light: list[str], folded: list[str]) -> Counter[int]:
        text = " ".join(folded if self.from_skeletons else light).lower()
        grams = _word_grams if self.analyzer == "word" else _letter_grams
        places = self.places
        return Counter(
            places[gram] for gram in grams(text, self.shortest, self.longest) if gram in places
        )


class ModelArchive:
    """The trained model: texts in, rankings of all intents out. Holds no text."""

    def __init__(
        self, blocks: list[_Block], classifier: "_Classifier", fingerprint: str | None
    ) -> None:
        self._blocks = blocks
        self._classifier = classifier
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
            first += len(block.places)
        if first != len(classifier.coefficients):
            raise ArchiveError(f"{first} n-grams but {len(classifier.coefficients)} weights")
        return cls(blocks, classifier, metadata.get("project_fingerprint"))

    def understand(self, text: str) -> tuple[Guess, ...]:
        """Rank all intents for `text`, best first. Any text gives an answer."""
        light, folded = tokens(text)
        places: list[int] = []
        values: list[float] = []
        for block in self._blocks:
            found = block.counts(light, folded)
            if not found:
                continue
            own = [place + block.first for place in found]
            damped = [1.0 + math.log(count) for count in found.values()]
            weighted = np.array(damped) * self._classifier.rarity[own]
            length = math.sqrt(float(weighted @ weighted))
            places.extend(own)
            values.extend((weighted * (block.weight / length)).tolist())
        return self._classifier.rank(places, values)


@dataclass(frozen=True, slots=True)
class _Classifier:
    labels: tuple[str, ...]
    blocks: dict[str, float]
    sharpness: float
    coefficients: NDArray[np.float16]
    intercepts: NDArray[np.float64]
    rarity: NDArray[np.float64]

    @classmethod
    def read(cls, files: dict[str, bytes], node: dict[str, Any]) -> Self:
        folder = f"components/{node['resource']['name']}"
        settings = json.loads(files[f"{folder}/classifier.json"])
        return cls(
            labels=tuple(settings["labels"]),
            blocks=settings["blocks"],
            sharpness=settings["sharpness"],
            coefficients=_array(files[f"{folder}/coefficients.npy"]),
            intercepts=_array(files[f"{folder}/intercepts.npy"]),
            rarity=_array(files[f"{folder}/rarity.npy"]).astype(np.float64),
        )

    def rank(self, places: list[int], values: list[float]) -> tuple[Guess, ...]:
        scores = np.array(values) @ self.coefficients[places].astype(np.float64)
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
    return _Block(
        analyzer=options.get("analyzer", "word"),
        shortest=options.get("min_ngram", 1),
        longest=options.get("max_ngram", 1),
        from_skeletons=options.get("use_lemma", True),
        weight=weight,
        first=first,
        places=json.loads(files[f"{folder}/vocabularies.json"])["text"],
    )


def _word_grams(text: str, shortest: int, longest: int) -> Iterator[str]:
    found = text.split()
    for size in range(shortest, longest + 1):
        for start in range(len(found) - size + 1):
            yield " ".join(found[start : start + size])


def _letter_grams(text: str, shortest: int, longest: int) -> Iterator[str]:
    """N-grams inside words with a space at either end; a word shorter than n counts once, whole."""
    for bare in text.split():
        word = f" {bare} "
        for size in range(shortest, longest + 1):
            yield word[:size]
            if len(word) <= size:
                break
            for start in range(1, len(word) - size + 1):
                yield word[start : start + size]
