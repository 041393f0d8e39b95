"""SentenceEncoder: a dense featurizer that gives a message its sentence vector, once."""

from typing import Any, Dict, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.encoder import DIMENSIONS, shared_encoder
from persona_router.rasa.conversation import concerns
from persona_router.rasa.features import SentenceFeature
from persona_router.rasa.stages import stage

VECTOR = "sentence_vector"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Gives every message the 512 numbers that intent, persona and search share."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: `scale`, by which the unit vectors are multiplied as features.

        Rasa's LogisticRegressionClassifier fixes its regularisation at C = 1, which is too strong
        for unit vectors; a scale of s works like C = s².
        """
        return {**DenseFeaturizer.get_default_config(), "scale": 3.2}

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._scale = float(config["scale"])

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoder":
        """Return the component; the encoder itself is loaded once in a process."""
        shared_encoder()
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Accept any settings: there are none to get wrong."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Return the messages, each with its vector as a feature and under `sentence_vector`."""
        with stage("vector", messages):
            for message, vector in zip(messages, self._featurize(messages)):
                message.set(VECTOR, vector)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data with every example featurized.

        Examples carry their vectors as features only: Rasa fingerprints all that stands in a
        message by printing it, which takes longer for 512 numbers than computing them.
        """
        self._featurize([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data

    def _featurize(self, messages: List[Message]) -> List[np.ndarray]:
        vectors = list(shared_encoder().encode([concerns(m) for m in messages]))
        for message, vector in zip(messages, vectors):
            scaled = np.asarray([vector]) * self._scale
            message.add_features(SentenceFeature(scaled, self._identifier))
        return vectors


def trained_vector(example: Message) -> np.ndarray:
    """Return the unit vector of a training example, encoding it if no featurizer has."""
    for feature in example.features:
        if feature.attribute == TEXT and np.shape(feature.features) == (1, DIMENSIONS):
            scaled = np.asarray(feature.features[0], dtype=float)
            return scaled / np.linalg.norm(scaled)
    return np.asarray(shared_encoder().encode([example.get(TEXT)])[0], dtype=float)
