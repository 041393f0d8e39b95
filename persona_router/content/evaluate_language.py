"""Measures language identification on labelled messages, one JSON object a line."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from persona_router.content.errors import ContentError
from persona_router.core.language import LanguageGuess, LanguageModel, identify

UNKNOWN: Final = "unknown"
_BINS: Final = 10
_LENGTHS: Final = (("1_word", 1), ("2_words", 2), ("3_5_words", 5), ("6_plus", 10**9))


@dataclass(frozen=True, kw_only=True)
class LanguageCase:
    """One labelled message: either its language, or the answers that do no harm to its sender."""

    text: str
    language: str | None
    accept: frozenset[str]
    category: str | None


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    case: LanguageCase
    guess: LanguageGuess
    answer: str
    milliseconds: float


def read_language_cases(path: Path) -> tuple[LanguageCase, ...]:
    """The cases of a file, in its order; blank lines are skipped.

    A line has `text` and `lang`, or `text` and `accept` (languages, "unknown", "other") and
    optionally `category`. Raises ContentError naming the line, or the file if there are no cases.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            path, "", f"Cannot be read ({type(error).__name__}).", "Name a UTF-8 file."
        ) from error
    cases = tuple(_read_case(path, n, line) for n, line in enumerate(lines, 1) if line.strip())
    if not cases:
        raise ContentError(path, "", "Holds no cases.", "Write one JSON object a line.")
    return cases


def evaluate_language(
    path: Path,
    model: LanguageModel,
    *,
    threshold: float = 0.6,
    detect: Callable[[str], LanguageGuess] | None = None,
) -> Mapping[str, float]:
    """Figures by name over the cases of a file; shares are 0 to 1, latencies milliseconds.

    Of labelled lines: `accuracy`, `accuracy_1_word` … of the best guess whatever its probability;
    `coverage` the share answered at `threshold`, `precision` the share of those right; `ece` the
    expected calibration error over ten bins. Of lines with `accept`: `harmless` and
    `harmless_<category>`, answers in `accept` at `threshold`. A figure without cases is left out.
    `detect` measures another detector than `identify` with `model`. Raises ContentError for a bad
    line.
    """
    cases = read_language_cases(path)
    ask = detect or (lambda text: identify(text, model))
    # The first answers of a process fill caches; they say nothing about a running assistant.
    for case in cases[:20]:
        ask(case.text)
    outcomes = [_measure(case, ask, threshold) for case in cases]
    labelled = [outcome for outcome in outcomes if outcome.case.language is not None]
    figures = dict(_accuracies(labelled))
    if labelled:
        answered = [outcome for outcome in labelled if outcome.answer != UNKNOWN]
        figures["coverage"] = len(answered) / len(labelled)
        if answered:
            figures["precision"] = _share(o.answer == o.case.language for o in answered)
        figures["ece"] = _calibration_error(labelled)
    figures.update(_harmless(outcomes))
    times = sorted(outcome.milliseconds for outcome in outcomes)
    figures["latency_ms_p50"] = times[len(times) // 2]
    figures["latency_ms_p99"] = times[len(times) * 99 // 100]
    return figures


def _read_case(path: Path, number: int, line: str) -> LanguageCase:
    place = f"line {number}"
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ContentError(path, place, "Is not JSON.", "Write one JSON object a line.") from error
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise ContentError(path, place, "Has no text.", 'Write {"text": "…", "lang": "…"}.')
    language, accept, category = (value.get(key) for key in ("lang", "accept", "category"))
    listed = isinstance(accept, list) and accept and all(isinstance(a, str) for a in accept)
    if accept is not None and not listed:
        raise ContentError(
            path, place, f"accept is {accept!r}.", 'List languages, "unknown" or "other".'
        )
    if accept is None and not isinstance(language, str):
        raise ContentError(path, place, "Has no label.", "Write lang or accept.")
    if not isinstance(category, str | None):
        raise ContentError(path, place, f"category is {category!r}.", "Write a text.")
    return LanguageCase(
        text=value["text"],
        language=language if accept is None else None,
        accept=frozenset(accept or ()),
        category=category,
    )


def _measure(case: LanguageCase, ask: Callable[[str], LanguageGuess], threshold: float) -> _Outcome:
    started = time.perf_counter()
    guess = ask(case.text)
    elapsed = (time.perf_counter() - started) * 1000.0
    return _Outcome(
        case=case, guess=guess, answer=guess.answer(threshold) or UNKNOWN, milliseconds=elapsed
    )


def _accuracies(labelled: Sequence[_Outcome]) -> Iterator[tuple[str, float]]:
    if labelled:
        yield "accuracy", _share(o.guess.best == o.case.language for o in labelled)
    shortest = 0
    for name, longest in _LENGTHS:
        some = [o for o in labelled if shortest < len(o.case.text.split()) <= longest]
        if some:
            yield f"accuracy_{name}", _share(o.guess.best == o.case.language for o in some)
        shortest = longest


def _harmless(outcomes: Sequence[_Outcome]) -> Iterator[tuple[str, float]]:
    robust = [outcome for outcome in outcomes if outcome.case.accept]
    if robust:
        yield "harmless", _share(o.answer in o.case.accept for o in robust)
    for category in sorted({o.case.category for o in robust if o.case.category}):
        some = [o for o in robust if o.case.category == category]
        yield f"harmless_{category}", _share(o.answer in o.case.accept for o in some)


def _calibration_error(labelled: Sequence[_Outcome]) -> float:
    """Mean distance between the probability of the best guess and how often it is right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for outcome in labelled:
        best = outcome.guess.best
        # The code "other" is no supported language, but its share is doubt about the best one.
        probability = outcome.guess.scores[best] if best else 0.0
        index = min(int(probability * _BINS), _BINS - 1)
        bins[index].append((probability, best == outcome.case.language))
    gaps = (abs(sum(p for p, _ in some) - sum(right for _, right in some)) for some in bins)
    return sum(gaps) / len(labelled)


def _share(values: Iterator[bool]) -> float:
    found = list(values)
    return sum(found) / len(found)
