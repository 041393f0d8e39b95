"""QuickLogisticRegressionClassifier: Rasa's own, with less work for a single message."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Optional

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.exceptions import InvalidConfigException
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

from persona_router.content.intent_carry import (
    CarriedIntents,
    fit_carried,
    languages_with_few,
)
from persona_router.content.intent_fit import fit_softmax
from persona_router.content.languages import profile_detector
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.rasa.conversation import LANGUAGE
from persona_router.rasa.model_files import content_path, fingerprint, restore
from persona_router.rasa.stages import stage

_FILE = "intents.npz"
_CARRIED = "carried_"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuickLogisticRegressionClassifier(LogisticRegressionClassifier):
    """Takes the place, the settings and the results of LogisticRegressionClassifier.

    Only in a language with few examples or none it goes by meaning alone, where the original would
    take letters for those of other languages.

    Rasa joins the features message by message, and fits dense ones as if they were sparse;
    scikit-learn multiplies matrices where one row is asked for; and the library in which Rasa keeps
    the classifier takes seconds to load in training and at each start.
    """

    _few = frozenset()
    _carried: Optional[CarriedIntents] = None

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return Rasa's settings, `routing`, the policy file, and `few_examples`, a share.

        A language with less than that share of the examples of the commonest goes by meaning alone.
        With 0 the results are the original's in every language.
        """
        defaults = LogisticRegressionClassifier.get_default_config()
        return {**defaults, "routing": None, "few_examples": 0.2}

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Raise InvalidConfigException where `few_examples` is no number of examples."""
        super().validate_config(config)
        few = config["few_examples"]
        if not isinstance(few, (int, float)) or isinstance(few, bool) or not 0 <= few <= 1:
            raise InvalidConfigException(
                f"few_examples of QuickLogisticRegressionClassifier is {few!r}. "
                "Write a share of the examples, 0 to 1."
            )

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Return a hash of the policy file, whose languages decide what is kept."""
        return fingerprint([content_path(config, "routing", DEFAULT_POLICY)])

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
        if features.shape[1] > width:
            self._few = self._languages_with_few(training_data)
            dense = features[:, width:].toarray()
            self._carried = fit_carried(dense, numbers) if self._few else None
        self.persist()
        return self._resource

    def _languages_with_few(self, training_data: TrainingData) -> FrozenSet[str]:
        few = self.config["few_examples"]
        if not few:
            return frozenset()
        policy = read_policy(content_path(self.config, "routing", DEFAULT_POLICY))
        identify = profile_detector(policy.languages, policy.heard_languages)
        texts = [example.get(TEXT) or "" for example in training_data.intent_examples]
        return languages_with_few(texts, policy.languages, identify, few=few)

    def persist(self) -> None:
        """Keep the coefficients, as plain numbers and names."""
        carried = asdict(self._carried) if self._carried else {}
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                folder / _FILE,
                coefficients=self.clf.coef_,
                intercepts=self.clf.intercept_,
                intents=np.asarray(self.clf.classes_, dtype=str),
                few=np.asarray(sorted(self._few), dtype=str),
                **{_CARRIED + name: numbers for name, numbers in carried.items()},
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
                # Models that were trained before have none.
                component._few = (
                    frozenset(stored["few"].tolist()) if "few" in stored else frozenset()
                )
                names = [name for name in stored.files if name.startswith(_CARRIED)]
                if names:
                    carried = {name.removeprefix(_CARRIED): stored[name] for name in names}
                    component._carried = CarriedIntents(**carried)
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
                shares = self._shares(message)
                ranking = [
                    {INTENT_NAME_KEY: names[place], PREDICTED_CONFIDENCE_KEY: float(shares[place])}
                    for place in np.argsort(-shares, kind="stable")
                ]
                message.set(INTENT, ranking[0], add_to_output=True)
                if longest > 0:
                    ranking = ranking[:longest]
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _shares(self, message: Message) -> np.ndarray:
        _, dense = message.get_dense_features(TEXT)
        language = (message.get(LANGUAGE) or {}).get("code")
        if self._carried is not None and dense is not None and language in self._few:
            return self._carried.shares(np.ravel(dense.features))
        scores = self._scores(message)
        shares = np.exp(scores - scores.max())
        return shares / shares.sum()

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
