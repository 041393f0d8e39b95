"""Normalised views of an utterance that every text signal shares."""

import re
import unicodedata
from collections.abc import Mapping

MAX_CHARACTERS = 4_000
"""How much of an utterance is looked at; longer ones are cut so that a turn's cost is bounded."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?؟…])\s+|\n+")
# Spellings of one Arabic letter that customers use at will (final ya, ta marbuta, stretching), and
# Latin letters whose stroke or missing dot is no mark of its own in Unicode.
_LETTER_FOLD: Mapping[int, str] = str.maketrans(
    {"ى": "ي", "ة": "ه", "ٱ": "ا", "ـ": "", "ł": "l", "ı": "i", "ø": "o", "đ": "d"}
)
# Keyboards of telephones write typographic marks; phrase lists have the plain ones.
_PLAIN_MARKS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "‐": "-", "‑": "-"})


class _Folded(dict[int, str | None]):
    """What becomes of each character, for `str.translate`, which is many times a loop's speed."""

    def __missing__(self, point: int) -> str | None:
        char = chr(point)
        dropped = not char.isspace() and unicodedata.category(char)[0] in "MC"
        folded = None if dropped else _LETTER_FOLD.get(point, char)
        if point < _ALPHABETS_END:
            self[point] = folded
        return folded


_ALPHABETS_END = 0x2000
"""Up to here characters are remembered; nobody can fill the memory with the many that follow."""
_FOLDED = _Folded()


def fold(text: str) -> str:
    """Return `text` casefolded, without accents, letter variants or control characters.

    "¿Dónde ESTÁ?" becomes "¿donde esta?" and "don’t" becomes "don't", so that lists need each
    phrase in one spelling only. Only the first `MAX_CHARACTERS` are looked at.
    """
    plain = text[:MAX_CHARACTERS].translate(_PLAIN_MARKS)
    split = unicodedata.normalize("NFKD", plain).casefold()
    return " ".join(split.translate(_FOLDED).split())


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text` in order; numbers count as words, punctuation and emoji do not.

    Marks that stand on letters are left out: a vocalised "مُحَمَّد" is one word, not four.
    """
    composed = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    if not composed.isascii():
        composed = "".join(c for c in composed if unicodedata.category(c) != "Mn")
    return tuple(_WORD.findall(composed))


def sentences(text: str, *, limit: int = 8) -> tuple[str, ...]:
    """Return up to `limit` non-empty sentences of `text`: the last ones, where requests stand."""
    parts = (part.strip() for part in _SENTENCE_END.split(text[:MAX_CHARACTERS]))
    return tuple(part for part in parts if _WORD.search(part))[-limit:]
