"""Loads what language identification knows: langdetect's profiles and wordfreq's word lists."""

import json
import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import langdetect
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from langdetect.utils.ngram import NGram

from persona_router.content.errors import ContentError
from persona_router.content.language_words import load_language_words
from persona_router.content.word_lists import closest_language, read_word_table
from persona_router.core.language import (
    LanguageGuess,
    LanguageModel,
    guess_from_scores,
    identify,
)
from persona_router.core.words import fold, script_counts, script_of

_PROFILES: Final = Path(langdetect.__file__).parent / "profiles"
# Weight of n-grams by length, and the smoothing of their probabilities (measured, DESIGN §8).
_GRAM_WEIGHTS: Final = {2: 0.5, 3: 1.0}
_SMOOTHING: Final = 1e-4
_LOG_SMOOTHING: Final = math.log(_SMOOTHING)
_IDEOGRAPHS: Final = "CJK"
_WORDS_OF_DECOYS: Final = 5000
# A script is a language's own from this share of its letters on: profiles hold foreign words too.
_OWN_SCRIPT: Final = 0.1
_SEED: Final = 0

Profile = Mapping[str, float]

_lock = threading.Lock()
_models: dict[tuple[tuple[str, ...], tuple[str, ...] | None, tuple[str, ...]], LanguageModel] = {}


def available_languages() -> tuple[str, ...]:
    """Language codes that a profile exists for, sorted: the choices of `load_language_model`."""
    return tuple(sorted({name.split("-", 1)[0] for name in _profile_names()}))


def required_languages(languages: Sequence[str]) -> Sequence[str]:
    """The same languages, if each can be told apart.

    Raises ContentError naming a language that is unknown or repeated, and the available ones.
    """
    if not languages:
        choices = ", ".join(available_languages())
        raise ContentError("languages", "", "No language is named.", f"Available: {choices}.")
    return _checked(languages)


def load_language_model(
    languages: Sequence[str],
    *,
    decoys: Sequence[str] | None = None,
    heard: Sequence[str] = (),
) -> LanguageModel:
    """The model that tells `languages` apart, and from unsupported `decoys`; loaded once.

    Without `decoys`, these are all other languages with a profile that share a script with a
    supported one, or with one of `heard`: unsupported languages that are to be told by name.
    Those that have no profile are left out. Thread-safe; about a second for the first load.
    Raises ContentError like `required_languages`.
    """
    key = (tuple(languages), None if decoys is None else tuple(decoys), tuple(heard))
    with _lock:
        if key not in _models:
            _models[key] = _build(*key)
        return _models[key]


def profile_detector(
    languages: Sequence[str], heard: Sequence[str] = ()
) -> Callable[[str], LanguageGuess]:
    """The function `identify` with the model of `languages`. Raises as `load_language_model`."""
    model = load_language_model(languages, heard=heard)
    return lambda text: identify(text, model)


def plain_langdetect(
    languages: Sequence[str], heard: Sequence[str] = ()
) -> Callable[[str], LanguageGuess]:
    """A function like `identify` that asks langdetect itself, restricted to `languages`.

    It never hears another language. Seeded, so that it repeats its answers, and safe to call from
    several threads. Raises ContentError like `required_languages`.
    """
    names = {name: code for code in required_languages(languages) for name in _names_of(code)}
    factory = DetectorFactory()
    factory.set_seed(_SEED)
    texts = [(_PROFILES / name).read_text(encoding="utf-8") for name in names]
    for index, text in enumerate(texts):
        factory.add_profile(_LangdetectProfile(json.loads(text)), index, len(texts))

    def detect(text: str) -> LanguageGuess:
        detector = factory.create()
        detector.append(text)
        try:
            found = detector.get_probabilities()
        except LangDetectException:
            found = []
        scores = dict.fromkeys(languages, 0.0)
        for language in found:
            scores[names[language.lang]] += language.prob
        return guess_from_scores(scores)

    return detect


