"""Reads persona cards (`data/personas/<id>.yml`) into the core's frozen Personas."""

import math
from collections.abc import Collection, Mapping
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.content.files import Node, read_yaml
from persona_router.core.persona import ANSWERS, PASSAGE, Persona, Strength

DEFAULT_PERSONAS = Path(__file__).parent.parent / "defaults" / "personas"
CARD_SCHEMA = DEFAULT_PERSONAS / "card.schema.json"
"""Describes a card to editors; it stands beside the cards, so that they name it without a path."""
MOST = 3
CARD_KEYS = (
    "name", "share", "picture", "written_in", "biography", "goals", "challenges", "behaviour",
    "skills", "attitudes", "environment", "languages", "routes", "answers", "signals", "evidence",
    "owner", "reviewed", "review_due",
)  # fmt: skip
STRENGTHS: Mapping[str, float] = {
    "decisive": 10.0,
    "strong": 7.0,
    "moderate": 4.0,
    "weak": 2.0,
}
"""Decibans of the verbal scale. The unit and its reading are I. J. Good's ("Probability and the
Weighing of Evidence", 1950): about 1 deciban is the least difference that a person can feel, 10
is tenfold odds; the steps between are ours."""


def read_personas(
    folder: Path, *, routes: Collection[str], signals: Collection[str]
) -> tuple[Persona, ...]:
    """Return the personas of `folder` by id. Raises ContentError naming file, value and choices.

    `routes` and `signals` are the declared names that cards may use.
    """
    return tuple(
        read_persona(card, routes=routes, signals=signals) for card in persona_cards(folder)
    )


def persona_cards(folder: Path) -> tuple[Path, ...]:
    """Return the cards of `folder` by name. Raises ContentError if there are none or too many."""
    if not folder.is_dir():
        raise ContentError(folder, "", "There is no such folder.", "Create it with a card in it.")
    cards = sorted(folder.glob("*.yml"))
    if not cards:
        raise ContentError(folder, "", "It holds no persona card (*.yml).", "Write two or three.")
    if len(cards) > MOST:
        remedy = f"Keep {MOST} at most: more cannot be told apart in a chat."
        raise ContentError(folder, "", f"{len(cards)} personas are declared.", remedy)
    return tuple(cards)


def read_persona(path: Path, *, routes: Collection[str], signals: Collection[str]) -> Persona:
    """Return the persona of one card. Raises ContentError naming file, value and choices."""
    card = read_yaml(path)
    card.only(*CARD_KEYS)
    id_ = card.file.stem
    if not id_.replace("_", "").isalnum() or id_ != id_.lower():
        raise ContentError(card.file, "", f"'{id_}' is no persona id.", "Use snake_case.")
    share = card.get("share", float, 1.0)
    if not 0 < share < math.inf:
        raise card.fault("share", f"{share} is not above 0.", "Write the share of customers.")
    return Persona(
        id=id_,
        name=card.get("name", str),
        ranking=_ranking(card, routes),
        strengths=_strengths(card.node("signals"), signals),
        prior=share,
        works=frozenset(
            node.get("route", str) for node in card.nodes("routes") if node.get("works", bool, True)
        ),
        answers=_answers(card),
    )


def _answers(card: Node) -> str:
    answers = card.get("answers", str, PASSAGE)
    if answers not in ANSWERS:
        raise card.fault("answers", f"Unknown length '{answers}'.", f"One of {', '.join(ANSWERS)}.")
    return answers


def _ranking(card: Node, routes: Collection[str]) -> tuple[str, ...]:
    ranked: list[str] = []
    for node in card.nodes("routes"):
        node.only("route", "works", "succeeds", "fails")
        route = node.get("route", str)
        if route not in routes:
            raise node.fault(
                "route", f"Unknown route '{route}'.", f"Declared: {', '.join(routes)}."
            )
        if route in ranked:
            raise node.fault("route", f"'{route}' is ranked twice.", "Rank each route once.")
        ranked.append(route)
    missing = [route for route in routes if route not in ranked]
    if missing:
        raise card.fault("routes", f"It does not rank {', '.join(missing)}.", "Rank every route.")
    return tuple(ranked)


def _strengths(node: Node, signals: Collection[str]) -> dict[str, Strength]:
    strengths = {}
    for name in node.values:
        if name not in signals:
            known = ", ".join(sorted(signals))
            raise node.fault(name, f"Unknown signal '{name}'.", f"Registered: {known}.")
        ends = node.node(name)
        ends.only("present", "absent")
        strengths[name] = Strength(
            present=_decibans(ends, "present"), absent=_decibans(ends, "absent", "none")
        )
    return strengths


def _decibans(node: Node, key: str, default: str | None = None) -> float:
    written = node.get(key, str, default)
    if written == "none":
        return 0.0
    size, _, direction = " ".join(written.split()).partition(" ")
    if size not in STRENGTHS or direction not in ("for", "against"):
        remedy = f"Write one of {', '.join(STRENGTHS)} and then 'for' or 'against', or none."
        raise node.fault(key, f"'{written}' is no strength.", remedy)
    return STRENGTHS[size] * (1 if direction == "for" else -1)
