"""Decisions that the core made, logged and made again: under their own policy none changes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from persona_router.core.decision import Decision
from persona_router.core.persona import Persona
from persona_router.core.policy import IntentPolicy, Policy
from persona_router.core.replay import NOWHERE, Changed, Replay, replay
from persona_router.core.state import ConversationState
from persona_router.log.events import decision_row
from persona_router.log.replayed import logged_decisions
from tests.core.conftest import route as route
from tests.core.test_routing import FIELDS, QUICK, STATES, TEXTS
from tests.log.making import MONDAY

TRACK = {"intent": "track_order", "intent_confidence": 0.9}
Make = Callable[..., Decision]


def row_of(decision: Decision, *, at: float, article_found: bool | None = None) -> dict[str, Any]:
    """Return the row that the log keeps of a decision, as it is read back."""
    parsed: dict[str, Any] = {"routing": decision.to_json()}
    if article_found is not None:
        parsed["knowledge"] = [{"article": "a", "score": 0.9}] if article_found else []
    event = {"event": "user", "sender_id": "c", "timestamp": at, "parse_data": parsed}
    row: dict[str, Any] = json.loads(json.dumps(decision_row(event)))
    return row


def again(rows: Sequence[dict[str, Any]], policy: Policy, personas: Sequence[Persona]) -> Replay:
    return replay(logged_decisions(rows, policy), policy, personas)


@QUICK
@given(text=TEXTS, state=STATES, fields=FIELDS)
def test_own_policy_changes_no_decision(route, policy, personas, noon, text, state, fields) -> None:
    decision = route(text, state, **fields)
    row = row_of(decision, at=noon.timestamp(), article_found=fields["article_found"])
    found = again([row], policy, personas)
    assert found.changed == 0, found.examples


def test_earlier_wish_is_made_again_as_an_earlier_one(route, policy, personas, noon) -> None:
    asked = ConversationState(wished=("knowledge_base", "agent"))
    decision = route("it came broken", asked, intent="complaint", intent_confidence=1.0)
    assert decision.route == "agent"
    found = again([row_of(decision, at=noon.timestamp())], policy, personas)
    assert (found.remade, found.changed) == (1, 0)


@pytest.fixture
def rows(route: Make, noon: Any) -> list[dict[str, Any]]:
    """Return rows of three customers who track an order, one who complains and a greeting."""
    at = noon.timestamp()
    made = [route("track 4471903", **TRACK) for _ in range(3)]
    made.append(route("my sofa came broken", intent="complaint", intent_confidence=0.9))
    made.append(route("hello", intent="greet", intent_confidence=0.9))
    return [row_of(one, at=at + 60 * n) | {"id": f"d{n}"} for n, one in enumerate(made)]


def test_decision_that_only_the_compared_policy_led_counts_as_tried(rows, policy, personas) -> None:
    rows[0]["reasons"] = [*rows[0]["reasons"], {"code": "compared", "values": {}}]
    rows[1]["arm"] = "b"
    found = again(rows, policy, personas)
    assert (found.unmade, found.remade) == ({"tried out": 1}, 3)


def test_policy_without_self_service_sends_its_customers_on(rows, policy, personas) -> None:
    fewer = {**policy.intents, "track_order": IntentPolicy(("agent", "phone"))}
    found = again(rows, replace(policy, intents=fewer), personas)
    assert (found.remade, found.changed) == (4, 3)
    assert found.pairs == {("self_service", "agent"): 3, ("agent", "agent"): 1}
    assert found.led("agent") == (1, 4)
    assert found.busiest == {"agent": (1, 4), "phone": (0, 0)}
    assert found.examples[0] == Changed(id="d0", was="self_service", would="agent")


def test_what_cannot_be_made_again_is_counted_and_not_guessed(rows, policy, personas) -> None:
    rows[0]["state"] = None
    rows[1]["posterior"] = {"sprinter": 0.5, "wanderer": 0.5}
    rows[2]["route"] = "fax"
    found = again(rows, policy, personas)
    assert found.remade == 1
    assert found.unmade == {"not fully logged": 1, "other personas": 1, "other routes": 1}


def test_decision_that_would_find_nothing_open_leads_nowhere(rows, policy, personas) -> None:
    nobody = {**policy.intents, "track_order": IntentPolicy(()), "complaint": IntentPolicy(())}
    found = again(rows, replace(policy, intents=nobody), personas)
    assert found.led(NOWHERE) == (0, 4)


def test_small_talk_forms_and_failed_turns_led_nobody_anywhere(rows, policy, personas) -> None:
    rows[3]["failed"] = 1
    rows[2]["plan"] = ["action_deactivate_loop", "utter_why"]
    assert again(rows, policy, personas).remade == 2


def test_empty_log_is_no_replay(policy, personas) -> None:
    found = again([], policy, personas)
    assert (found.remade, found.changed, found.days) == (0, 0, 0.0)


def test_examples_are_as_many_as_asked(rows, policy, personas) -> None:
    fewer = {**policy.intents, "track_order": IntentPolicy(("agent", "phone"))}
    changed = replace(policy, intents=fewer)
    found = replay(logged_decisions(rows, changed), changed, personas, most_examples=1)
    assert (found.changed, len(found.examples)) == (3, 1)


def test_days_are_those_between_first_and_last(rows, policy, personas) -> None:
    rows[0]["at"], rows[3]["at"] = MONDAY, MONDAY + 2 * 86_400
    rows = [rows[0], rows[3]]
    assert again(rows, policy, personas).days == 2.0
