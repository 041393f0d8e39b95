"""Reads what is covered in words that are kept (`redact` of `data/routing.yml`)."""

from persona_router.content.files import Node
from persona_router.core.locale import region_of
from persona_router.core.policy import Policy
from persona_router.redaction import KINDS, USUAL, Redactor


def read_redacted(top: Node) -> tuple[str, ...]:
    """Return the kinds at `redact`, the usual ones where it is missing.

    Raises ContentError for an unknown kind.
    """
    kinds = top.texts("redact", list(USUAL))
    for kind in kinds:
        if kind not in KINDS:
            raise top.fault("redact", f"Unknown kind '{kind}'.", f"Choose from {', '.join(KINDS)}.")
    return kinds


def redactor_of(policy: Policy) -> Redactor:
    """Return what covers the policy's kinds; local numbers are of the default locale's region."""
    return Redactor(kinds=policy.redact, region=region_of(policy.default_locale))
