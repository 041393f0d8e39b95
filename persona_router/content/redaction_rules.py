"""Reads what is covered in words that are kept (`redact` of `data/routing.yml`)."""

from persona_router.content.files import Node
from persona_router.core.locale import region_of
from persona_router.core.redaction import KINDS, USUAL, Redactor


def read_redactor(top: Node, default_locale: str) -> Redactor:
    """Return what covers the kinds at `redact`, the usual ones where it is missing.

    Raises ContentError for an unknown kind.
    """
    kinds = top.texts("redact", list(USUAL))
    for kind in kinds:
        if kind not in KINDS:
            raise top.fault("redact", f"Unknown kind '{kind}'.", f"Choose from {', '.join(KINDS)}.")
    return Redactor(kinds=kinds, region=region_of(default_locale))
