"""Phrase lists of one language, compiled: how text signals know words without knowing languages."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from persona_router.core.text import fold

_GAP = r"(?:\S*[^\s.!?؟…] ){0,4}?"
"""What `...` between two words stands for: up to four words of the same sentence."""


@dataclass(frozen=True)
class Lexicon:
    """Phrase lists by category, and how many words a plain one-line request takes.

    `one_line` normalises length between languages: Arabic says in five words what English says
    in seven.
    """

    language: str
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    one_line: float = 7.0

    def count(self, category: str, folded: str) -> int | None:
        """Return how often phrases of `category` occur in `folded` text; None without a list."""
        pattern = self.patterns.get(category)
        return None if pattern is None else len(pattern.findall(folded))

    def says(self, category: str, folded: str) -> bool:
        """Return whether a phrase of `category` occurs in `folded` text."""
        pattern = self.patterns.get(category)
        return pattern is not None and pattern.search(folded) is not None

    def begins(self, category: str, folded: str) -> bool:
        """Return whether `folded` text begins with a phrase of `category`."""
        pattern = self.patterns.get(category)
        return pattern is not None and pattern.match(folded) is not None

    def ends(self, category: str, folded: str) -> bool:
        """Return whether `folded` text ends with a phrase of `category`."""
        pattern = self.patterns.get(category)
        found = pattern.finditer(folded) if pattern is not None else ()
        return any(match.end() == len(folded) for match in found)

    def without_opening(self, categories: Sequence[str], folded: str) -> str:
        """Return `folded` text without the phrases of `categories` that it begins with."""
        rest = folded
        while True:
            patterns = (self.patterns.get(category) for category in categories)
            matches = (pattern.match(rest) for pattern in patterns if pattern is not None)
            longest = max((match.end() for match in matches if match), default=0)
            if not longest:
                return rest
            rest = rest[longest:].lstrip(" ,")


class PhraseLists(Mapping[str, re.Pattern[str]]):
    """The patterns of phrase lists by category, each compiled when it is first asked for.

    All lists of a language take some tenths of a second, which only a running assistant needs.
    """

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._phrases = phrases
        self._compiled: dict[str, re.Pattern[str]] = {}

    def __getitem__(self, category: str) -> re.Pattern[str]:
        if category not in self._compiled:
            self._compiled[category] = compile_phrases(self._phrases[category])
        return self._compiled[category]

    def __iter__(self) -> Iterator[str]:
        return iter(self._phrases)

    def __len__(self) -> int:
        return len(self._phrases)


def compile_phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return one pattern that finds any of `phrases` in folded text, at word boundaries.

    Notation: `word*` any ending, `(a|b)` either, `...` up to four words in between, `^stop$` only
    as the whole message. Everything else is taken literally. Raises ValueError naming the phrase
    when its brackets do not match, when it can be empty and would be found in every text, or when
    it begins or ends with `...`.
    """
    listed = tuple(phrases)
    compiled = [_alternative(phrase) for phrase in listed]
    alternatives = "|".join(sorted(compiled, key=len, reverse=True)) if compiled else r"(?!)"
    pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
    if pattern.search(""):
        pairs = zip(listed, compiled, strict=True)
        empty = next(phrase for phrase, alternative in pairs if re.fullmatch(alternative, ""))
        raise ValueError(f"phrase '{empty}' can be empty")
    return pattern


def _alternative(phrase: str) -> str:
    if not _balanced(phrase):
        raise ValueError(f"phrase '{phrase}' has unmatched brackets")
    whole = phrase.startswith("^") and phrase.endswith("$")
    inner = phrase[1:-1] if whole else phrase
    if inner.strip().startswith("...") or inner.strip().endswith("..."):
        raise ValueError(f"phrase '{phrase}' has no word beside its '...'")
    pattern = _phrase_pattern(inner)
    return rf"\A\W*(?:{pattern})\W*\Z" if whole else pattern


def _balanced(phrase: str) -> bool:
    depth = 0
    for character in phrase:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _phrase_pattern(phrase: str) -> str:
    pieces = []
    for token in re.split(r"\s*(\.\.\.)\s*", phrase):
        if token == "...":
            pieces.append(" " + _GAP)
        else:
            pieces.append(_literal(token))
    return "".join(pieces)


def _literal(token: str) -> str:
    escaped = re.escape(fold(token))
    for written, meant in (
        (r"\(", "(?:"),
        (r"\)", ")"),
        (r"\|", "|"),
        (r"\*", r"\w*"),
        (r"\ ", " "),
    ):
        escaped = escaped.replace(written, meant)
    return escaped
