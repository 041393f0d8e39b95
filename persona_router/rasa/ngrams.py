"""CharacterNgrams: a sparse featurizer of spelling, beside the sentence vector's meaning."""

from typing import Any, Dict, List

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.rasa.conversation import concerns
from persona_router.rasa.features import LetterFeature
from persona_router.spelling import COLUMNS, LONGEST, SHORTEST, letter_columns

_USUAL = {"shortest": SHORTEST, "longest": LONGEST, "columns": COLUMNS}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class CharacterNgrams(SparseFeaturizer, GraphComponent):
    """Gives every message its letter sequences, hashed: dialect words, endings and typos count."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: `shortest` and `longest` sequence, hash `columns`, and `scale`.

        `scale` is the length of a message's feature vector, which weighs spelling against meaning.
        """
        return {
            **SparseFeaturizer.get_default_config(),
            **_USUAL,
            "scale": 4.0,
        }

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._scale = float(config["scale"])
        self._settings = {name: int(config[name]) for name in _USUAL}
        self._usual = self._settings == _USUAL

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
        for message in messages:
            columns = letter_columns(concerns(message), **self._settings)
            values = np.full(len(columns), self._scale / max(1, len(columns)) ** 0.5)
            entries = (values, (np.zeros_like(columns), columns))
            row = scipy.sparse.coo_matrix(entries, shape=(1, self._settings["columns"]))
            message.add_features(LetterFeature(row, self._identifier, usual=self._usual))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data with every example featurized."""
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data


def trained_columns(example: Message) -> np.ndarray:
    """Return the columns of a training example's letters, hashed anew unless done as usual."""
    for feature in example.features:
        if isinstance(feature, LetterFeature) and feature.usual:
            return np.asarray(feature.features.col)
    return letter_columns(example.get(TEXT))
