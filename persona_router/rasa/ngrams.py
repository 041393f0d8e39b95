"""CharacterNgrams: a sparse featurizer of spelling, beside the sentence vector's meaning."""

import hashlib
from typing import Any, Dict, List

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.rasa.conversation import concerns
from persona_router.spelling import COLUMNS, LONGEST, SHORTEST, letter_columns


class Spelling(Features):
    """The sparse feature of a message. Rasa fingerprints it by printing it number by number."""

    def fingerprint(self) -> str:
        """Return a hash of the columns: all values are alike."""
        return hashlib.md5(str(self.origin).encode() + self.features.col.tobytes()).hexdigest()


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
            "shortest": SHORTEST,
            "longest": LONGEST,
            "columns": COLUMNS,
            "scale": 4.0,
        }

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._scale = float(config["scale"])
        self._settings = {name: int(config[name]) for name in ("shortest", "longest", "columns")}

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
            message.add_features(Spelling(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data with every example featurized."""
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data
