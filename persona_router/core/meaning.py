"""What a sentence vector says by itself: linear classifiers over vectors, as plain arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Columns = NDArray[np.int32]

NONE = "none"
"""The label of a sentence that wishes and refuses nothing, or that could be anybody's."""
WISH, REFUSE = "wish_", "refuse_"
"""What labels of wishes and refusals begin with, as phrase lists do."""


@dataclass(frozen=True)
class Sentence:
    """One sentence as classifiers see it: its vector, and the columns of its letter sequences."""

    vector: Array
    columns: Columns


@dataclass(frozen=True)
class LinearClassifier:
    """Multinomial logistic regression over sentence vectors; `weights` has shape (labels, 512).

    `letters`, shape (columns, labels), weighs the letter sequences of a sentence, if it has any.
    """

    labels: tuple[str, ...]
    weights: Array
    bias: Array
    letters: Array | None = None

    def probabilities(self, vector: Array, columns: Columns | None = None) -> dict[str, float]:
        """Return the probability of each label for one vector; they sum to 1.

        `columns` are those of the sentence's letter sequences.
        """
        scores = self.weights @ vector + self.bias
        if self.letters is not None and columns is not None and len(columns):
            scores = scores + self.letters[columns].sum(axis=0) / np.sqrt(len(columns))
        shares = np.exp(scores - scores.max())  # keeps exp() from overflowing
        return dict(zip(self.labels, (shares / shares.sum()).tolist(), strict=True))


@dataclass(frozen=True)
class MeaningModel:
    """Persona by meaning, and whether a sentence wishes for a person or refuses something.

    `held_out` holds, for each labelled conversation that the model was fitted on, the classifier
    fitted without it, so that evaluating on those conversations is honest.
    """

    persona: LinearClassifier | None = None
    wish: LinearClassifier | None = None
    held_out: Mapping[str, LinearClassifier] | None = None

    def persona_probabilities(self, vector: Array, *, case: str | None = None) -> dict[str, float]:
        """Return each persona's probability by meaning, and that of `NONE`: anybody's.

        Empty when nothing was fitted. To the part that it could be anybody's, the text is as likely
        of each persona.
        """
        classifier = (self.held_out or {}).get(case or "", self.persona)
        if classifier is None:
            return {}
        shares = classifier.probabilities(vector)
        anybody = shares.pop(NONE, 0.0)
        told = {name: share + anybody / len(shares) for name, share in shares.items()}
        return {**told, NONE: anybody}

    def wishes(self, sentences: Sequence[Sentence]) -> dict[str, float]:
        """Return, by label, the highest probability over the sentences; empty if unfitted.

        `WISH` itself stands for a wish of any kind. Odds are divided by the number of sentences: a
        long story says no more often what it wishes for, but each sentence can be misunderstood.
        """
        found: dict[str, float] = {}
        if self.wish is None:
            return found
        for sentence in sentences:
            shares = self.wish.probabilities(sentence.vector, sentence.columns)
            shares[WISH] = sum(share for label, share in shares.items() if label.startswith(WISH))
            for label, share in shares.items():
                found[label] = max(found.get(label, 0.0), _among(len(sentences), share))
        found.pop(NONE, None)
        return found


def _among(number: int, share: float) -> float:
    return share / (share + number * (1.0 - share))
