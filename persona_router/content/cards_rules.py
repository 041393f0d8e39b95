"""Reads what the routing policy demands of persona cards (`personas` of `data/routing.yml`)."""

from persona_router.content.files import Node
from persona_router.core.card import ROUTES, SECTIONS
from persona_router.core.policy import CardRules

_PARTS = ("biography", *SECTIONS, ROUTES)


def read_card_rules(node: Node) -> CardRules:
    """Return the rules in `node`, the usual ones where it has none. Raises ContentError."""
    node.only(
        "evidence_required", "review_grace_days", "least_separation", "typical_turns",
        "typical_presence",
    )  # fmt: skip
    usual = CardRules()
    required = node.texts("evidence_required", sorted(usual.evidence_required))
    for part in required:
        if part not in _PARTS:
            what = f"'{part}' is no part of a card that holds statements."
            raise node.fault("evidence_required", what, f"Choose from {', '.join(_PARTS)}.")
    return CardRules(
        evidence_required=frozenset(required),
        review_grace_days=_count(node, "review_grace_days", usual.review_grace_days, 0, 366),
        least_separation=_share(node, "least_separation", usual.least_separation),
        # The distribution of twenty turns is still computed in a moment.
        typical_turns=_count(node, "typical_turns", usual.typical_turns, 1, 20),
        typical_presence=_share(node, "typical_presence", usual.typical_presence),
    )


def _count(node: Node, key: str, default: int, least: int, most: int) -> int:
    value = node.get(key, int, default)
    if not least <= value <= most:
        what = f"{value} is outside {least} to {most}."
        raise node.fault(key, what, "Write a number of that range.")
    return value


def _share(node: Node, key: str, default: float) -> float:
    value = node.get(key, float, default)
    if not 0 <= value <= 1:
        raise node.fault(key, f"{value} is outside 0 to 1.", "Write a number from 0 to 1.")
    return value
