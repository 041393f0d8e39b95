"""Normalised views of an utterance that every text signal shares."""

import re
import unicodedata

MAX_CHARACTERS = 4_000
"""How much of an utterance is looked at; longer ones are cut so that a turn's cost is bounded."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?؟…])\s+|\n+")
# Spellings of one Arabic letter that customers use at will (final ya, ta marbuta, stretching).
_ARABIC_FOLD = str.maketrans({"ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ٱ": "ا", "ـ": ""})


def fold(text: str) -> str:
    """Return `text` casefolded, without accents, Arabic letter variants or control characters.

    "¿Dónde ESTÁ?" becomes "¿donde esta?", so that lists need each phrase in one spelling only.
    """
    split = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS]).casefold()
    kept = (c if c.isspace() else "" if unicodedata.category(c)[0] in "MC" else c for c in split)
    return " ".join("".join(kept).translate(_ARABIC_FOLD).split())


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text` in order; numbers count as words, punctuation and emoji do not."""
    return tuple(_WORD.findall(text[:MAX_CHARACTERS]))


def sentences(text: str, *, limit: int = 8) -> tuple[str, ...]:
    """Return up to `limit` non-empty sentences of `text`: the last ones, where requests stand."""
    parts = (part.strip() for part in _SENTENCE_END.split(text[:MAX_CHARACTERS]))
    return tuple(part for part in parts if _WORD.search(part))[-limit:]
