"""QuickLogisticRegressionClassifier: Rasa's own, with less work for a single message."""

import tempfile
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.utils.tensorflow.constants import RANKING_LENGTH

from persona_router.content.intent_fit import fit_softmax
from persona_router.rasa.model_files import restore
from persona_router.rasa.stages import stage

_FILE = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuickLogisticRegressionClassifier(LogisticRegressionClassifier):
    """Takes the place, the settings and the results of LogisticRegressionClassifier.

    Rasa joins the features message by message, and fits dense ones as if they were sparse;
    scikit-learn multiplies matrices where one row is asked for; and the library in which Rasa keeps
    the classifier takes seconds to load in training and at each start.
    """

    def train(self, training_data: TrainingData) -> Resource:
        """Return the resource with the fitted classifier, untouched without examples."""
        features, labels = self._create_training_matrix(training_data)
        names, numbers = np.unique(labels, return_inverse=True)
        if len(names) < 3 or self.config["solver"] != "lbfgs":
            return super().train(training_data)
        _, sparse = training_data.intent_examples[0].get_sparse_features(TEXT)
        width = sparse.features.shape[1] if sparse is not None else 0
        self.clf.classes_ = names
        self.clf.coef_, self.clf.intercept_ = fit_softmax(
            features[:, :width],
            features[:, width:].toarray(),
            numbers,
            max_iter=self.config["max_iter"],
            tol=self.config["tol"],
        )
        self._rows = np.ascontiguousarray(self.clf.coef_.T)
        self.persist()
        return self._resource

    def persist(self) -> None:
        """Keep the coefficients, as plain numbers and names."""
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                folder / _FILE,
                coefficients=self.clf.coef_,
                intercepts=self.clf.intercept_,
                intents=np.asarray(self.clf.classes_, dtype=str),
            )

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "QuickLogisticRegressionClassifier":
        """Return the trained component."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with tempfile.TemporaryDirectory() as scratch:
            folder = restore(model_storage, resource, Path(scratch))
            if folder is None:  # there were no intents to train with
                return component
            with np.load(folder / _FILE) as stored:
                component.clf.coef_ = stored["coefficients"]
                component.clf.intercept_ = stored["intercepts"]
                component.clf.classes_ = stored["intents"].astype(object)
        # One row a column of the features: a message has few of them.
        component._rows = np.ascontiguousarray(component.clf.coef_.T)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Return the messages with their intent and the ranking of all."""
        names = getattr(self.clf, "classes_", ())
        if len(names) < 3:  # with two, scikit-learn keeps one row of coefficients for both
            return super().process(messages)
        with stage("intent", messages):
            longest = self.config[RANKING_LENGTH]
            for message in messages:
                scores = self._scores(message)
                shares = np.exp(scores - scores.max())
                shares /= shares.sum()
                ranking = [
                    {INTENT_NAME_KEY: names[place], PREDICTED_CONFIDENCE_KEY: float(shares[place])}
                    for place in np.argsort(-shares, kind="stable")
                ]
                message.set(INTENT, ranking[0], add_to_output=True)
                if longest > 0:
                    ranking = ranking[:longest]
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _scores(self, message: Message) -> np.ndarray:
        _, sparse = message.get_sparse_features(TEXT)
        _, dense = message.get_dense_features(TEXT)
        scores, width = self.clf.intercept_, 0
        if sparse is not None:
            row = sparse.features.tocoo()
            scores, width = scores + row.data @ self._rows[row.col], row.shape[1]
        if dense is not None:
            scores = scores + np.ravel(dense.features) @ self._rows[width:]
        return scores

    def _create_X(self, messages: List[Message]) -> scipy.sparse.csr_matrix:
        """Return the sentence features, shape (messages, columns): sparse ones, then dense ones."""
        values, columns, ends, width = [np.empty(0)], [np.empty(0, dtype=int)], [0], 0
        for message in messages:
            _, sparse = message.get_sparse_features(TEXT)
            _, dense = message.get_dense_features(TEXT)
            width, count = 0, 0
            if sparse is not None:
                row = sparse.features.tocoo()
                values.append(row.data)
                columns.append(row.col)
                width, count = row.shape[1], len(row.data)
            if dense is not None:
                vector = np.ravel(dense.features)
                values.append(vector)
                columns.append(np.arange(width, width + len(vector)))
                width, count = width + len(vector), count + len(vector)
            ends.append(ends[-1] + count)
        stored = (np.concatenate(values), np.concatenate(columns), ends)
        return scipy.sparse.csr_matrix(stored, shape=(len(messages), width))