class _LangdetectProfile:
    """What langdetect's factory reads of a profile; its own loader refuses a single one."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.name = fields["name"]
        self.freq = fields["freq"]
        self.n_words = fields["n_words"]


def _build(
    languages: tuple[str, ...], decoys: tuple[str, ...] | None, heard: tuple[str, ...]
) -> LanguageModel:
    supported = {code: _names_of(code) for code in required_languages(languages)}
    names = {name for group in supported.values() for name in group}
    profiles = {code: _read_profile(group) for code, group in supported.items()}
    scripts = {code: _scripts_of(profile) for code, profile in profiles.items()}
    if decoys is None:
        told = [_scripts_of(_read_profile(own)) for code in heard if (own := _names_of(code))]
        shared = frozenset[str]().union(*scripts.values(), *told)
        others = [name for name in _profile_names() if name not in names]
    else:
        shared = None
        others = [name for code in _checked(decoys) for name in _names_of(code)]
        others = [name for name in others if name not in names]
    for name in others:
        profile = _read_profile([name])
        if shared is None or shared & _scripts_of(profile):
            profiles[name] = profile
            scripts[name] = _scripts_of(profile)
    columns = tuple(profiles)
    special = load_language_words()
    grams = _gram_table(tuple(profiles.values()))
    words, unlisted = read_word_table(
        {code: None if code in supported else _WORDS_OF_DECOYS for code in columns}
    )
    return LanguageModel(
        languages=tuple(languages),
        decoys=columns[len(languages) :],
        grams=grams,
        gram_lengths=tuple(sorted({len(gram) for gram in grams})),
        missing_gram=_GRAM_WEIGHTS[3] * _LOG_SMOOTHING,
        words=words,
        unlisted=unlisted,
        scripts=tuple(scripts.values()),
        substitutions=_substitutions(scripts.values()),
        neutral=frozenset(map(fold, special.neutral)),
        given_names=frozenset(map(fold, special.given_names)),
    )


def _checked(languages: Sequence[str]) -> Sequence[str]:
    choices = ", ".join(available_languages())
    for code in languages:
        if not _names_of(code):
            raise ContentError(
                "languages", code, f"Unknown language {code!r}.", f"Available: {choices}."
            )
        if list(languages).count(code) > 1:
            raise ContentError("languages", code, f"{code!r} is named twice.", "Name it once.")
    return languages


def _profile_names() -> tuple[str, ...]:
    return tuple(sorted(path.name for path in _PROFILES.iterdir() if path.suffix == ""))


def _names_of(code: str) -> list[str]:
    """Profiles of a language: its own, those of its scripts, or of its macrolanguage."""
    names = _profile_names()
    exact = [name for name in names if name == code or name.startswith(f"{code}-")]
    return exact or [name for name in [closest_language(code, names)] if name]


def _read_profile(names: Sequence[str]) -> Profile:
    """Probability of each lower-case n-gram among those of its length."""
    total: dict[str, float] = {}
    for name in names:
        fields = json.loads((_PROFILES / name).read_text(encoding="utf-8"))
        counts, sizes = fields["freq"], fields["n_words"]
        for gram, count in counts.items():
            lowered = gram.replace("İ", "i").lower()
            if len(lowered) <= len(sizes):
                share = count / sizes[len(lowered) - 1] / len(names)
                total[lowered] = total.get(lowered, 0.0) + share
    return total


def _scripts_of(profile: Profile) -> frozenset[str]:
    shares: dict[str, float] = {}
    for gram, probability in profile.items():
        if len(gram) == 1:
            for name in script_counts([gram]):
                shares[name] = shares.get(name, 0.0) + probability
    total = sum(shares.values())
    return frozenset(name for name, share in shares.items() if share >= _OWN_SCRIPT * total)


def _gram_table(profiles: Sequence[Profile]) -> dict[str, tuple[float, ...]]:
    rows: dict[str, list[float]] = {}
    for column, profile in enumerate(profiles):
        for gram, probability in profile.items():
            weight = _gram_weight(gram)
            if weight > 0.0:
                missing = weight * _LOG_SMOOTHING
                row = rows.setdefault(gram, [missing] * len(profiles))
                row[column] = weight * math.log(_SMOOTHING + probability)
    return {gram: tuple(row) for gram, row in rows.items()}


def _gram_weight(gram: str) -> float:
    if len(gram) == 1:
        # Single letters say little, single ideographs as much as words.
        return 1.0 if script_of(gram) == _IDEOGRAPHS else 0.0
    return _GRAM_WEIGHTS[len(gram)]


def _substitutions(scripts: Iterable[frozenset[str]]) -> dict[int, str]:
    """Letters that langdetect's profiles write as another one, in the scripts at hand."""
    wanted = frozenset[str]().union(*scripts)
    result: dict[int, str] = {}
    for code in range(0x00C0, 0x10000):
        letter = chr(code)
        if letter.isalpha() and script_of(letter) in wanted:
            written = NGram.normalize(letter)
            if written not in (letter, " "):
                result[code] = written
    return result
