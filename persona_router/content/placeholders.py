"""Reads what counts as a placeholder, and finds it in texts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from persona_router.content.files import Node, read_yaml
from persona_router.content.text_files import OWN, PACKAGED
from persona_router.core.text import fold

PLACEHOLDERS = PACKAGED / "placeholders.yml"
_ANY = "any"


@dataclass(frozen=True, kw_only=True)
class Placeholders:
    """What authors leave in a text for later, by language; `any` holds for every language."""

    words: Mapping[str, tuple[str, ...]]
    innocent: Mapping[str, tuple[str, ...]]
    patterns: tuple[re.Pattern[str], ...]

    def finder(self, language: str) -> "PlaceholderFinder":
        """Return what finds them in texts of a language."""
        innocent = self.innocent.get(language, ())
        general = (word for word in self.words.get(_ANY, ()) if word not in innocent)
        words = (*general, *self.words.get(language, ()))
        return PlaceholderFinder(
            capitals=_any_of(tuple(word for word in words if word.isupper())),
            folded={fold(word): word for word in words if not word.isupper()},
            patterns=self.patterns,
        )


@dataclass(frozen=True, kw_only=True)
class PlaceholderFinder:
    """Finds the placeholders of one language."""

    capitals: re.Pattern[str]
    folded: Mapping[str, str]
    patterns: tuple[re.Pattern[str], ...]

    def find(self, text: str) -> Iterator[str]:
        """Yield each placeholder in a text, words as they are listed and first."""
        folded = _any_of(tuple(self.folded)).findall(fold(text))
        yield from (self.folded[found] for found in dict.fromkeys(folded))
        for pattern in (self.capitals, *self.patterns):
            yield from dict.fromkeys(match[0] for match in pattern.finditer(text))


def read_placeholders(project: Path) -> Placeholders:
    """Return the packaged placeholders and those of `data/texts/placeholders.yml` of a project.

    Raises ContentError naming the file and what is wrong in it.
    """
    own = project / OWN / PLACEHOLDERS.name
    nodes = [
        read_yaml(path) for path in (PLACEHOLDERS, own) if path == PLACEHOLDERS or own.exists()
    ]
    for node in nodes:
        node.only("words", "except", "patterns")
    return Placeholders(
        words=_merged([node.node("words", optional=True) for node in nodes]),
        innocent=_merged([node.node("except", optional=True) for node in nodes]),
        patterns=tuple(pattern for node in nodes for pattern in _patterns(node)),
    )


def _merged(nodes: Sequence[Node]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        for key in node.values:
            found[key] = (*found.get(key, ()), *node.texts(key))
    return found


def _patterns(node: Node) -> Iterator[re.Pattern[str]]:
    for text in node.texts("patterns", []):
        try:
            pattern = re.compile(text)
        except re.error as error:
            raise node.fault(
                "patterns", f"'{text}' is no pattern ({error}).", "Mend it."
            ) from error
        if pattern.search(""):
            raise node.fault("patterns", f"'{text}' can be empty.", "Let it need a character.")
        yield pattern


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    # Without a word nothing matches: not even the end of a text is followed by itself.
    alternatives = "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
