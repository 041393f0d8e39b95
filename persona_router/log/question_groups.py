"""Questions that mean the same, in whatever language and words they were asked."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from persona_router.log.questions import Question

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
ALIKE = 0.4
"""Mean cosine similarity of two groups from which they are one: of training examples in eight
languages nine of ten then stand with their like."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Questions of one meaning, the one nearest to all others first, then by how near they are."""

    questions: tuple[Question, ...]

    @property
    def languages(self) -> Mapping[str | None, int]:
        """How many were asked in each language, the most frequent first."""
        return dict(Counter(question.language for question in self.questions).most_common())


def groups(questions: Sequence[Question], encode: Encode) -> tuple[Group, ...]:
    """Return the questions in groups, the largest first, and the latest of equal ones.

    `encode` gives unit vectors, float32, shape (texts, dimensions). Groups are joined while their
    mean similarity is at least ALIKE (average linkage; Sokal and Michener, 1958).
    """
    if len(questions) < 2:
        return tuple(Group(questions=(question,)) for question in questions)
    vectors = encode([question.text for question in questions])
    similar = np.clip(vectors @ vectors.T, -1.0, 1.0)
    labels = AgglomerativeClustering(
        n_clusters=None, affinity="precomputed", linkage="average", distance_threshold=1 - ALIKE
    ).fit_predict(1 - similar)
    found = []
    for label in range(labels.max() + 1):
        members = np.flatnonzero(labels == label)
        nearness = similar[np.ix_(members, members)].mean(axis=1)
        order = members[np.argsort(-nearness, kind="stable")]
        found.append(Group(questions=tuple(questions[number] for number in order)))
    return tuple(sorted(found, key=lambda group: (-len(group.questions), -_latest(group))))


def _latest(group: Group) -> float:
    return max(question.at for question in group.questions)
