"""Fits the classifier of wishes and refusals over sentence vectors and letter sequences."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse

from persona_router.content.intent_fit import fit_softmax
from persona_router.core.meaning import LinearClassifier, Sentence
from persona_router.spelling import COLUMNS

_LEAST = 5
# Inverse regularisation of vectors and letters as lengths of their features: those at which the
# intent classifier measures best, and this one as well.
_VECTOR, _LETTERS = 3.2, 4.0
_MAX_ITER = 40


def fit_wishes(sentences: Sequence[Sentence], labels: Sequence[str]) -> LinearClassifier | None:
    """Return the classifier of sentences by label; None with under two labels of five examples.

    Labels keep their shares: most sentences wish nothing, and a false alarm costs a conversation.
    """
    counts = {label: labels.count(label) for label in set(labels)}
    if len(counts) < 2 or min(counts.values()) < _LEAST:
        return None
    names, numbers = np.unique(labels, return_inverse=True)
    ends = np.cumsum([0, *(len(s.columns) for s in sentences)])
    values = np.repeat([_LETTERS / max(1, len(s.columns)) ** 0.5 for s in sentences], np.diff(ends))
    columns = np.concatenate([s.columns for s in sentences])
    letters = scipy.sparse.csr_matrix((values, columns, ends), shape=(len(sentences), COLUMNS))
    vectors = np.asarray([s.vector for s in sentences]) * _VECTOR
    weights, bias = fit_softmax(
        letters, vectors, numbers, max_iter=_MAX_ITER, tol=1e-4, balanced=False
    )
    return LinearClassifier(
        tuple(str(name) for name in names),
        weights[:, COLUMNS:] * _VECTOR,
        bias,
        np.ascontiguousarray(weights[:, :COLUMNS].T) * _LETTERS,
    )
