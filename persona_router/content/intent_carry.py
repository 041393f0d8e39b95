"""Intents in a language that has few examples or none: told from those of the other languages."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from persona_router.content.intent_fit import fit_softmax
from persona_router.core.language import LanguageGuess

Numbers = NDArray[np.float64]
Vectors = NDArray[np.float32]

_NEIGHBOURS = 11
_NEAREST = 1e-3
"""Distance below which an example counts as the same sentence."""
_SCALE = 2.0
"""What unit vectors are multiplied by before fitting: twice their length works like C = 4."""
_ITERATIONS = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class CarriedIntents:
    """Knows the intents by meaning alone: letters mislead where another language was learned.

    `vectors`, shape (examples, dimensions), are the unit vectors of the examples in all languages
    and `labels` the numbers of their intents; `coefficients`, shape (intents, dimensions), and
    `intercepts` were fitted on them.
    """

    vectors: Vectors
    labels: NDArray[np.int64]
    coefficients: Numbers
    intercepts: Numbers

    def shares(self, vector: Numbers) -> Numbers:
        """Return the probability of each intent, shape (intents,), for a sentence vector.

        It is the mean of what softmax regression and the nearest examples say: neighbours find the
        intents that no straight line parts, and are often of another language.
        """
        unit = _units(vector[None])[0]
        scores = self.coefficients @ unit * _SCALE + self.intercepts
        fitted = np.exp(scores - scores.max())
        distances = 1.0 - self.vectors @ unit.astype(np.float32)
        count = min(_NEIGHBOURS, len(distances))
        nearest = np.argpartition(distances, count - 1)[:count]
        near = np.bincount(
            self.labels[nearest],
            weights=1.0 / np.maximum(distances[nearest], _NEAREST),
            minlength=len(scores),
        )
        return np.asarray((fitted / fitted.sum() + near / near.sum()) / 2)


def fit_carried(vectors: Numbers, labels: NDArray[np.int64]) -> CarriedIntents:
    """Return what is carried over from examples: `vectors` has a row for each of `labels`."""
    units = _units(vectors)
    no_letters = scipy.sparse.csr_matrix((len(units), 0))
    coefficients, intercepts = fit_softmax(
        no_letters, units * _SCALE, labels, max_iter=_ITERATIONS, tol=1e-4, balanced=False
    )
    return CarriedIntents(
        vectors=units.astype(np.float32),
        labels=labels,
        coefficients=coefficients,
        intercepts=intercepts,
    )


def languages_with_few(
    texts: Iterable[str],
    languages: Sequence[str],
    identify: Callable[[str], LanguageGuess],
    *,
    few: float,
) -> frozenset[str]:
    """Return those of `languages` that have less than the share `few` of the commonest's `texts`.

    Which language a text is in `identify` tells.
    """
    counts = Counter(identify(text).code for text in texts)
    most = max((counts[language] for language in languages), default=0)
    return frozenset(language for language in languages if counts[language] < few * most)


def _units(vectors: Numbers) -> Numbers:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
