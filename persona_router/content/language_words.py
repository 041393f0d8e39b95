"""Reads the package's list of words that language identification treats specially."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import babel
import yaml

from persona_router.content.errors import ContentError
from persona_router.core.language_request import RequestPhrases
from persona_router.core.words import fold, split_words

WORDS_FILE: Final = Path(__file__).parents[1] / "texts" / "neutral.yml"
_KEYS: Final = ("neutral", "request", "names", "given_names")


@dataclass(frozen=True, kw_only=True)
class LanguageWords:
    """The file's content: words of any language, names of people, and wishes for a language.

    `names` maps a language code to what customers call it beside the names that CLDR knows.
    """

    neutral: frozenset[str]
    given_names: frozenset[str]
    request: frozenset[str]
    names: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=8)
def load_language_words(path: Path = WORDS_FILE) -> LanguageWords:
    """The words of a file of the form of `texts/neutral.yml`.

    Raises ContentError naming the file and the key if it is missing, unreadable or malformed.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentError(
            path, "", f"Cannot be read ({type(error).__name__}).", "Restore the file."
        ) from error
    if not isinstance(content, dict) or set(content) != set(_KEYS):
        raise ContentError(path, "", "The keys are not as expected.", f"Write: {', '.join(_KEYS)}.")
    return LanguageWords(
        neutral=_words(path, "neutral", content["neutral"]),
        given_names=_words(path, "given_names", content["given_names"]),
        request=_words(path, "request", content["request"]),
        names=_names(path, content["names"]),
    )


def load_request_phrases(languages: Sequence[str], *, path: Path = WORDS_FILE) -> RequestPhrases:
    """What `requested_language` needs to hear a wish for one of `languages`, in any of them.

    Raises ContentError naming a language without names in CLDR, or the fault in the file.
    """
    words = load_language_words(path)
    names: dict[tuple[str, ...], str] = {}
    for spoken in languages:
        locale = _locale(spoken)
        for wanted in languages:
            for name in (locale.languages.get(wanted), *words.names.get(wanted, ())):
                key = tuple(fold(word) for word in split_words(name or ""))
                if key:
                    names[key] = wanted
    return RequestPhrases(names=names, words=frozenset(map(fold, words.request)))


def _locale(language: str) -> babel.Locale:
    try:
        return babel.Locale.parse(language)
    except (ValueError, babel.UnknownLocaleError) as error:
        raise ContentError(
            "languages", language, f"CLDR has no names in {language!r}.", "Check the code."
        ) from error


def _words(path: Path, key: str, value: object) -> frozenset[str]:
    return frozenset(word for line in _texts(path, key, value) for word in split_words(line))


def _texts(path: Path, key: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise ContentError(path, key, "Is not a list of texts.", "Quote words like 'no' and 'on'.")
    return value


def _names(path: Path, value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not all(isinstance(code, str) for code in value):
        raise ContentError(path, "names", "Is not a table.", "Write code: [names].")
    return {code: tuple(_texts(path, f"names.{code}", names)) for code, names in value.items()}
