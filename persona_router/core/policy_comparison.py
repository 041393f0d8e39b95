"""A turn under two policies, of which the one that the conversation has drawn leads it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from persona_router.core.comparison_rules import arm_of
from persona_router.core.decision import Decision
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.core.reasons import also_compared
from persona_router.core.routing import route_turn
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn


def route_compared(
    turn: Turn,
    state: ConversationState,
    *,
    policy: Policy,
    compared: Policy,
    lot: float,
    personas: Sequence[Persona],
    at: datetime,
    decision_id: str,
) -> Decision:
    """Return the decision of `policy` (arm a) or of `compared` (arm b), as `lot` has drawn.

    `lot` is drawn once for a conversation, evenly from [0, 1); the share of `compared` is that of
    `policy.comparison`, the other arguments are those of `route_turn`. Where the two lead to
    different routes, the propensity is the share of the arm; where they agree, it is 1.
    """
    made = {
        arm: route_turn(turn, state, policy=one, personas=personas, at=at, decision_id=decision_id)
        for arm, one in (("a", policy), ("b", compared))
    }
    share = policy.comparison.share
    arm = arm_of(lot, share)
    decision = made[arm]
    if made["a"].route == made["b"].route:
        return replace(decision, arm=arm)
    return replace(
        decision,
        arm=arm,
        propensity=share if arm == "b" else 1 - share,
        reasons=also_compared(decision.reasons) if arm == "b" else decision.reasons,
    )
