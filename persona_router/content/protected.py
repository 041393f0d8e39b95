"""Reads the lists of protected words (`texts/protected/<language>.yml`) and finds them in texts."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from persona_router.content.files import read_yaml
from persona_router.content.text_files import text_folders
from persona_router.core.text import fold

_PART = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Protected:
    """A protected word or phrase as it is listed, and the ground on which it is protected."""

    word: str
    ground: str

    @property
    def what(self) -> str:
        """What is wrong with it, as an error says it."""
        return f"'{self.word}' says who somebody is ({self.ground}), not what they do."


REMEDY = "Describe the behaviour instead."


class ProtectedWords:
    """The protected words of all languages at once, found as whole words in any text.

    Folded like phrase lists: case, accents and Arabic letter variants make no difference, and
    hyphen, apostrophe and underscore part words, so that names of signals can be looked at too.
    """

    def __init__(self, grounds: Mapping[str, Collection[str]]) -> None:
        self._by_parts: dict[tuple[str, ...], Protected] = {}
        for ground, words in grounds.items():
            for word in words:
                parts = tuple(_PART.findall(fold(word)))
                if parts:
                    self._by_parts.setdefault(parts, Protected(word, ground))
        self._longest = max(map(len, self._by_parts), default=0)

    def find(self, text: str) -> tuple[Protected, ...]:
        """Return the protected words in `text` in order, the longest at each place, each once."""
        parts = _PART.findall(fold(text))
        found: dict[Protected, None] = {}
        place = 0
        while place < len(parts):
            for length in range(min(self._longest, len(parts) - place), 0, -1):
                hit = self._by_parts.get(tuple(parts[place : place + length]))
                if hit is not None:
                    found[hit] = None
                    place += length - 1
                    break
            place += 1
        return tuple(found)


def protected_words(*, project: Path | None = None) -> ProtectedWords:
    """Return the words of every language that has a list, packaged or of the host's own.

    The host's folder is `data/texts/protected` in `project`, without one in the working folder.
    Raises ContentError for a malformed file.
    """
    return _read(tuple(text_folders("protected", project=project)))


@lru_cache(maxsize=8)
def _read(folders: Sequence[Path]) -> ProtectedWords:
    grounds: dict[str, list[str]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yml"))):
        top = read_yaml(path)
        for ground in top.values:
            grounds.setdefault(ground, []).extend(top.texts(ground))
    return ProtectedWords(grounds)
