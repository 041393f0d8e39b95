"""Turns of the small shop, routed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from persona_router.core.decision import Decision
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.core.routing import route_turn
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn


@pytest.fixture(scope="session")
def route(
    make_turn: Callable[..., Turn],
    policy: Policy,
    personas: Sequence[Persona],
    noon: datetime,
) -> Callable[..., Decision]:
    """A function that routes a text after a state, at noon on a Monday."""

    def decide(
        text: str,
        state: ConversationState | None = None,
        *,
        at: datetime = noon,
        policy: Policy = policy,
        personas: Sequence[Persona] = personas,
        lot: float | None = None,
        **fields: Any,
    ) -> Decision:
        return route_turn(
            make_turn(text, **fields),
            state or ConversationState(),
            policy=policy,
            personas=personas,
            at=at,
            decision_id="d",
            lot=lot,
        )

    return decide
