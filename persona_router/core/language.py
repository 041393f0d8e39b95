"""Which language a short message is written in, and whether it says anything about that at all.

Naive Bayes over character n-grams and whole words, gated by script. Words unknown to every list
have only their n-grams to speak for them, which then weigh more.
"""

import math
from collections.abc import Mapping, Sequence

from persona_router.core.language_model import (
    OTHER,
    LanguageGuess,
    LanguageModel,
    LanguageParams,
)
from persona_router.core.word_evidence import tells_language
from persona_router.core.words import fold, script_counts, split_words

__all__ = [
    "OTHER",
    "LanguageGuess",
    "LanguageModel",
    "LanguageParams",
    "guess_from_scores",
    "identify",
]


def identify(text: str, model: LanguageModel) -> LanguageGuess:
    """The posterior over languages for one message of any text; bounded work, never raises."""
    params = model.params
    beginning = text[: params.longest_text]
    words = split_words(beginning)[: params.most_words]
    if not words:
        return _without_evidence(model)
    columns = _columns_of_script(words, model)
    if not columns:
        foreign = dict.fromkeys(model.languages, -params.clip) | {OTHER: 0.0}
        neutral = all(fold(word) in model.neutral for word in words)
        return _guess(foreign, model, evidence=not neutral, unsupported=None)
    totals = [0.0] * len(model.scripts)
    known_rows: list[tuple[float, ...]] = []
    unknown_rows: list[tuple[float, ...]] = []
    frequencies = [model.words.frequencies(word) for word in words]
    for word, found in zip(words, frequencies, strict=True):
        (known_rows if found else unknown_rows).extend(_gram_rows(word, model))
        _add_word(totals, found, model)
    _add_grams(totals, known_rows, params.known_gram_weight)
    _add_grams(totals, unknown_rows, params.unknown_gram_weight)
    evidence = tells_language(beginning, words, frequencies, columns, model)
    names = (*model.languages, *model.decoys)
    decoys = [column for column in columns if column >= len(model.languages)]
    return _guess(
        _likelihoods(totals, columns, model),
        model,
        evidence=evidence,
        unsupported=names[max(decoys, key=totals.__getitem__)] if decoys else None,
    )


def guess_from_scores(scores: Mapping[str, float]) -> LanguageGuess:
    """A guess from another detector's probabilities per supported language (no decoys).

    Probabilities need not sum to 1; none above 0 means no evidence.
    """
    total = sum(scores.values())
    if total <= 0.0:
        share = 1.0 / len(scores)
        even = dict.fromkeys(scores, share) | {OTHER: 0.0}
        return LanguageGuess(scores=even, best=None, code=None, log_likelihoods={})
    shares = {code: score / total for code, score in scores.items()} | {OTHER: 0.0}
    best = max(scores, key=scores.__getitem__)
    clip = LanguageParams().clip
    return LanguageGuess(
        scores=shares,
        best=best,
        code=best,
        log_likelihoods={
            code: max(math.log(share / shares[best]), -clip) if share > 0.0 else -clip
            for code, share in shares.items()
        },
    )


def _columns_of_script(words: Sequence[str], model: LanguageModel) -> list[int]:
    """Columns whose scripts cover the message best."""
    counts = script_counts(words)
    covered = {
        scripts: sum(counts.get(name, 0.0) for name in scripts) for scripts in set(model.scripts)
    }
    most = max(covered.values(), default=0.0)
    # A script that no column has outweighs the few letters (a brand, a unit) that one does.
    if most < sum(counts.values()) / 2:
        return []
    return [i for i, scripts in enumerate(model.scripts) if covered[scripts] > most / 2]


def _gram_rows(word: str, model: LanguageModel) -> list[tuple[float, ...]]:
    padded = f" {word.translate(model.substitutions)} "
    get = model.grams.get
    return [
        row
        for length in model.gram_lengths
        for start in range(len(padded) - length + 1)
        if (row := get(padded[start : start + length]))
    ]


def _add_grams(totals: list[float], rows: list[tuple[float, ...]], weight: float) -> None:
    for column, total in enumerate(map(sum, zip(*rows, strict=True))):
        totals[column] += weight * total


def _add_word(totals: list[float], frequencies: Mapping[int, float], model: LanguageModel) -> None:
    """Adds what a word says beyond being unknown."""
    if not frequencies:
        return
    weight, missing = model.params.word_weight, model.params.missing_word
    for column, frequency in frequencies.items():
        totals[column] += weight * (frequency - missing)
    # Without a list, a word counts half way between known and missing: no evidence.
    unlisted = weight * (max(frequencies.values()) - missing) / 2
    for column in model.unlisted:
        totals[column] += unlisted


def _likelihoods(
    totals: Sequence[float], columns: Sequence[int], model: LanguageModel
) -> dict[str, float]:
    """Log-likelihoods per supported language and of all decoys together, unclipped."""
    supported = len(model.languages)
    result = dict.fromkeys(model.languages, -math.inf)
    for column in columns:
        if column < supported:
            result[model.languages[column]] = totals[column]
    decoys = [totals[column] for column in columns if column >= supported]
    result[OTHER] = _log_sum(decoys) - math.log(len(decoys)) if decoys else -math.inf
    return result


def _guess(
    likelihoods: Mapping[str, float],
    model: LanguageModel,
    *,
    evidence: bool,
    unsupported: str | None,
) -> LanguageGuess:
    params = model.params
    top = max(likelihoods.values())
    relative = {code: max(value - top, -700.0) for code, value in likelihoods.items()}
    share = (1.0 - params.other_prior) / len(model.languages)
    weights = {
        code: math.exp(value) * (params.other_prior if code == OTHER else share)
        for code, value in relative.items()
    }
    total = sum(weights.values())
    scores = {code: weight / total for code, weight in weights.items()}
    best = max(model.languages, key=scores.__getitem__)
    return LanguageGuess(
        scores=scores,
        best=best,
        code=best if evidence else None,
        log_likelihoods=(
            {code: max(value, -params.clip) for code, value in relative.items()} if evidence else {}
        ),
        unsupported=unsupported if evidence else None,
    )


def _without_evidence(model: LanguageModel) -> LanguageGuess:
    share = (1.0 - model.params.other_prior) / len(model.languages)
    scores = dict.fromkeys(model.languages, share) | {OTHER: model.params.other_prior}
    return LanguageGuess(scores=scores, best=None, code=None, log_likelihoods={})


def _log_sum(values: Sequence[float]) -> float:
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))
