"""Reads what is kept of customers, and how long (`privacy` of `data/routing.yml`)."""

from dataclasses import fields

from persona_router.content.files import Node
from persona_router.core.locale import region_of
from persona_router.core.policy import Policy
from persona_router.core.privacy_rules import KeepDays, PrivacyRules
from persona_router.redaction import KINDS, USUAL, Redactor

FOREVER = "forever"
MOST_DAYS = 3650


def read_privacy_rules(node: Node) -> PrivacyRules:
    """Return the rules in `node`; a kind of data that is not listed is kept for ever.

    Without `redact` the usual kinds are covered. Raises ContentError for an unknown kind, and for
    what is neither days nor "forever".
    """
    node.only("redact", "unanswered_days", "keep_days")
    asked = node.values.get("unanswered_days", 0)
    if isinstance(asked, bool) or not isinstance(asked, int) or not 0 <= asked <= MOST_DAYS:
        remedy = f"Choose 1 to {MOST_DAYS} days, or 0 to keep none."
        raise node.fault("unanswered_days", f"'{asked}' is no number of days.", remedy)
    redacted = node.texts("redact", list(USUAL))
    for kind in redacted:
        if kind not in KINDS:
            remedy = f"Choose from {', '.join(KINDS)}."
            raise node.fault("redact", f"Unknown kind '{kind}'.", remedy)
    kept = node.node("keep_days", optional=True)
    kinds = tuple(field.name for field in fields(KeepDays))
    kept.only(*kinds)
    return PrivacyRules(
        redact=redacted,
        unanswered_days=asked,
        keep_days=KeepDays(**{kind: _days(kept, kind) for kind in kinds}),
    )


def redactor_of(policy: Policy) -> Redactor:
    """Return what covers the policy's kinds; local numbers are of the default locale's region."""
    return Redactor(kinds=policy.privacy.redact, region=region_of(policy.default_locale))


def _days(node: Node, kind: str) -> int | None:
    value = node.values.get(kind, FOREVER)
    if value == FOREVER:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        remedy = f"Choose 1 to {MOST_DAYS} days, or {FOREVER}."
        raise node.fault(kind, f"'{value}' is no length of time.", remedy)
    return value
