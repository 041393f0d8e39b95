"""`persona-router evaluate search`: figures of one search case, or of all in a folder."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from persona_router.content.errors import ContentError
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.locale import language_of
from persona_router.knowledge.evaluate import (
    Answered,
    answers,
    remembering,
    search_figures,
)
from persona_router.knowledge.search_cases import read_search_case

_POLICY = Path("data/routing.yml")
_RANKERS = {"search": "", "words": "_words", "vectors": "_vectors"}
_RECALLS = ("recall_at_1", "recall_at_5")


def run(options: argparse.Namespace) -> int:
    """Print the figures and return 0. Raises ContentError for files that hold no such cases."""
    from persona_router.encoder import shared_encoder

    article_from = _article_from(options.article_from)
    encode = shared_encoder().encode
    encode_articles = remembering(encode)
    cases: dict[str, Sequence[Answered]] = {}
    for path in _files(options.file):
        case = read_search_case(_read(path), file=path, locales=options.articles_in or ())
        if options.languages and language_of(case.asked) not in options.languages:
            continue
        cases[path.stem] = answers(case, encode, encode_articles=encode_articles)
        if options.failures:
            _print_failures(path.stem, cases[path.stem])
    if not cases:
        what = f"No case is in {', '.join(options.languages)}."
        raise ContentError(options.file, "", what, "Choose others.")
    by_case = {
        name: search_figures(found, article_from=article_from) for name, found in cases.items()
    }
    figures = search_figures(
        [one for found in cases.values() for one in found], article_from=article_from
    )
    if len(by_case) > 1:
        _print_cases(by_case | {"all": figures})
    _print_figures(figures)
    if options.json:
        print(json.dumps(dict(figures) | ({"cases": by_case} if len(by_case) > 1 else {})))
    return 0


def _article_from(given: float | None) -> float:
    if given is not None:
        return given
    return read_policy(_POLICY if _POLICY.is_file() else DEFAULT_POLICY).article_from


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.json"))
    if not found:
        raise ContentError(path, "", "The folder holds no search case.", "Add .json files.")
    return found


def _read(path: Path) -> Mapping[str, Any]:
    try:
        case = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        what = f"It cannot be read ({error})."
        raise ContentError(path, "", what, "Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise ContentError(path, "", f"It is no JSON ({error}).", "Mend it.") from error
    if not isinstance(case, dict):
        raise ContentError(path, "", "It holds no object.", "Write a search case.")
    return case


def _print_cases(by_case: Mapping[str, Mapping[str, float]]) -> None:
    columns = [
        (f"{recall[-1]} {ranker}", recall + suffix)
        for recall in _RECALLS
        for ranker, suffix in _RANKERS.items()
    ]
    columns += [(name, name) for name in ("ece", "coverage", "precision", "false_answers")]
    width = max(map(len, by_case))
    print(" " * width + "".join(f"  {title:>9}" for title, _ in columns))
    for name, figures in by_case.items():
        cells = (f"{figures[key]:.3f}" if key in figures else "-" for _, key in columns)
        padded = (
            f"  {cell:>{max(9, len(title))}}"
            for cell, (title, _) in zip(cells, columns, strict=True)
        )
        print(f"{name:<{width}}" + "".join(padded))
    print()


def _print_figures(figures: Mapping[str, float]) -> None:
    width = max(map(len, figures))
    recalls = [name for name in _RECALLS if name in figures]
    if recalls:
        print(f"{'':<{width}}" + "".join(f"  {ranker:>8}" for ranker in _RANKERS))
    for name in recalls:
        cells = (f"  {figures[name + suffix]:>8.4f}" for suffix in _RANKERS.values())
        print(f"{name:<{width}}" + "".join(cells))
    for name, value in figures.items():
        if not name.startswith(_RECALLS):
            print(f"{name:<{width}}  {value:>8.4f}")


def _print_failures(case: str, answered: Sequence[Answered]) -> None:
    for one in answered:
        wanted = one.question.right
        if wanted and not one.right:
            found = one.found[0] if one.found else "nothing"
            remark = f"{found} instead of {' or '.join(sorted(wanted))} ({one.score:.2f})"
            print(f"{case}: {remark}: {one.question.text}")
