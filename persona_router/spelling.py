"""The letter sequences of a text: the features that catch dialect, endings and typing slips."""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import murmurhash3_32

from persona_router.core.text import fold

SHORTEST, LONGEST, COLUMNS = 2, 4, 8_192
_DIGIT = re.compile(r"\d")


def spelling(text: str) -> str:
    """Return `text` folded, every digit as 0: which number it is says nothing of the intent."""
    return _DIGIT.sub("0", fold(text))


@lru_cache(maxsize=64)  # a turn asks for the same sentence twice
def letter_columns(
    text: str, *, shortest: int = SHORTEST, longest: int = LONGEST, columns: int = COLUMNS
) -> NDArray[np.int32]:
    """Return the columns of the letter sequences within the words of a text, ascending.

    The array is read-only. They are those of scikit-learn's HashingVectorizer ("char_wb"), which
    takes three times as long for one text.
    """
    lengths = range(shortest, longest + 1)
    grams = {
        word[start : start + length]
        for word in (f" {word} " for word in set(spelling(text).split()))
        for length in lengths
        for start in range(max(1, len(word) - length + 1))
    }
    numbers = (murmurhash3_32(gram.encode("utf-8", "surrogatepass")) for gram in grams)
    found = np.array(sorted({abs(number) % columns for number in numbers}), dtype=np.int32)
    found.setflags(write=False)
    return found
