"""What decisions are counted by: the values that many rows share, so that counts stay fast."""

import json
from collections.abc import Mapping
from typing import Any

from persona_router.log.dialect import Database

FLAGS = ("differs", "translation_demand", "failed")
"""Facets that are either so or not."""
FACETS = (
    "persona", "language", "intent", "confidence", "route", "outcome", "article", "policy_version",
    "model", *FLAGS,
)  # fmt: skip
CONFIDENCES = ("0-25", "25-50", "50-75", "75-100")
"""Values of the facet `confidence`: the intent's confidence in percent, the last up to 100."""
PROFILE = (*FACETS, "concern", "reasons")
"""Columns of a profile: the facets, and what is only searched."""


def profile_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile of a row, whether its lists are lists or JSON texts.

    `confidence` is one of CONFIDENCES, None where no intent was looked for. `differs` tells that
    the customer stated something else than was inferred; `outcome` is the weightiest that is known,
    None while nothing is.
    """
    reasons = row.get("reasons") or []
    listed = json.loads(reasons) if isinstance(reasons, str) else reasons
    stated = row.get("stated_route")
    return {
        **{name: row.get(name) for name in PROFILE},
        "confidence": _confidence(row.get("intent_confidence")),
        "outcome": _outcome(row),
        "differs": int(
            bool(row.get("corrected"))
            or (stated is not None and stated != row.get("inferred_route"))
        ),
        "reasons": " ".join(sorted({str(reason["code"]) for reason in listed})),
    }


def _confidence(confidence: float | None) -> str | None:
    if confidence is None:
        return None
    place = int(confidence * len(CONFIDENCES))
    return CONFIDENCES[min(max(place, 0), len(CONFIDENCES) - 1)]


def _outcome(row: Mapping[str, Any]) -> str | None:
    """Return one outcome; a handoff beats whatever else is known, and that nobody came beats it."""
    if row.get("abandoned"):
        return "abandoned"
    if row.get("handed_over"):
        return "handed_over"
    if row.get("helped") == 0:
        return "not_helped"
    if row.get("repeat_contact"):
        return "repeat_contact"
    return "helped" if row.get("helped") else None


class ProfileNumbers:
    """Finds the number of a row's profile in the log, and makes it at its first row.

    `known` keeps those found, where many rows are looked up in one transaction.
    """

    def __init__(self, database: Database, *, known: dict[str, int] | None = None) -> None:
        self._database = database
        self._known = known

    def of(self, row: Mapping[str, Any]) -> int:
        """Return the number of the row's profile."""
        profile = profile_of(row)
        key = json.dumps([profile[name] for name in PROFILE], ensure_ascii=False)
        if self._known is None:
            return self._stored(key, profile)
        if key not in self._known:
            self._known[key] = self._stored(key, profile)
        return self._known[key]

    def _stored(self, key: str, profile: Mapping[str, Any]) -> int:
        number = self._number(key)
        if number is not None:
            return number
        self._database.execute(
            f"INSERT INTO profile (key, {', '.join(PROFILE)})"
            f" VALUES (?, {', '.join('?' * len(PROFILE))})",
            [key, *(profile[name] for name in PROFILE)],
        )
        made = self._number(key)
        assert made is not None
        said = (value for name, value in profile.items() if name != "confidence")
        words = " ".join(value for value in said if isinstance(value, str))
        dialect = self._database.dialect
        self._database.execute(
            f"INSERT INTO profile_words (rowid, words) VALUES (?, {dialect.indexed_words})",
            [made, dialect.words(words)],
        )
        return made

    def _number(self, key: str) -> int | None:
        found = self._database.execute("SELECT number FROM profile WHERE key = ?", [key]).fetchone()
        return None if found is None else int(found[0])
