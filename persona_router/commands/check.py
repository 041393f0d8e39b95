"""`persona-router check`: every fault of the content, one line each."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from persona_router.commands.check_texts import text_faults
from persona_router.content.articles import check_articles
from persona_router.content.errors import ContentError
from persona_router.content.examples import read_cases
from persona_router.content.lexicons import read_lexicons
from persona_router.content.personas import persona_cards, read_persona
from persona_router.content.plugins import load_signals
from persona_router.content.policies import read_policy
from persona_router.core.policy import Policy


def run(options: argparse.Namespace) -> int:
    """Print the faults of the assistant in `--project`; return 1 if there are any, else 0."""
    faults = list(all_faults(options.project))
    for fault in faults:
        print(fault)
    print(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}" if faults else "No faults.")
    return 1 if faults else 0


def all_faults(project: Path) -> Iterator[ContentError]:
    """Yield every fault below `project`: policy, cards, examples, phrase lists, articles, texts."""
    data = project / "data"
    if (data / "knowledge").exists():
        yield from check_articles(data / "knowledge")
    try:
        policy = read_policy(data / "routing.yml")
    except ContentError as error:
        yield error  # what the other files may name is not known without it
        return
    yield from _persona_faults(data / "personas", policy)
    own = data / "lexicon" if (data / "lexicon").exists() else None
    for language in policy.languages:
        yield from _caught(partial(read_lexicons, [language], own=own))
    yield from text_faults(project, policy)


def _caught(read: Callable[[], object]) -> Iterator[ContentError]:
    try:
        read()
    except ContentError as error:
        yield error


def _persona_faults(folder: Path, policy: Policy) -> Iterator[ContentError]:
    """Yield what is wrong with the cards, and with the labelled conversations beside them."""
    signals = load_signals()
    try:
        cards = persona_cards(folder)
    except ContentError as error:
        yield error
        return
    for card in cards:
        yield from _caught(partial(read_persona, card, routes=policy.routes, signals=signals))
    examples = folder / "examples.jsonl"
    if not examples.exists():
        return
    try:
        cases = read_cases(examples)
    except ContentError as error:
        yield error
        return
    declared = {card.stem for card in cards}
    for case in cases:
        if case.persona is not None and case.persona not in declared:
            remedy = f"Declared in {folder}: {', '.join(sorted(declared))}."
            what = f"Unknown persona '{case.persona}'."
            yield ContentError(examples, f"case {case.id}", what, remedy)
