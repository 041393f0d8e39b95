"""Text as the lexical index sees it: folded, normalised, stemmed words of one language."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

import snowballstemmer
from babel import Locale, UnknownLocaleError

_WORD = re.compile(r"[^\W_]+")
# Letters that Unicode does not decompose but that customers type without their mark.
_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "ـ": "",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ہ": "ه",
        "ە": "ه",
    }
)
# Arabic keyboards and habits write a final taa marbuta as haa; one spelling must find the other.
_FINAL_HAA = re.compile(r"ه(?=\s|\W|$)")
_stemming = threading.Lock()


def words(text: str, language: str) -> list[str]:
    """Return the words of `text` in order, each folded and, where Snowball knows `language`,
    stemmed.

    `language` is a BCP 47 language subtag. Only letters and digits remain, so that no result can
    mean anything to a query syntax.
    """
    stemmer = _stemmer(language)
    found = _WORD.findall(fold(text))
    return found if stemmer is None else [_stem(language, word) for word in found]


def parts(text: str, length: int) -> list[str]:
    """Return the runs of `length` characters in the folded words of `text`, edges marked by `_`.

    They find what stemming cannot: a word inside a compound, an unknown ending, a typing slip.
    """
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        marked = f"_{word}_"
        found += (marked[i : i + length] for i in range(max(1, len(marked) - length + 1)))
    return found


def fold(text: str) -> str:
    """Return `text` in lower case without diacritics, compatibility forms and spelling variants."""
    lower = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return _FINAL_HAA.sub("ة", bare.translate(_LETTERS))


@lru_cache(maxsize=256)
def _stemmer(language: str) -> Any:
    """Return the Snowball stemmer for a language code, None where the library has none."""
    try:
        name = Locale.parse(language).get_language_name("en") or ""
    except (UnknownLocaleError, ValueError):
        return None
    # "Norwegian Bokmål" is Snowball's "norwegian".
    names = (name.lower(), name.lower().split(" ")[0])
    known = snowballstemmer.algorithms()
    return next((snowballstemmer.stemmer(name) for name in names if name in known), None)


@lru_cache(maxsize=100_000)
def _stem(language: str, word: str) -> str:
    # A stemmer keeps the word at work in its own fields.
    with _stemming:
        stemmed: str = _stemmer(language).stemWord(word)
    return fold(stemmed)
