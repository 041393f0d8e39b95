"""Accents put back into messages typed without any, so that they are understood like those with."""

import re
from collections.abc import Mapping
from typing import Final

from persona_router.core.text import fold

_WORD: Final = re.compile(r"[^\W\d_]+")


def with_accents(text: str, spellings: Mapping[str, str]) -> str:
    """Return `text` with the accents that its words usually have; one that has any stays as it is.

    `spellings` hold folded words and how they are usually written. Capitals stay where they are.
    """
    if any(fold(word) != word.lower() for word in _WORD.findall(text)):
        return text
    return _WORD.sub(lambda found: _spelled(found[0], spellings), text)


def _spelled(word: str, spellings: Mapping[str, str]) -> str:
    usual = spellings.get(word.lower(), "")
    if not usual or word.islower():
        return usual or word
    return usual.upper() if word.isupper() and len(word) > 1 else usual.capitalize()
