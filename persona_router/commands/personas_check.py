"""What `persona-router check` finds in persona cards and in the conversations beside them."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from persona_router.content.cards import read_card
from persona_router.content.cards_faults import card_faults, likeness_faults, protected_faults
from persona_router.content.cards_labels import card_labels
from persona_router.content.errors import ContentError
from persona_router.content.examples import read_cases
from persona_router.content.personas import persona_cards
from persona_router.content.plugins import GROUP, load_signals
from persona_router.content.protected import protected_words
from persona_router.core.card import Card
from persona_router.core.policy import Policy
from persona_router.core.signals import Signal


def persona_faults(
    project: Path, policy: Policy, signals: Mapping[str, Signal], *, today: date
) -> Iterator[ContentError]:
    """Yield the faults of all cards, of their labels and of the labelled conversations."""
    folder = project / "data" / "personas"
    try:
        files = persona_cards(folder)
        words = protected_words(project=project)
    except ContentError as error:
        yield error
        return
    cards: list[Card] = []
    for file in files:
        try:
            card = read_card(file, routes=policy.routes, signals=signals)
        except ContentError as error:
            yield error
        else:
            cards.append(card)
            yield from card_faults(file, card, rules=policy.cards, today=today)
        yield from protected_faults(file, words)
    yield from likeness_faults(folder, cards, policy)
    for language in policy.languages:
        try:
            card_labels(language, project=project)
        except ContentError as error:
            yield error
    if (folder / "examples.jsonl").exists():
        yield from _example_faults(folder, declared={file.stem for file in files})


def known_signals() -> Mapping[str, Signal]:
    """Return all signals. Raises ContentError naming the plug-in that cannot be loaded."""
    try:
        return load_signals()
    except ImportError as error:
        raise ContentError(GROUP, "", str(error), "") from error


def _example_faults(folder: Path, *, declared: set[str]) -> Iterator[ContentError]:
    examples = folder / "examples.jsonl"
    try:
        cases = read_cases(examples)
    except ContentError as error:
        yield error
        return
    for case in cases:
        if case.persona is not None and case.persona not in declared:
            remedy = f"Declared in {folder}: {', '.join(sorted(declared))}."
            what = f"Unknown persona '{case.persona}'."
            yield ContentError(examples, f"case {case.id}", what, remedy)
