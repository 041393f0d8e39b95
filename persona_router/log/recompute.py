"""From a row of the routing log back to the facts that its decision rested on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from persona_router.core.counterfactual import Facts
from persona_router.core.evidence import Evidence
from persona_router.core.policy import Policy
from persona_router.core.ranking import Situation
from persona_router.core.reasons import CHOSEN_EARLIER
from persona_router.core.state import read_state


def facts_of(row: Mapping[str, Any], policy: Policy) -> Facts | None:
    """Return the facts of a row as `LogReader` gives it.

    None for a decision that failed, or that an earlier release logged without what is needed.
    """
    if row["failed"] or not isinstance(row["state"], Mapping) or row["locale"] is None:
        return None
    state = read_state(row["state"])
    stated = tuple(r for r in (row["stated_route"],) if r is not None)
    asked = state.wished or stated if stated else ()
    now = _asked_now(row["reasons"])
    score = row["article_score"]
    return Facts(
        situation=Situation(
            concern=row["concern"],
            locale=row["locale"],
            at=datetime.fromtimestamp(row["at"], timezone.utc),
            wished=asked if now else (),
            preferred=() if now else asked,
            excluded=state.excluded,
            anger=float(row["signals"].get("anger", 0.0)),
            failures=state.failures,
            article_found=None if score is None else score >= policy.article_from,
            again=any(c.startswith("repeated:") for c in row["constraints"]),
            spoken=row["spoken"],
            unhelpful=tuple(
                c.partition(":")[2] for c in row["constraints"] if c.startswith("not_helped:")
            ),
        ),
        posterior=row["posterior"],
        evidence=tuple(
            Evidence(one["signal"], one["value"], one["decibans"]) for one in row["evidence"]
        ),
        decibans=state.decibans,
        told=state.told,
        corrected=bool(row["corrected"]),
    )


def _asked_now(reasons: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the customer asked in the turn itself, not earlier.

    Decisions of a release that logged an `override` without `said` count as asked now.
    """
    first = reasons[0] if reasons else {"code": "", "values": {}}
    chosen = first["code"] == "override" and first["values"] != CHOSEN_EARLIER.values
    return chosen or str(first["code"]).startswith("wish_")
