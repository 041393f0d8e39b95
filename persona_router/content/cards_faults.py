"""What is wrong with persona cards that can be read: evidence, reviews, stereotypes, likeness."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from persona_router.content.cards_pictures import read_picture
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.files import read_yaml
from persona_router.content.protected import REMEDY, ProtectedWords
from persona_router.core.card import Card, Statement
from persona_router.core.policy import CardRules, Policy
from persona_router.core.separation import separation

_NOT_ABOUT_CUSTOMERS = ("owner", "picture")
"""Keys whose texts name a member of the team or a file: names may look like protected words."""


def card_faults(file: Path, card: Card, *, rules: CardRules, today: date) -> Iterator[ContentError]:
    """Yield the faults of one card: evidence, dates, review, picture, routes that say the same."""
    for statement in card.statements():
        yield from _evidence_faults(file, card, statement, rules)
    cited = {id_ for statement in card.statements() for id_ in statement.evidence}
    for id_, finding in card.findings.items():
        if id_ not in cited:
            what, remedy = "No statement rests on it.", "Name it at a statement or remove it."
            yield ContentError(file, f"evidence.{id_}", what, remedy)
        if finding.date > today:
            what = f"{finding.date} is in the future."
            yield ContentError(file, f"evidence.{id_}.date", what, "Write when it was found.")
    yield from _review_faults(file, card, rules, today)
    told: dict[tuple[str, str], str] = {}
    for ranked in card.routes:
        same = told.setdefault((ranked.succeeds.says, ranked.fails.says), ranked.route)
        if same != ranked.route:
            what = f"'{ranked.route}' succeeds and fails exactly as '{same}' does."
            remedy = "Say what distinguishes them: nothing bears out which comes first."
            yield ContentError(file, ranked.succeeds.place.rpartition(".")[0], what, remedy)
    if card.picture is not None:
        try:
            read_picture(file.parent, card.picture, card=file)
        except ContentError as error:
            yield error


def protected_faults(file: Path, words: ProtectedWords) -> Iterator[ContentError]:
    """Yield every protected word in the texts and keys of one card.

    It looks at the file as it is, so that a card which is faulty otherwise is looked at too; one
    that is no YAML has no texts.
    """
    try:
        top = read_yaml(file)
    except ContentError:
        return
    for place, text in _texts(top.values, ""):
        if place.partition(".")[0] not in _NOT_ABOUT_CUSTOMERS:
            for hit in words.find(text):
                yield ContentError(file, place, hit.what, REMEDY)


def likeness_faults(folder: Path, cards: Sequence[Card], policy: Policy) -> Iterator[ContentError]:
    """Yield the pairs of cards that rank alike, and those that signals cannot tell apart."""
    rules = policy.cards
    for one, other in combinations((card.persona for card in cards), 2):
        both = f"'{one.id}' and '{other.id}'"
        if one.ranking == other.ranking:
            remedy = "Merge them: a persona that wants the same as another changes nothing."
            yield ContentError(folder, "routes", f"{both} rank all routes alike.", remedy)
        found = separation(
            one,
            other,
            params=policy.evidence,
            turns=rules.typical_turns,
            presence=rules.typical_presence,
        )
        if found < rules.least_separation:
            what = (
                f"Signals cannot tell {both} apart: after {rules.typical_turns} turns the right "
                f"one is expected to have {found:.2f}, not {rules.least_separation:.2f}."
            )
            remedy = "Give strengths to signals on which they differ, or merge them."
            yield ContentError(folder, "signals", what, remedy)


def _evidence_faults(
    file: Path, card: Card, statement: Statement, rules: CardRules
) -> Iterator[ContentError]:
    if not statement.evidence and statement.part in rules.evidence_required:
        what = f"'{statement.says}' rests on no evidence."
        remedy = "Write {says: …, evidence: [id]}, with the id of an entry under evidence."
        yield ContentError(file, statement.place, what, remedy)
    for id_ in statement.evidence:
        if id_ not in card.findings:
            declared = ", ".join(card.findings) or "none"
            what = f"Unknown evidence '{id_}'."
            yield ContentError(file, statement.place, what, f"Declared under evidence: {declared}.")


def _review_faults(file: Path, card: Card, rules: CardRules, today: date) -> Iterator[ContentError]:
    if card.reviewed > today:
        what = f"{card.reviewed} is in the future."
        yield ContentError(file, "reviewed", what, "Write the date of the last review.")
    if card.review_due <= card.reviewed:
        what = f"{card.review_due} is not after the review of {card.reviewed}."
        yield ContentError(file, "review_due", what, "Write the date of the next review.")
        return
    late = today - card.review_due
    if late <= timedelta(0):
        return
    what = f"The review by {card.owner} was due on {card.review_due}."
    remedy = "Compare the card with recent contacts, then set reviewed and review_due."
    if late.days <= rules.review_grace_days:
        last = card.review_due + timedelta(days=rules.review_grace_days)
        remedy += f" It is a fault after {last}."
        yield ContentWarning(file, "review_due", what, remedy)
    else:
        yield ContentError(file, "review_due", what, remedy)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            at = f"{place}.{key}" if place else str(key)
            if place:
                yield at, str(key)
            yield from _texts(inner, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _texts(inner, f"{place}[{number}]")
