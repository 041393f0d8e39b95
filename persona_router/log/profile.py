"""What decisions are counted by: the values that many rows share, so that counts stay fast."""

import json
from collections.abc import Mapping
from typing import Any

FLAGS = ("differs", "translation_demand", "failed")
"""Facets that are either so or not."""
FACETS = (
    "persona", "language", "intent", "route", "outcome", "article", "policy_version", "model",
    *FLAGS,
)  # fmt: skip
PROFILE = (*FACETS, "concern", "reasons")
"""Columns of a profile: the facets, and what is only searched."""


def profile_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile of a row, whether its lists are lists or JSON texts.

    `differs` tells that the customer stated something else than was inferred; `outcome` is the
    weightiest that is known, None while nothing is.
    """
    reasons = row.get("reasons") or []
    listed = json.loads(reasons) if isinstance(reasons, str) else reasons
    stated = row.get("stated_route")
    return {
        **{name: row.get(name) for name in PROFILE},
        "outcome": _outcome(row),
        "differs": int(
            bool(row.get("corrected"))
            or (stated is not None and stated != row.get("inferred_route"))
        ),
        "reasons": " ".join(sorted({str(reason["code"]) for reason in listed})),
    }


def _outcome(row: Mapping[str, Any]) -> str | None:
    """Return one outcome; a handoff beats whatever else is known of the same decision."""
    if row.get("handed_over"):
        return "handed_over"
    if row.get("helped") == 0:
        return "not_helped"
    if row.get("repeat_contact"):
        return "repeat_contact"
    return "helped" if row.get("helped") else None


def profile_key(profile: Mapping[str, Any]) -> str:
    """Return the text that two profiles share if and only if they are the same."""
    return json.dumps([profile[name] for name in PROFILE], ensure_ascii=False)


def profile_words(profile: Mapping[str, Any]) -> str:
    """Return the profile's texts for the full-text search."""
    return " ".join(str(profile[name]) for name in PROFILE if isinstance(profile[name], str))
