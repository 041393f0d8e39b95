from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from persona_router.core.comparison_rules import Comparison, arm_of
from persona_router.core.decision import Decision
from persona_router.core.policy_comparison import route_compared
from persona_router.core.routing import route_turn
from persona_router.core.state import ConversationState

TRACK = {"intent": "track_order", "intent_confidence": 0.99}
A, B = 0.3, 0.2
"""Lots of either arm at a share of 0.3."""


@pytest.fixture
def compared(make_turn, policy, personas, noon: datetime) -> Callable[..., Decision]:
    """Route a turn under the small shop's policy or one in which people alone track orders."""
    served = replace(policy.intents["track_order"], served_by=("agent", "phone"))
    people = replace(policy, version="people", intents={**policy.intents, "track_order": served})

    def decide(text: str, lot: float, *, share: float = 0.3, **turn: Any) -> Decision:
        return route_compared(
            make_turn(text, **turn),
            ConversationState(),
            policy=replace(policy, comparison=Comparison(policy="b.yml", share=share)),
            compared=people,
            lot=lot,
            personas=personas,
            at=noon,
            decision_id="d",
        )

    return decide


@pytest.mark.parametrize(("lot", "arm"), [(0.0, "b"), (0.299, "b"), (0.3, "a"), (0.999, "a")])
def test_lot_below_the_share_draws_the_compared_policy(lot: float, arm: str) -> None:
    assert arm_of(lot, 0.3) == arm
    assert (arm_of(lot, 0.0), arm_of(lot, 1.0)) == ("a", "b")


def test_each_arm_is_led_by_its_policy(compared, policy) -> None:
    usual, other = (compared("where is my parcel?", lot, **TRACK) for lot in (A, B))
    assert (usual.arm, usual.route, usual.policy_version) == ("a", "self_service", policy.version)
    assert (other.arm, other.route, other.policy_version) == ("b", "agent", "people")
    assert (usual.propensity, other.propensity) == (pytest.approx(0.7), pytest.approx(0.3))
    assert usual.id == other.id == "d"


def test_why_tells_of_the_comparison_only_where_it_leads_elsewhere(compared) -> None:
    codes = [
        [reason.code for reason in compared(text, lot, **turn).reasons]
        for text, lot, turn in (
            ("where is my parcel?", A, TRACK),
            ("where is my parcel?", B, TRACK),
            ("just call me", B, {}),
        )
    ]
    assert codes[0] == ["persona"]
    assert codes[1] == ["only_people", "compared", "persona"]
    assert "compared" not in codes[2]


def test_turn_in_which_the_policies_agree_was_certain(compared) -> None:
    for lot in (A, B):
        assert compared("just call me", lot).propensity == 1.0


def test_usual_arm_decides_as_without_a_comparison(
    compared, policy, personas, make_turn, noon: datetime
) -> None:
    alone = route_turn(
        make_turn("where is my parcel?", **TRACK),
        ConversationState(),
        policy=policy,
        personas=personas,
        at=noon,
        decision_id="d",
    )
    found = compared("where is my parcel?", A, **TRACK)
    assert replace(found, arm=None, propensity=1.0) == alone
