"""In the customer's words: why something was suggested, and what their browser remembers."""

from collections.abc import Callable, Mapping
from typing import Any

from persona_router.reply.formats import opening_text

Phrase = Callable[..., str]
"""Gives a phrase by its key, filled with values, in the customer's language; empty for none."""
_MOST_TOLD = 2


def told_reasons(
    decision: Mapping[str, Any], phrase: Phrase, *, zone: str | None, locale: str
) -> Mapping[str, str]:
    """Return the code of each reason that is told by its line: the two strongest with words."""
    told: dict[str, str] = {}
    for reason in decision.get("reasons", ()):
        line = _line(reason, phrase, zone, locale)
        if line and len(told) < _MOST_TOLD:
            told.setdefault(line, reason["code"])
    # A decision that failed has no reasons, and an empty list explains nothing.
    return told or {phrase("why_neutral"): "neutral"}


def _line(reason: Mapping[str, Any], phrase: Phrase, zone: str | None, locale: str) -> str:
    values = {**reason["values"]}
    if "signal" in values:
        return phrase(f"signal_{values['signal']}") or phrase("signal_other")
    if "route" in values:
        values["route"] = phrase(f"route_{values['route']}")
    if "opens" in values:
        values["opens"] = opening_text(values["opens"], zone, locale)
    code = "closed_unknown" if values.get("opens") == "" else reason["code"]
    return phrase(f"why_{code}", **values)


def remembered_lines(decision: Mapping[str, Any], phrase: Phrase) -> list[str]:
    """Return what the browser is told to remember, a line for each thing."""
    kept = remembered(decision)
    lines = []
    if kept["preferred"]:
        name = phrase(f"route_{kept['preferred']}")
        lines.append(phrase("remembered_route", route=name))
    if kept["corrected"]:
        lines.append(phrase("remembered_correction"))
    return lines


def remembered(decision: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a browser keeps of the preference that a decision rests on.

    `preferred` is a route or None, `corrected` whether no persona is to be assumed.
    """
    return {
        "preferred": decision.get("stated_route"),
        "corrected": bool(decision.get("corrected")),
    }
