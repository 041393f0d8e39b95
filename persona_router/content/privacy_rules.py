"""Reads how long data is kept (`privacy` of `data/routing.yml`)."""

from dataclasses import fields

from persona_router.content.files import Node
from persona_router.core.privacy_rules import KeepDays, PrivacyRules

FOREVER = "forever"
MOST_DAYS = 3650


def read_privacy_rules(node: Node) -> PrivacyRules:
    """Return the rules in `node`; a kind that is not listed is kept for ever.

    Raises ContentError for an unknown kind, and for what is neither days nor "forever".
    """
    node.only("keep_days")
    kept = node.node("keep_days", optional=True)
    kinds = tuple(field.name for field in fields(KeepDays))
    kept.only(*kinds)
    return PrivacyRules(keep_days=KeepDays(**{kind: _days(kept, kind) for kind in kinds}))


def _days(node: Node, kind: str) -> int | None:
    value = node.values.get(kind, FOREVER)
    if value == FOREVER:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        remedy = f"Choose 1 to {MOST_DAYS} days, or {FOREVER}."
        raise node.fault(kind, f"'{value}' is no length of time.", remedy)
    return value
