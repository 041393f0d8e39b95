"""`persona-router check`: every fault of the content, one line each."""

import argparse
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from persona_router.commands.check_texts import text_faults
from persona_router.commands.coverage import coverage_faults
from persona_router.commands.personas_check import known_signals, persona_faults
from persona_router.content.articles import check_articles
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.lexicons import read_lexicons
from persona_router.content.policies import read_policy


def run(options: argparse.Namespace) -> int:
    """Print the faults of the assistant in `--project`; return 1 if there are any, else 0.

    Warnings are printed too, and change nothing.
    """
    today = options.at.date() if options.at else date.today()
    found = list(all_faults(options.project, today=today))
    warnings = [fault for fault in found if isinstance(fault, ContentWarning)]
    for fault in found:
        print(f"Warning: {fault}" if isinstance(fault, ContentWarning) else fault)
    faults = len(found) - len(warnings)
    told = _counted(faults, "fault") if faults else "No faults."
    print(f"{told} ({_counted(len(warnings), 'warning')})" if warnings else told)
    return 1 if faults else 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def all_faults(project: Path, *, today: date) -> Iterator[ContentError]:
    """Yield every fault below `project`: policy, cards, examples, phrase lists, articles, texts."""
    data = project / "data"
    if (data / "knowledge").exists():
        yield from check_articles(data / "knowledge")
    try:
        policy = read_policy(data / "routing.yml")
        signals = known_signals()
    except ContentError as error:
        yield error  # what the other files may name is not known without them
        return
    yield from persona_faults(project, policy, signals, today=today)
    own = data / "lexicon" if (data / "lexicon").exists() else None
    for language in policy.languages:
        yield from _caught(partial(read_lexicons, [language], own=own))
    yield from text_faults(project, policy)
    yield from coverage_faults(project, policy, start=today)


def _caught(read: Callable[[], object]) -> Iterator[ContentError]:
    try:
        read()
    except ContentError as error:
        yield error
