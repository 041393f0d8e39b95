"""What another policy would have achieved, told from trials: importance weights and their limits.

Both estimators weigh each outcome by how much likelier the other policy was to take the route that
was taken: self-normalised inverse propensity scoring (Swaminathan and Joachims, 2015) and the
doubly robust estimator (Dudík, Langford and Li, 2011), with intervals by the bootstrap's
percentiles (Efron and Tibshirani, 1993).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RESAMPLES = 1000
LEAST_EFFECTIVE = 50.0
"""Effective visits below which nothing is estimated."""
MOST_UNSUPPORTED = 0.05
"""Share of visits with a route that was never tried above which nothing is estimated."""
_PERCENT = (2.5, 97.5)
_PRIOR = 2.0
"""A route's mean outcome is drawn towards that of all, as by so many visits."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One visit's choice: its context, the route taken, how likely that was, and what came of it.

    `would` is where the other policy leads, `possible` the routes that could have been taken,
    `outcome` a number such as 1 for resolved and 0 for not.
    """

    context: str
    route: str
    propensity: float
    would: str
    possible: tuple[str, ...]
    outcome: float

    @property
    def weight(self) -> float:
        """The importance weight: 1 / propensity where both lead to the same route, else 0."""
        return 1 / self.propensity if self.would == self.route else 0.0


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean outcome and its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What the samples tell of the other policy; `refusal` says why they tell nothing.

    `logged` is the mean outcome as it was. `effective` is Kish's effective sample size,
    (Σ w)² / Σ w², `unsupported` the share of samples in which the other policy leads where nothing
    was tried.
    """

    samples: int
    effective: float
    unsupported: float
    logged: Estimate | None = None
    snips: Estimate | None = None
    doubly_robust: Estimate | None = None
    refusal: str = ""


def estimate(samples: Sequence[Sample], *, seed: int = 0) -> Effect:
    """Return the other policy's effect on the outcome; the same samples give the same estimate."""
    weights = np.array([sample.weight for sample in samples])
    squares = float((weights**2).sum())
    missing = sum(sample.would not in sample.possible for sample in samples)
    known = Effect(
        samples=len(samples),
        effective=float(weights.sum()) ** 2 / squares if squares else 0.0,
        unsupported=missing / len(samples) if samples else 0.0,
    )
    refusal = _refusal(known, samples)
    if refusal:
        return replace(known, refusal=refusal)
    outcomes = np.array([sample.outcome for sample in samples])
    expected, at_would = _modelled(samples)
    columns = np.stack(
        [outcomes, weights * outcomes, weights, at_would + weights * (outcomes - expected)], axis=1
    )
    chance = np.random.default_rng(seed)
    drawn = np.array(
        [
            columns[chance.integers(0, len(columns), len(columns))].mean(axis=0)
            for _ in range(RESAMPLES)
        ]
    )
    logged, weighted, weight, robust = columns.mean(axis=0)
    return replace(
        known,
        logged=_with_interval(logged, drawn[:, 0]),
        snips=_with_interval(weighted / weight, drawn[:, 1] / np.maximum(drawn[:, 2], 1e-12)),
        doubly_robust=_with_interval(robust, drawn[:, 3]),
    )


def _refusal(known: Effect, samples: Sequence[Sample]) -> str:
    if not samples:
        return "there is none"
    if all(sample.propensity == 1.0 for sample in samples):
        return "nothing was tried: every propensity is 1"
    if known.unsupported > MOST_UNSUPPORTED:
        share = f"{100 * known.unsupported:.0f} %"
        return f"poor overlap: {share} would take a way that was never tried there"
    if known.effective < LEAST_EFFECTIVE:
        worth = f"the trials are worth {known.effective:.0f} visits"
        return f"poor overlap: {worth}, and {LEAST_EFFECTIVE:.0f} are needed"
    return ""


def _with_interval(mean: float, resampled: Array) -> Estimate:
    low, high = np.percentile(resampled, _PERCENT)
    return Estimate(mean=float(mean), low=float(low), high=float(high))


def _modelled(samples: Sequence[Sample]) -> tuple[Array, Array]:
    """Return the outcome that is expected of the taken route, and of the other policy's.

    Each half of the samples is judged by the other half, so that no visit vouches for itself.
    """
    models = [_means(samples[0::2]), _means(samples[1::2])]
    expected, at_would = np.empty(len(samples)), np.empty(len(samples))
    for place, sample in enumerate(samples):
        model = models[1 - place % 2]
        expected[place] = _expected(model, sample.context, sample.route)
        at_would[place] = _expected(model, sample.context, sample.would)
    return expected, at_would


def _means(samples: Sequence[Sample]) -> Mapping[tuple[str, str], float]:
    """Return the mean outcome of each context and route, of each route, and of all ("", "")."""
    sums: dict[tuple[str, str], list[float]] = {}
    for sample in samples:
        for key in ((sample.context, sample.route), ("", sample.route), ("", "")):
            total = sums.setdefault(key, [0.0, 0.0])
            total[0] += sample.outcome
            total[1] += 1
    usual = sums.get(("", ""), [0.0, 1.0])
    mean = usual[0] / usual[1]
    return {key: (total + _PRIOR * mean) / (count + _PRIOR) for key, (total, count) in sums.items()}


def _expected(model: Mapping[tuple[str, str], float], context: str, route: str) -> float:
    for key in ((context, route), ("", route), ("", "")):
        if key in model:
            return model[key]
    return 0.0
