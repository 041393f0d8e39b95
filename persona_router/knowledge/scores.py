"""How likely each passage answers: the evidence of words and of meaning, in one fit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from persona_router.knowledge.vectors import Floats
from persona_router.knowledge.weights import Fit, SearchWeights

Odds = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Meaning:
    """How similar a question is to each passage, to its nearest sentence, and to its article."""

    passage: Floats
    sentence: Floats
    about: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What is known of some passages: one entry each.

    `words` and `parts` are their shares of the question's words and word parts, `foreign` tells
    which are not in the customer's language; `meaning` is None without sentence vectors.
    """

    words: NDArray[np.float64]
    parts: NDArray[np.float64]
    foreign: NDArray[np.bool_]
    meaning: Meaning | None


def log_odds(evidence: Evidence, weights: SearchWeights) -> Odds:
    """Return the log-odds that each passage answers, before its sentences are compared."""
    if evidence.meaning is None:
        return _by_words(evidence, weights.no_vector) - weights.fallback * evidence.foreign
    fits = [_joined(evidence, evidence.meaning, fit) for fit in _pair(weights)]
    return np.asarray(
        np.where(evidence.foreign, fits[1], fits[0]) - weights.fallback * evidence.foreign
    )


def together_weight(evidence: Evidence, weights: SearchWeights) -> Odds:
    """Return what a sentence that holds all the question's words adds to each passage."""
    if evidence.meaning is None:
        return np.full(len(evidence.foreign), weights.no_vector.together)
    own, other = (fit.together for fit in _pair(weights))
    return np.where(evidence.foreign, other, own)


def _pair(weights: SearchWeights) -> tuple[Fit, Fit]:
    return weights.same_language, weights.other_language


def _by_words(evidence: Evidence, fit: Fit) -> Odds:
    return fit.bias + fit.words * evidence.words + fit.parts * evidence.parts


def _joined(evidence: Evidence, meaning: Meaning, fit: Fit) -> Odds:
    return np.asarray(
        _by_words(evidence, fit)
        + fit.passage * meaning.passage
        + fit.sentence * meaning.sentence
        + fit.about * meaning.about
    )
