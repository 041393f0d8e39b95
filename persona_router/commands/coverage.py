"""`persona-router coverage`: who finds a route, in which language, for what, and when."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from persona_router.commands.coverage_page import coverage_page
from persona_router.commands.coverage_text import language_name, sentence, zone_name
from persona_router.content.articles import Article, read_articles
from persona_router.content.errors import ContentError
from persona_router.content.personas import read_personas
from persona_router.content.plugins import load_signals
from persona_router.content.policies import read_policy
from persona_router.core.coverage import Coverage, cover
from persona_router.core.policy import Policy

DAYS = 14
"""Two weeks, so that a single holiday is told from what is so every week."""
_SHOWN = 20


def run(options: argparse.Namespace) -> int:
    """Print the coverage of the project and return 0; 1 if more is empty than its budget allows."""
    start = options.start or date.today()
    policy = read_policy(options.project / "data" / "routing.yml")
    coverage = measured(options.project, policy, start=start, days=options.days)
    if options.html and not _written(options.html, coverage_page(coverage)):
        return 2
    if options.json:
        print(json.dumps(figures(coverage, policy), ensure_ascii=False))
    else:
        print("\n".join(_report(coverage, everything=options.all)))
    fault = budget_fault(options.project / "data" / "routing.yml", policy, coverage)
    if fault:
        print(fault, file=sys.stderr)
    return 1 if fault else 0


def measured(
    project: Path,
    policy: Policy,
    *,
    start: date,
    days: int = DAYS,
    articles: Sequence[Article] | None = None,
) -> Coverage:
    """Return the coverage of a project. Raises ContentError for cards or articles with faults.

    `articles` are the project's, if they have been read already.
    """
    data = project / "data"
    personas = read_personas(data / "personas", routes=policy.routes, signals=load_signals())
    answered: dict[str, set[str]] = {}
    if articles is None and (data / "knowledge").exists():
        articles = read_articles(data / "knowledge")
    for article in articles or ():
        language = article.locale.partition("-")[0]
        answered.setdefault(language, set()).update(article.intents)
    return cover(policy, personas, answered, start=start, days=days)


def coverage_faults(
    project: Path, policy: Policy, *, file: Path, start: date, articles: Sequence[Article]
) -> Iterator[ContentError]:
    """Yield the fault of more empty cells than the budget allows in the two weeks from `start`.

    `file` is where the policy stands, `articles` are the project's. Cards that cannot be read yield
    nothing: whoever asks reports their faults already.
    """
    if policy.coverage_budget == 1:
        return
    try:
        coverage = measured(project, policy, start=start, articles=articles)
    except ContentError:
        return
    fault = budget_fault(file, policy, coverage)
    if fault:
        yield fault


def budget_fault(file: Path, policy: Policy, coverage: Coverage) -> ContentError | None:
    """Return what is wrong if more cells are empty than the policy's budget allows, else None."""
    if coverage.empty <= policy.coverage_budget:
        return None
    what = (
        f"From {coverage.start} on, {coverage.empty:.1%} of the cells of persona, language, intent "
        f"and hour have no route, more than {policy.coverage_budget:.1%}."
    )
    remedy = "Run persona-router coverage to see which; open a route there, or raise the budget."
    return ContentError(file, "coverage_budget", what, remedy)


def figures(coverage: Coverage, policy: Policy) -> dict[str, Any]:
    """Return the coverage as JSON values."""
    return {
        "from": coverage.start.isoformat(),
        "days": coverage.days,
        "cells": coverage.cells,
        "covered": round(1 - coverage.empty, 4),
        "empty": round(coverage.empty, 4),
        "coverage_budget": policy.coverage_budget,
        "zones": {language: zone_name(hours) for language, hours in coverage.hours.items()},
        "personas": {
            persona: {
                language: round(coverage.share(persona, language), 4) for language in coverage.hours
            }
            for persona in coverage.personas
        },
        "gaps": [
            {
                "persona": gap.persona,
                "language": gap.language,
                "intents": gap.intents,
                "hours": [hour.isoformat() for hour in gap.hours],
                "cells": gap.cells,
                "fails": dict(gap.fails),
                "lacks": {route: lack.value for route, lack in gap.lacks.items()},
                "sentence": sentence(gap, coverage),
            }
            for gap in coverage.gaps
        ],
    }


def _report(coverage: Coverage, *, everything: bool) -> Iterator[str]:
    if not coverage.cells:
        yield "The routing policy names no intents, so that there is nothing to cover."
        return
    yield (
        f"{1 - coverage.empty:.1%} of {coverage.cells:,} cells of persona, language, intent and "
        f"hour have a route, in {coverage.days} day{'' if coverage.days == 1 else 's'} "
        f"from {coverage.start} on."
    )
    yield ""
    yield from _table(coverage)
    shown = coverage.gaps if everything else coverage.gaps[:_SHOWN]
    if shown:
        yield "\nNo route for"
    for gap in shown:
        yield f"- {sentence(gap, coverage)}"
    if len(coverage.gaps) > len(shown):
        yield f"… and {len(coverage.gaps) - len(shown)} more: --all prints them."


def _table(coverage: Coverage) -> Iterator[str]:
    lines = [("language", "hours in", *coverage.personas)]
    for language, hours in coverage.hours.items():
        shares = (f"{coverage.share(persona, language):.1%}" for persona in coverage.personas)
        lines.append((language_name(language), zone_name(hours), *shares))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        texts = (text.ljust(width) for text, width in zip(line[:2], widths[:2], strict=True))
        numbers = (text.rjust(width) for text, width in zip(line[2:], widths[2:], strict=True))
        yield "  ".join((*texts, *numbers))


def _written(file: Path, page: str) -> bool:
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        print(f"{file}: It cannot be written ({error.strerror}). Name another.", file=sys.stderr)
        return False
    return True
