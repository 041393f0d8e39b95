"""What a sentence vector says by itself: linear classifiers over vectors, as plain arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LinearClassifier:
    """Multinomial logistic regression over sentence vectors; `weights` has shape (labels, 512)."""

    labels: tuple[str, ...]
    weights: Array
    bias: Array

    def probabilities(self, vector: Array) -> dict[str, float]:
        """Return the probability of each label for one vector; they sum to 1."""
        scores = self.weights @ vector + self.bias
        shares = np.exp(scores - scores.max())  # keeps exp() from overflowing
        return dict(zip(self.labels, (shares / shares.sum()).tolist(), strict=True))


@dataclass(frozen=True)
class MeaningModel:
    """Persona by meaning, and whether a sentence wishes for a person.

    `held_out` holds, for each labelled conversation that the model was fitted on, the classifier
    fitted without it, so that evaluating on those conversations is honest.
    """

    persona: LinearClassifier | None = None
    wish: LinearClassifier | None = None
    held_out: Mapping[str, LinearClassifier] | None = None

    def persona_probabilities(self, vector: Array, *, case: str | None = None) -> dict[str, float]:
        """Return each persona's probability by meaning; empty when nothing was fitted."""
        classifier = (self.held_out or {}).get(case or "", self.persona)
        return classifier.probabilities(vector) if classifier is not None else {}

    def person_wish(self, vectors: Sequence[Array]) -> float:
        """Return the highest probability, over sentences, of a wish for a person; 0 if unfitted."""
        if self.wish is None:
            return 0.0
        return max((self.wish.probabilities(v).get("wish", 0.0) for v in vectors), default=0.0)
