"""Reads wordfreq's word lists of many languages into one compact table."""

from array import array
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import langcodes
import numpy
import wordfreq
from numpy.typing import NDArray

from persona_router.core.word_table import WordTable, word_keys
from persona_router.core.words import fold

# CLDR distance up to which one language's data stands for another's (Norwegian for Bokmål).
_SAME_LANGUAGE: Final = 10
# Writers who drop the accents are taken to be half as many as those who do not: in centibels.
_WITHOUT_ACCENTS: Final = 30
_TWO_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_TYPED_ALIKE: Final = str.maketrans({"ى": "ي", "ة": "ه"})


def closest_language(code: str, choices: Iterable[str]) -> str | None:
    """The choice that is the same language by CLDR, or None; None for malformed codes too."""
    if not (code.isalpha() and code.islower() and langcodes.tag_is_valid(code)):
        return None
    tag, _ = langcodes.closest_match(code, list(choices), max_distance=_SAME_LANGUAGE)
    return None if tag == "und" else str(tag)


def read_word_table(limits: Mapping[str, int | None]) -> tuple[WordTable, frozenset[int]]:
    """The word lists of languages, and the columns that have none.

    `limits` holds by language, in the order of the columns, how many of its most frequent words
    to read (None: all of them). Words with accents are listed without them too.
    """
    keys, columns, centibels = array("Q"), array("B"), array("H")
    unlisted = set[int]()
    lists = wordfreq.available_languages("small")
    for column, (code, limit) in enumerate(limits.items()):
        name = code if code in lists else closest_language(code, lists)
        if name is None:
            unlisted.add(column)
            continue
        listed = _read_words(lists[name], limit)
        accented = {
            frequency + _WITHOUT_ACCENTS: [word for word in words if not word.isascii()]
            for frequency, words in listed.items()
        }
        for spelling, words_by_frequency in ((str, listed), (fold, accented)):
            # One text of a whole list: folding and hashing word by word takes three times as long.
            lines = "\n".join(word for words in words_by_frequency.values() for word in words)
            if lines:
                keys.extend(word_keys(spelling(lines)))
            for frequency, words in words_by_frequency.items():
                centibels.extend([frequency] * len(words))
        columns.extend([column] * (len(keys) - len(columns)))
    order = numpy.argsort(numpy.frombuffer(keys, dtype=numpy.uint64), kind="stable")
    return (
        WordTable(
            keys=_reordered(keys, order),
            columns=_reordered(columns, order),
            centibels=_reordered(centibels, order),
        ),
        frozenset(unlisted),
    )


@lru_cache(maxsize=64)
def usual_spellings(language: str) -> Mapping[str, str]:
    """Return, by folded word, its most frequent spelling where that has accents.

    Umlauts are known as two letters too ("fuer"). Empty for a language without a list.
    """
    lists = wordfreq.available_languages("small")
    name = language if language in lists else closest_language(language, lists)
    if name is None:
        return {}
    words = [word for those in _read_words(lists[name], None).values() for word in those]
    # One text of a whole list, as above; all of its words are listed most frequent first.
    folded = fold("\n".join(words)).translate(_TYPED_ALIKE).split("\n")
    first: dict[str, int] = {}
    for place, plain in enumerate(folded):
        first.setdefault(plain, place)
    accented = {plain: place for plain, place in first.items() if plain != words[place]}
    for place in tuple(accented.values()):
        typed = words[place].translate(_TWO_LETTERS)
        if typed != words[place] and first.get(typed, len(words)) > place:
            accented[typed] = place
    return {plain: words[place] for plain, place in accented.items()}


def _read_words(path: str, limit: int | None) -> dict[int, list[str]]:
    """Words by frequency in centibels below 1, most frequent first, up to about the limit."""
    result: dict[int, list[str]] = {}
    count = 0
    for frequency, words in enumerate(wordfreq.read_cBpack(path)):
        if words:
            result[frequency] = words
            count += len(words)
        if limit is not None and count >= limit:
            break
    return result


def _reordered(values: "array[int]", order: NDArray[numpy.int64]) -> "array[int]":
    sorted_values = numpy.frombuffer(values, dtype=values.typecode)[order]
    return array(values.typecode, sorted_values.tobytes())
