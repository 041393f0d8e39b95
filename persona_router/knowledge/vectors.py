"""Sentence vectors of an index: kept on disk, and of many passages the nearest ones proposed."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Encode = Callable[[Sequence[str]], Floats]
"""Maps texts to unit vectors, shape (texts, dimensions)."""

# Directions along which passages differ most: enough to propose those worth a close look.
_DIRECTIONS = 128
_SAMPLE = 20_000
_BLOCK = 4096


def mapped(values: Iterable[bytes], folder: Path) -> Floats:
    """Return vectors, each of `values` one, as the rows of a matrix in a nameless file in `folder`.

    The system keeps in memory what is used of it, and frees that when memory runs short. Raises
    `OSError` when the folder cannot be written.
    """
    count = length = 0
    with tempfile.TemporaryFile(dir=folder) as file:
        for value in values:
            file.write(value)
            count, length = count + 1, len(value)
        if not count:
            return np.zeros((0, 0), dtype=np.float32)
        file.flush()
        shape = (count, length // np.dtype(np.float32).itemsize)
        return np.asarray(np.memmap(file, dtype=np.float32, mode="r", shape=shape))


@dataclass(frozen=True, kw_only=True, eq=False)
class Selection:
    """Some passages, ascending, and where their vectors are.

    `runs` are (first, end) rows, neighbours joined; `starts` is where the vectors of each passage
    start in those of all runs put together.
    """

    passages: Numbers
    starts: Numbers
    runs: tuple[tuple[int, int], ...]


class PassageVectors:
    """The vectors of all passages, passage by passage: the whole first, then its sentences.

    `rows` has their unit vectors, shape (vectors, dimensions); `ends` tells where those of each
    passage end.
    """

    def __init__(self, rows: Floats, ends: Numbers, *, propose: int) -> None:
        self._rows = rows
        self._ends = ends
        self._starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])[: len(ends)]
        self._propose = propose
        self._directions = self._reduced = np.zeros((0, 0), dtype=np.float32)
        if len(ends) > propose:
            self._directions = self._principal_directions()
            self._reduced = np.concatenate([whole @ self._directions for whole in self._wholes()])

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one vector."""
        return self._rows.shape[1:]

    def select(self, passages: Numbers) -> Selection:
        """Return the selection of `passages`, given by number, ascending."""
        starts, ends = self._starts[passages], self._ends[passages]
        lengths = ends - starts
        return Selection(
            passages=passages,
            starts=np.cumsum(lengths) - lengths,
            runs=tuple(_joined(starts.tolist(), ends.tolist())),
        )

    def nearest(self, vector: Floats, among: NDArray[np.bool_]) -> Numbers:
        """Return the numbers of the passages that are about nearest to `vector`, at most `propose`.

        `among` tells of each passage whether it may be one. Compared are the wholes, along few
        directions: the order is not that of `similarities`, and a passage may be missed.
        """
        similarity = np.where(among, self._reduced @ (vector @ self._directions), -np.inf)
        found = np.argpartition(similarity, -self._propose)[-self._propose :]
        return np.asarray(found[among[found]], dtype=np.int64)

    def similarities(self, vector: Floats, selection: Selection) -> tuple[Floats, Floats]:
        """Return how similar `vector` is to each selected passage, and to its nearest sentence."""
        found = np.concatenate([self._rows[first:end] @ vector for first, end in selection.runs])
        whole = found[selection.starts]
        # Every passage has a sentence beside its whole, which must not compete with them.
        found[selection.starts] = -1.0
        return whole, np.maximum.reduceat(found, selection.starts)

    def _wholes(self) -> Iterator[Floats]:
        for first in range(0, len(self._starts), _BLOCK):
            yield self._rows[self._starts[first : first + _BLOCK]]

    def _principal_directions(self) -> Floats:
        step = -(-len(self._starts) // _SAMPLE)
        sample = self._rows[self._starts[::step]]
        _, directions = np.linalg.eigh(sample.T @ sample)
        return np.ascontiguousarray(directions[:, -_DIRECTIONS:], dtype=np.float32)


def _joined(firsts: list[int], ends: list[int]) -> list[tuple[int, int]]:
    """Return ascending ranges with those that touch made one."""
    runs: list[tuple[int, int]] = []
    for first, end in zip(firsts, ends, strict=True):
        if runs and runs[-1][1] == first:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((first, end))
    return runs
