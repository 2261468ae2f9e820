"""A linear model over weighted blocks of n-grams.

Rasa's `LogisticRegressionClassifier` takes raw counts and a fixed strength of regularisation.
Here each featurizer's counts are a block: damped (1 + log), weighted by rarity, brought to length
one and multiplied by the block's weight. One margin per intent is learned over them (a linear
support vector machine), and the margins become confidences that add up to one. Measured in
docs/understanding.md.
What is stored are plain arrays, so that a reader needs numpy alone.
"""

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, diags, hstack, vstack
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

SETTINGS = "classifier.json"
ARRAYS = ("coefficients", "intercepts", "rarity")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class BlockClassifier(LogisticRegressionClassifier):
    """One linear model per intent over the blocks named in `blocks` (featurizer alias: weight)."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Options: `blocks`, `strength` (the C of the margins), `balanced`, `sharpness`.

        `sharpness` multiplies the margins before they become confidences (calibration); the
        order of the intents does not depend on it.
        """
        return {
            **LogisticRegressionClassifier.get_default_config(),
            "blocks": {},
            "strength": 1.0,
            "balanced": True,
            "sharpness": 4.0,
            "max_iter": 2000,
            "tol": 1e-4,
            "ranking_length": 0,
        }

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        super().__init__(config, name, model_storage, resource)
        self.labels: list[str] = []
        self.widths: list[int] = []
        self.arrays: dict[str, np.ndarray] = {}

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has a text and an intent, and store the arrays."""
        examples = [
            example
            for example in training_data.intent_examples
            if example.get(INTENT) and example.get(TEXT)
        ]
        counts = [self._counts(example) for example in examples]
        blocks = [vstack(column).tocsr() for column in zip(*counts, strict=True)]
        self.widths = [block.shape[1] for block in blocks]
        rarity = np.concatenate([_rarity(block) for block in blocks]).astype(np.float32)
        features = _weighted(blocks, list(self.config["blocks"].values()), rarity)
        model = LinearSVC(
            C=self.config["strength"],
            class_weight="balanced" if self.config["balanced"] else None,
            max_iter=self.config["max_iter"],
            tol=self.config["tol"],
            random_state=self.config["random_state"],
        )
        model.fit(features, [example.get(INTENT) for example in examples])
        self.labels = [str(label) for label in model.classes_]
        self.arrays = {
            # Half precision moves confidences by less than a hundredth and halves the archive.
            "coefficients": np.ascontiguousarray(model.coef_.T).astype(np.float16),
            "intercepts": model.intercept_.astype(np.float64),
            "rarity": rarity,
        }
        self.persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of all intents, best first."""
        for message in messages:
            blocks = self._counts(message)
            rarity = self.arrays["rarity"]
            features = _weighted(blocks, list(self.config["blocks"].values()), rarity)
            scores = features.data @ self.arrays["coefficients"][features.indices].astype(
                np.float64
            )
            scores = (scores + self.arrays["intercepts"]) * self.config["sharpness"]
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            order = np.argsort(-shares, kind="stable")
            ranking = [
                {"name": self.labels[place], "confidence": float(shares[place])} for place in order
            ]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data as they are: no component comes after this one."""
        return training_data

    def persist(self) -> None:
        """Write labels, options and arrays into the model."""
        with self._model_storage.write_to(self._resource) as folder:
            settings = {
                "labels": self.labels,
                "blocks": self.config["blocks"],
                "widths": self.widths,
                "sharpness": self.config["sharpness"],
            }
            (folder / SETTINGS).write_text(json.dumps(settings, indent=1), encoding="utf-8")
            for name in ARRAYS:
                np.save(folder / f"{name}.npy", self.arrays[name], allow_pickle=False)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "BlockClassifier":
        """Read what `persist` wrote."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            component.labels = settings["labels"]
            component.widths = settings["widths"]
            component.arrays = {
                name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in ARRAYS
            }
        return component

    def _counts(self, message: Message) -> list[csr_matrix]:
        """The counts of each block, in the order of the configuration."""
        found = {
            feature.origin: csr_matrix(feature.features)
            for feature in message.features
            if feature.attribute == TEXT and feature.type == FEATURE_TYPE_SENTENCE
        }
        return [found[alias] for alias in self.config["blocks"]]


def _rarity(counts: csr_matrix) -> np.ndarray:
    """log((1 + sentences) / (1 + sentences with the n-gram)) + 1, for every n-gram."""
    holders = np.asarray((counts > 0).sum(axis=0)).ravel()
    return np.log((1 + counts.shape[0]) / (1 + holders)) + 1


def _weighted(blocks: list[csr_matrix], weights: list[float], rarity: np.ndarray) -> csr_matrix:
    """Damp, weight by rarity, bring each block to length one, and set the blocks side by side."""
    result, start = [], 0
    for block, weight in zip(blocks, weights, strict=True):
        damped = block.astype(np.float64)
        damped.data = 1 + np.log(damped.data)
        own = rarity[start : start + block.shape[1]].astype(np.float64)
        result.append(normalize(damped @ diags(own)) * weight)
        start += block.shape[1]
    return hstack(result).tocsr()
