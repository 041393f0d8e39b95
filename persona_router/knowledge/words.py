"""Text as the lexical index sees it: folded, normalised, stemmed words of one language."""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import snowballstemmer
from babel import Locale, UnknownLocaleError

_WORD = re.compile(r"[^\W_]+")
# Spellings of Arabic letters that customers do not keep apart; tatweel only stretches a word.
_ARABIC = str.maketrans("أإآٱؤئىیکہە", "ااااوييي\u0643هه", "ـ")
# Keyboards and habits write a final taa marbuta as haa: one spelling must find the other.
_FINAL_HAA = re.compile(r"ه\b")
# Letters that Unicode does not decompose but that customers type without their mark.
_LATIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_stemming = threading.Lock()


def words(text: str, language: str) -> list[str]:
    """Return the words of `text` in order, each folded and, where Snowball knows `language`,
    stemmed.

    `language` is a BCP 47 language subtag. Only letters and digits remain, so that no result can
    mean anything to a query syntax.
    """
    found = _WORD.findall(_spelling(text))
    return [_stem(language, word) for word in found]


def stems_of(sentences: Iterable[str], language: str) -> str:
    """Return the words of each sentence, as `words` gives them: a line a sentence."""
    return "\n".join(" ".join(words(sentence, language)) for sentence in sentences)


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
    return _bare(_spelling(text))


def _spelling(text: str) -> str:
    """Return `text` in one spelling that a stemmer still understands: accented letters stay."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in composed
        if not unicodedata.combining(c)
    )
    return _FINAL_HAA.sub("ة", plain.translate(_ARABIC))


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LATIN)


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
    stemmer = _stemmer(language)
    if stemmer is None:
        return _bare(word)
    # A stemmer keeps the word at work in its own fields.
    with _stemming:
        return _bare(stemmer.stemWord(word))
