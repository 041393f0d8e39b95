"""What the routing policy says about the desk: whom to help first, and how long anybody waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from persona_router.core.figures import FigureRules

PRIORITIES = ("low", "normal", "high", "urgent")
"""From the last to the first."""


@dataclass(frozen=True)
class DeskRules:
    """How the desk orders and staffs what waits; all times are in seconds.

    `answer_within` is the service level by kind of handoff, `priorities` are words of PRIORITIES
    by reason, `skills` the intents that each skill is about. After `give_up_after` without an
    agent the customer is offered other ways; an agent who was not heard of for `away_after` loses
    what they hold to the others. Closed handoffs are deleted after `keep_closed_days`.
    `figures` tells from when figures are shown.
    """

    answer_within: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({"agent": 120, "callback": 14_400})
    )
    priorities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    skills: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    give_up_after: int = 900
    away_after: int = 120
    keep_closed_days: int = 90
    figures: FigureRules = field(default_factory=FigureRules)
