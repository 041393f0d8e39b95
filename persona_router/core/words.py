"""Words of a message as language identification sees them: normalised, folded, by script."""

import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

# Letters that Unicode does not decompose, with what people type instead on another keyboard.
_PLAIN_LETTERS: Final = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe"}
)
_LONGEST_WORD: Final = 40
_LONGEST_PARTICLE: Final = 3
# Names of brands and products are written in Latin inside every other script, seldom reversed.
_LATIN_WEIGHT: Final = 0.5


def _mark_ranges() -> str:
    """Combining marks as regex ranges: `\\w` lacks them, but many scripts write vowels so."""
    ranges: list[list[int]] = []
    for code in range(min(sys.maxunicode, 0x1FFFF)):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


_MARKS: Final = _mark_ranges()
_ADDRESS: Final = re.compile(r"\w+://|www\.|[\w-]+\.(?:com|net|org|[a-z]{2})(?:[/?]\S*)?$")
_DIGITS: Final = re.compile(r"\d+")
_REPEATED: Final = re.compile(r"(.)\1{2,}", re.DOTALL)
_MARK: Final = re.compile(f"[{_MARKS}]+")
_WORD: Final = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}]+[^\W\d_]*)*")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0640]")


def split_words(text: str) -> list[str]:
    """Words in lower case and NFC; no URLs, addresses, handles or tokens with digits.

    Runs of one letter are cut to two, invisible characters and stretching (tatweel) removed,
    words cut at 40 characters.
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    # `lower` writes a dotted capital İ as two characters.
    lowered = plain.replace("İ", "i").lower()
    kept = " ".join(chunk for chunk in lowered.split() if not _is_code(chunk))
    letters = _REPEATED.sub(r"\1\1", _DIGITS.sub(" ", kept))
    return [word[:_LONGEST_WORD] for word in _WORD.findall(letters)]


def _is_code(chunk: str) -> bool:
    """Whether it is an address, a handle or a number rather than language.

    Scripts without blanks write numbers amid words: there only ASCII chunks are codes.
    """
    if chunk[0] in "@#/" or "@" in chunk:
        return True
    if chunk.isascii() and _DIGITS.search(chunk):
        return True
    return "." in chunk and _ADDRESS.match(chunk) is not None


def name_particles(text: str) -> frozenset[str] | None:
    """Small words ("de", "van") of a text written like a name, with capitals at all other words.

    None for any other text: in capitals throughout, without any, or in a script without case.
    """
    words = _WORD.findall(text)
    particles = {word for word in words if word.islower() and len(word) <= _LONGEST_PARTICLE}
    capitalised = [word for word in words if word.istitle() and len(word) > 1]
    complete = len(capitalised) + sum(word in particles for word in words) == len(words)
    return frozenset(particles) if capitalised and complete else None


def fold(word: str) -> str:
    """The word as typed without accents: combining marks off, `ß` as `ss`, `ı` as `i`."""
    if word.isascii():
        return word
    return _MARK.sub("", unicodedata.normalize("NFD", word.translate(_PLAIN_LETTERS)))


@lru_cache(maxsize=8192)
def script_of(letter: str) -> str:
    """The script's name as Unicode names its letters: "LATIN", "ARABIC", "CJK" …; "" if none."""
    return unicodedata.name(letter, "").split(" ", 1)[0]


def script_counts(words: Iterable[str]) -> Mapping[str, float]:
    """Letters per script; Latin ones count half."""
    counts: dict[str, float] = {}
    for word in words:
        for letter in word:
            if letter.isalpha():
                name = script_of(letter)
                weight = _LATIN_WEIGHT if name == "LATIN" else 1.0
                counts[name] = counts.get(name, 0.0) + weight
    return counts
