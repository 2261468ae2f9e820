"""The tokenizer that lets Rasa read what the bot reads: light words and their skeletons."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from nlu.normalise import tokens


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SkeletonTokenizer(Tokenizer):
    """Tokens whose text is the light word and whose lemma is its skeleton.

    A featurizer chooses between the two with its own option `use_lemma`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options every tokenizer of Rasa has; this one has no more."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one attribute, with offsets into the folded text."""
        light, skeletons = tokens(message.get(attribute))
        result, start = [], 0
        for word, skeleton in zip(light, skeletons, strict=True):
            result.append(Token(word, start, lemma=skeleton))
            start += len(word) + 1
        return result
