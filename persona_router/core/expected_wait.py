"""How long somebody who waits for a person can expect to wait, by how long others waited lately."""

from collections.abc import Sequence
from math import ceil
from statistics import median

FEWEST = 5
"""With fewer recent waits nothing is expected."""
LOOK_BACK = 4 * 3600.0
"""Seconds for which a wait counts as recent."""


def expected_minutes(waits: Sequence[float], waited: float) -> int | None:
    """Return the whole minutes, from 1, that are probably left; None when that is not known.

    `waits` are recent waits of others and `waited` is the customer's own so far, all in seconds.
    It is not known after fewer than five waits, nor once the usual time is over: then the others
    say nothing about this one any more.
    """
    if len(waits) < FEWEST:
        return None
    left = median(waits) - waited
    return ceil(left / 60) if left > 0 else None
