"""Decisions of the routing log as they are made again under another policy."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from persona_router.core.policy import Policy
from persona_router.core.replay import NOWHERE, Logged
from persona_router.log.recompute import facts_of


def logged_decisions(rows: Iterable[Mapping[str, Any]], policy: Policy) -> Iterator[Logged]:
    """Yield the decisions of rows as `LogReader` gives them, but those that led nobody anywhere.

    Small talk, forms in progress, "why this?" and the like have a plan without a route; `policy` is
    the one under which they are to be made again.
    """
    apart = {name for kind, name in policy.actions.items() if kind not in _LEADING}
    for row in rows:
        plan = [action for action in row["plan"] if action != "action_deactivate_loop"]
        if row["failed"] or not plan or plan[-1] in apart:
            continue
        nowhere = plan[-1] == policy.actions["no_route"]
        yield Logged(
            id=row["id"],
            at=row["at"],
            route=NOWHERE if nowhere else row["route"] or NOWHERE,
            facts=facts_of(row, policy),
            tried=any(reason["code"] in _TRIED for reason in row["reasons"]),
        )


_TRIED = ("trial", "compared")
_LEADING = ("closed", "no_route", "callback", "rescue", "not_helped")
"""Actions that come of a choice of routes; a callback may also be a route's own action."""
