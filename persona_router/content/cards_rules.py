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
        review_grace_days=node.count("review_grace_days", usual.review_grace_days, 0, 366),
        least_separation=node.share("least_separation", usual.least_separation),
        # The distribution of twenty turns is still computed in a moment.
        typical_turns=node.count("typical_turns", usual.typical_turns, 1, 20),
        typical_presence=node.share("typical_presence", usual.typical_presence),
    )
