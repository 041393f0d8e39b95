"""Entities by rule: spaCy token patterns on blank pipelines; phone numbers by their own library."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import phonenumbers

from persona_router.content.files import read_yaml

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_PATTERNS = Path(__file__).parent.parent / "defaults" / "patterns.yml"
PHONE = "phone_number"


@dataclass(frozen=True)
class Match:
    """An entity found in a text: its label, normalised value, and character offsets."""

    label: str
    value: str
    start: int
    end: int


class PatternPipelines:
    """One blank pipeline a language, made when the language is first met."""

    def __init__(self, patterns: Path) -> None:
        top = read_yaml(patterns)
        self._patterns = [
            {"label": label, "pattern": pattern}
            for label in top.node("patterns").values
            for pattern in top.node("patterns").get(label, list)
        ]
        self._region = top.get("default_region", str)
        self._pipelines: dict[str, Language] = {}

    def find(self, text: str, locale: str) -> list[Match]:
        """Return the entities of `text` in order; none overlap.

        Values are in one spelling: digits as ASCII (Arabic customers type ٤٤٧١٩٠٣), numbers of
        phones as E.164, e-mail addresses in lower case.
        """
        plain = _ascii_digits(text)
        found = [*self._by_pattern(plain, locale), *self._phones(plain, locale)]
        kept: list[Match] = []
        for match in sorted(found, key=lambda m: (m.start, -m.end)):
            if not kept or match.start >= kept[-1].end:
                kept.append(match)
        return kept

    def _by_pattern(self, text: str, locale: str) -> Iterator[Match]:
        for span in self._pipeline(locale.partition("-")[0])(text).ents:
            value = "".join(span.text.split())
            value = value.lower() if "@" in value else value.upper()
            yield Match(span.label_, value, span.start_char, span.end_char)

    def _phones(self, text: str, locale: str) -> Iterator[Match]:
        region = locale.rpartition("-")[2] if "-" in locale else self._region
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            yield Match(PHONE, number, match.start, match.end)

    def _pipeline(self, language: str) -> "Language":
        if language not in self._pipelines:
            self._pipelines[language] = _blank_with_rules(language, self._patterns)
        return self._pipelines[language]


def _blank_with_rules(language: str, patterns: list[dict[str, Any]]) -> "Language":
    import spacy  # over a second, and training knows the patterns by name only
    from spacy.util import compile_infix_regex, compile_suffix_regex

    try:
        pipeline = spacy.blank(language)
    except ImportError:  # spaCy has no rules for this language
        pipeline = spacy.blank("xx")
    # Numbers stand glued to words ("nº5530871", "order:4471903", "4471903'ü"); languages
    # differ in whether they split there, patterns should not have to.
    glue = (r"[-:#/=]", r"(?<=[^\W\d_])\.?(?=\d)", r"(?<=\d)['’](?=[^\W\d_])")
    infixes = [*(pipeline.Defaults.infixes or ()), *glue]
    # Where "4." is an ordinal, a number at the end of a sentence would keep its full stop.
    suffixes = [*(pipeline.Defaults.suffixes or ()), r"(?<=\d)\."]
    tokenizer: Any = pipeline.tokenizer
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    tokenizer.token_match = None  # Turkish keeps a number and its ending together
    tokenizer.suffix_search = compile_suffix_regex(suffixes).search
    ruler: Any = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(patterns)
    return pipeline


def _ascii_digits(text: str) -> str:
    """Return `text` with every decimal digit in ASCII; lengths and offsets stay the same."""
    return "".join(
        str(unicodedata.digit(c)) if not c.isascii() and c.isdecimal() else c for c in text
    )
