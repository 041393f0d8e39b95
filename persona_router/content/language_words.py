"""Reads the package's list of words that language identification treats specially."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import babel
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.files import SAFE_LOADER
from persona_router.content.text_files import OWN, PACKAGED
from persona_router.core.language_request import RequestPhrases
from persona_router.core.text import fold as fold_text
from persona_router.core.text import words as words_of
from persona_router.core.words import fold, split_words

WORDS_FILE: Final = PACKAGED / "neutral.yml"
_KEYS: Final = ("neutral", "introductions", "request", "names", "given_names")


@dataclass(frozen=True, kw_only=True)
class LanguageWords:
    """The file's content: words of any language, names of people, and wishes for a language.

    `introductions` are the folded phrases with which people say their names. `names` maps a
    language code to what customers call it beside the names that CLDR knows.
    """

    neutral: frozenset[str]
    given_names: frozenset[str]
    request: frozenset[str]
    names: Mapping[str, tuple[str, ...]]
    introductions: tuple[str, ...] = ()


def load_language_words(path: Path = WORDS_FILE) -> LanguageWords:
    """The words of a file of the form of `texts/neutral.yml`, and of a host's own beside it.

    The host's is `data/texts/neutral.yml` and may lack keys. Raises ContentError naming the file
    and the key if one is unreadable or malformed.
    """
    own = (OWN / path.name).resolve()
    return _load(path, own if own.exists() else None)


@lru_cache(maxsize=8)
def _load(path: Path, own: Path | None) -> LanguageWords:
    packaged = _read(path, wanted=set(_KEYS))
    if own is None:
        return packaged
    added = _read(own, wanted=set())
    names = {
        code: (*packaged.names.get(code, ()), *added.names.get(code, ()))
        for code in {*packaged.names, *added.names}
    }
    return LanguageWords(
        neutral=packaged.neutral | added.neutral,
        given_names=packaged.given_names | added.given_names,
        request=packaged.request | added.request,
        names=names,
        introductions=(*packaged.introductions, *added.introductions),
    )


def _read(path: Path, *, wanted: set[str]) -> LanguageWords:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentError(
            path, "", f"Cannot be read ({type(error).__name__}).", "Restore the file."
        ) from error
    if not isinstance(content, dict) or not wanted <= set(content) <= set(_KEYS):
        raise ContentError(path, "", "The keys are not as expected.", f"Write: {', '.join(_KEYS)}.")
    return LanguageWords(
        neutral=_words(path, "neutral", content.get("neutral", [])),
        given_names=_words(path, "given_names", content.get("given_names", [])),
        request=_words(path, "request", content.get("request", [])),
        names=_names(path, content.get("names", {})),
        introductions=_phrases(path, "introductions", content.get("introductions", [])),
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


def _phrases(path: Path, key: str, value: object) -> tuple[str, ...]:
    lines = value if isinstance(value, list) else [value]
    phrases = [text for line in lines for text in _texts(path, key, line)]
    return tuple(" ".join(words_of(fold_text(phrase))) for phrase in phrases)


def _names(path: Path, value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not all(isinstance(code, str) for code in value):
        raise ContentError(path, "names", "Is not a table.", "Write code: [names].")
    return {code: tuple(_texts(path, f"names.{code}", names)) for code, names in value.items()}
