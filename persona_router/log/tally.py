"""Counts by facet, added up over the profiles that rows share."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from persona_router.log.dialect import Database
from persona_router.log.filters import NONE, Filter
from persona_router.log.profile import FACETS

Integers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many rows a filter leaves, and by facet how many had each of its values been chosen.

    Values are as in an address, the most frequent first.
    """

    total: int
    facets: Mapping[str, Mapping[str, int]]


class Profiles:
    """The profiles of one log, read once and then as they are added; safe in many threads.

    Values stand as numbers, their places in a list of the facet's values, so that a million rows
    of many kinds are counted in milliseconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: tuple[dict[str, int], ...] = tuple({} for _ in FACETS)
        self._codes: Integers = np.zeros((1, len(FACETS)), dtype=np.int64)

    def refresh(self, database: Database) -> None:
        """Read the profiles that are new; they are never changed."""
        with self._lock:
            last = len(self._codes) - 1
            new = database.execute(
                f"SELECT number, {', '.join(FACETS)} FROM profile WHERE number > ? ORDER BY number",
                (last,),
            ).fetchall()
            if not new:
                return
            codes = np.zeros((new[-1][0] - last, len(FACETS)), dtype=np.int64)
            for number, *found in new:
                codes[number - last - 1] = [
                    known.setdefault(NONE if value is None else str(value), len(known))
                    for known, value in zip(self._values, found, strict=True)
                ]
            self._codes = np.concatenate([self._codes, codes])

    def count(self, rows: Integers, filter: Filter) -> Counts:
        """Return the counts of `rows`, pairs of a profile's number and how many rows have it.

        All of them must have been there at the last `refresh`.
        """
        with self._lock:
            codes, values = self._codes, tuple(tuple(known) for known in self._values)
        codes, numbers = codes[rows[:, 0]], rows[:, 1]
        misses = {
            place: ~np.isin(
                codes[:, place],
                [code for code, value in enumerate(values[place]) if value in wanted],
            )
            for place, wanted in (
                (FACETS.index(name), frozenset(v)) for name, v in filter.facets.items()
            )
        }
        missed = sum(misses.values(), np.zeros(len(rows), dtype=np.int64))
        facets = {}
        for place, name in enumerate(FACETS):
            left = missed - misses[place] == 0 if place in misses else missed == 0
            sums = np.bincount(codes[left, place], numbers[left], len(values[place]))
            pairs = [(v, int(n)) for v, n in zip(values[place], sums, strict=True) if n]
            facets[name] = dict(sorted(pairs, key=lambda pair: -pair[1]))
        return Counts(total=int(numbers[missed == 0].sum()), facets=facets)
