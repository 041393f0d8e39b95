"""Compare language identification with langdetect and lingua on the same short messages.

    python -m bench.language [FILE]

FILE holds labelled messages as `persona-router evaluate language` takes them. Prints a table and
writes bench/results/<time>.json. Every detector chooses among the languages that occur in FILE, but
langdetect as shipped. Exit status 1 if lingua is not installed or FILE is at fault.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import langdetect

from bench.report import write
from persona_router.content.errors import ContentError
from persona_router.content.evaluate_language import evaluate_language, read_language_cases
from persona_router.content.languages import load_language_model, plain_langdetect
from persona_router.core.language import LanguageGuess, guess_from_scores

_CASES = Path(__file__).resolve().parents[1] / "tests" / "data" / "language.dev.jsonl"
_LINES = (
    ("1 word", "accuracy_1_word"),
    ("2 words", "accuracy_2_words"),
    ("3 to 5 words", "accuracy_3_5_words"),
    ("6 and more", "accuracy_6_plus"),
    ("all", "accuracy"),
    ("time p50, ms", "latency_ms_p50"),
    ("time p99, ms", "latency_ms_p99"),
)
Detect = Callable[[str], LanguageGuess]


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status after measuring all detectors."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.language", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("file", nargs="?", type=Path, default=_CASES, metavar="FILE")
    path = parser.parse_args(arguments).file
    try:
        found = {case.language for case in read_language_cases(path)}
        languages = tuple(sorted(code for code in found if code))
        model = load_language_model(languages)
        detectors: dict[str, Detect | None] = {
            "ours": None,
            "langdetect, same languages": plain_langdetect(languages),
            "langdetect as shipped": _langdetect_as_shipped(languages),
            "lingua": _lingua(languages),
        }
        figures = {
            name: evaluate_language(path, model, detect=detect)
            for name, detect in detectors.items()
        }
    except (ContentError, ImportError) as fault:
        print(f"Benchmark: {fault}", file=sys.stderr)
        return 1
    print(f"\nLanguage of {len(read_language_cases(path))} messages in {len(languages)} languages:")
    print(_table(figures))
    print(f"\n{write(_result(path, languages, figures), Path('bench', 'results'))}")
    return 0


def _langdetect_as_shipped(languages: Sequence[str]) -> Detect:
    langdetect.DetectorFactory.seed = 0

    def detect(text: str) -> LanguageGuess:
        try:
            found = langdetect.detect_langs(text)
        except langdetect.LangDetectException:
            found = []
        scores = dict.fromkeys(languages, 0.0)
        for language in found:
            scores[language.lang] = language.prob
        return guess_from_scores(scores)

    return detect


def _lingua(languages: Sequence[str]) -> Detect:
    """Return lingua in its most accurate mode; raises ImportError saying how to install it."""
    try:
        from lingua import IsoCode639_1, LanguageDetectorBuilder
    except ImportError as error:
        raise ImportError("lingua is not installed: run scripts/setup.sh bench") from error
    codes = [getattr(IsoCode639_1, code.upper()) for code in languages]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    built = builder.with_preloaded_language_models().build()

    def detect(text: str) -> LanguageGuess:
        language = built.detect_language_of(text)
        code = language.iso_code_639_1.name.lower() if language else None
        return guess_from_scores({each: float(each == code) for each in languages})

    return detect


def _table(figures: Mapping[str, Mapping[str, float]]) -> str:
    lines = [" " * 16 + "".join(f"{name:>29}" for name in figures)]
    for title, key in _LINES:
        cells = (f"{of_one[key]:.3f}" if key in of_one else "-" for of_one in figures.values())
        lines.append(f"{title:16}" + "".join(f"{cell:>29}" for cell in cells))
    return "\n".join(lines)


def _result(
    path: Path, languages: Sequence[str], figures: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "file": path.name,
        "languages": list(languages),
        **{name: dict(of_one) for name, of_one in figures.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
