"""Word lists of many languages in one compact table."""

import math
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_LOG_OF_CENTIBEL: Final = math.log(10) / 100


def word_keys(words: str) -> list[int]:
    """A 64-bit number for each of the words of a text, one a line; the same in every process."""
    lines = words.encode("utf-8", "surrogatepass").split(b"\n")
    return [zlib.crc32(line) << 32 | zlib.crc32(line[::-1]) for line in lines]


@dataclass(frozen=True, kw_only=True)
class WordTable:
    """Frequencies of words by column (one a language): three sequences of the same length.

    `keys` are `word_keys` in ascending order; `columns` the column of each entry; `centibels` its
    frequency as -100·log10 of the share of the word among all. Keys instead of words take a tenth
    of the memory; two words sharing one among a million is a matter of one in ten million.
    """

    keys: Sequence[int] = field(repr=False)
    columns: Sequence[int] = field(repr=False)
    centibels: Sequence[int] = field(repr=False)

    def frequencies(self, word: str) -> dict[int, float]:
        """Natural log-frequency by column, only for the columns that have the word."""
        key = word_keys(word)[0]
        found: dict[int, float] = {}
        keys = self.keys
        position = bisect_left(keys, key)
        while position < len(keys) and keys[position] == key:
            frequency = -self.centibels[position] * _LOG_OF_CENTIBEL
            column = self.columns[position]
            # A word may be in a list twice, as itself and as another one without its accents.
            found[column] = max(found.get(column, -math.inf), frequency)
            position += 1
        return found
