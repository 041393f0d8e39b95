"""Counts of two samples compared: how much they differ, and whether by more than chance."""

import math
from collections.abc import Sequence

from scipy.special import chdtrc

_LEAST_EXPECTED = 5.0


def stability_index(before: Sequence[int], now: Sequence[int]) -> float:
    """Return the population stability index, Σ (q − p) ln(q / p), of counts in the same bins.

    By the usual rule of thumb under 0.1 is small and from 0.25 large (Siddiqi, 2006).
    """
    # Half a visit more in each bin, so that an empty one does not make it infinite.
    old = [(count + 0.5) / (sum(before) + 0.5 * len(before)) for count in before]
    new = [(count + 0.5) / (sum(now) + 0.5 * len(now)) for count in now]
    return sum((q - p) * math.log(q / p) for p, q in zip(old, new, strict=True))


def chi_squared(before: Sequence[int], now: Sequence[int]) -> float:
    """Return Pearson's p for counts of both coming from one distribution; 1 if nothing can tell.

    Neighbouring bins are joined until each is expected to hold five, below which the chi-squared
    distribution is a poor guess (Cochran, 1954).
    """
    sizes = sum(before), sum(now)
    if not min(sizes):
        return 1.0
    smaller = min(sizes) / sum(sizes)
    bins: list[list[int]] = []
    for pair in zip(before, now, strict=True):
        if not sum(pair):
            continue
        if bins and sum(bins[-1]) * smaller < _LEAST_EXPECTED:
            bins[-1] = [a + b for a, b in zip(bins[-1], pair, strict=True)]
        else:
            bins.append(list(pair))
    if len(bins) > 1 and sum(bins[-1]) * smaller < _LEAST_EXPECTED:
        last = bins.pop()
        bins[-1] = [a + b for a, b in zip(bins[-1], last, strict=True)]
    if len(bins) < 2:
        return 1.0
    statistic = 0.0
    for cell in bins:
        for count, size in zip(cell, sizes, strict=True):
            expected = sum(cell) * size / sum(sizes)
            statistic += (count - expected) ** 2 / expected
    return float(chdtrc(len(bins) - 1, statistic))


def holm(values: Sequence[float], level: float) -> list[bool]:
    """Return which p-values are alarming, so that any false alarm is at most `level` likely.

    Holm's step-down method (1979), which asks nothing of how the tests hang together.
    """
    order = sorted(range(len(values)), key=lambda place: values[place])
    alarming = [False] * len(values)
    for rank, place in enumerate(order):
        if values[place] > level / (len(values) - rank):
            break
        alarming[place] = True
    return alarming
