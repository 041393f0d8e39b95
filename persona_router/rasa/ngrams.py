"""CharacterNgrams: a sparse featurizer of spelling, beside the sentence vector's meaning."""

import hashlib
import re
from typing import Any, Dict, List, Type

import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import HashingVectorizer

from persona_router.core.text import fold

_DIGIT = re.compile(r"\d")


def spelling(text: str) -> str:
    """Return `text` folded, every digit as 0: which number it is says nothing of the intent."""
    return _DIGIT.sub("0", fold(text))


class Spelling(Features):
    """The sparse feature of a message. Rasa fingerprints it by printing it number by number."""

    def fingerprint(self) -> str:
        """Return a hash of the columns: all values are alike."""
        return hashlib.md5(str(self.origin).encode() + self.features.col.tobytes()).hexdigest()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class CharacterNgrams(SparseFeaturizer, GraphComponent):
    """Gives every message its letter sequences, hashed: dialect words, endings and typos count."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Return the components that must stand before this one."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: `shortest` and `longest` sequence, hash `columns`, and `scale`.

        `scale` is the length of a message's feature vector, which weighs spelling against meaning.
        """
        return {
            **SparseFeaturizer.get_default_config(),
            "shortest": 2,
            "longest": 4,
            "columns": 8_192,
            "scale": 4.0,
        }

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._scale = float(config["scale"])
        self._vectorizer = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(config["shortest"], config["longest"]),
            n_features=config["columns"],
            alternate_sign=False,
            binary=True,
            preprocessor=spelling,
        )

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CharacterNgrams":
        """Return the component; hashing needs no training."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Raise ValueError for lengths that make no range."""
        if not 1 <= config["shortest"] <= config["longest"] <= 8:
            raise ValueError(
                f"CharacterNgrams: shortest {config['shortest']} and longest {config['longest']} "
                "make no range. Write 1 to 8, shortest first."
            )

    def process(self, messages: List[Message]) -> List[Message]:
        """Return the messages with their letter sequences as a sparse feature."""
        if messages:
            rows = self._vectorizer.transform([m.get(TEXT) or "" for m in messages]) * self._scale
            for message, row in zip(messages, rows):
                sparse = scipy.sparse.coo_matrix(row)
                feature = Spelling(sparse, FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
                message.add_features(feature)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data with every example featurized."""
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data
