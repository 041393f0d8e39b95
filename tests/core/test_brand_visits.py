from typing import Any

import pytest

from persona_router.core.brand_visits import Handover, Step, Visit, escalations, kept_away
from persona_router.core.figures import Rate
from persona_router.core.policy import Policy

WITHIN = {"agent": 120, "callback": 14400}


def visit(*steps: dict[str, Any]) -> Visit:
    return tuple(Step(**{"id": f"d{n}", "at": float(n), **told}) for n, told in enumerate(steps))


ANGRY = {"anger": 0.5, "handed_over": True}


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([{"anger": 0.5}], id="angry"),
        pytest.param([{"failures": 1}, {"failures": 2}, {"failures": 0}], id="failed-twice"),
        pytest.param([{"helped": True}, {"helped": False}], id="not-helped-at-last"),
    ],
)
def test_visit_that_went_wrong_without_a_person_is_a_miss(
    policy: Policy, steps: list[dict[str, Any]]
) -> None:
    assert escalations([visit(*steps)], {}, policy) == Rate(0, 1)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([{"anger": 0.4, "failures": 1}], id="calm"),
        pytest.param([{"helped": False}, {"helped": True}], id="helped-at-last"),
        pytest.param([{"handed_over": True}], id="only-asked-for-a-person"),
    ],
)
def test_visit_that_went_well_is_no_escalation(policy: Policy, steps: list[dict[str, Any]]) -> None:
    assert escalations([visit(*steps)], {}, policy) == Rate(0, 0)


@pytest.mark.parametrize(
    ("handover", "rate"),
    [
        pytest.param(Handover(kind="agent", waited=120.0), Rate(1, 1), id="in-time"),
        pytest.param(Handover(kind="agent", waited=121.0), Rate(0, 1), id="late"),
        pytest.param(Handover(kind="callback", waited=121.0), Rate(1, 1), id="call-in-time"),
        pytest.param(Handover(kind="agent", waited=None), Rate(0, 1), id="left-before"),
        pytest.param(
            Handover(kind="agent", waited=None, open_for=120.0), Rate(0, 0), id="still-in-time"
        ),
        pytest.param(
            Handover(kind="agent", waited=None, open_for=121.0), Rate(0, 1), id="waits-too-long"
        ),
    ],
)
def test_escalation_is_met_by_a_person_within_the_time_of_its_kind(
    policy: Policy, handover: Handover, rate: Rate
) -> None:
    assert policy.desk.answer_within == WITHIN
    assert escalations([visit(ANGRY)], {"d0": handover}, policy) == rate


def test_one_handoff_in_time_is_enough(policy: Policy) -> None:
    handovers = {
        "d0": Handover(kind="agent", waited=None),
        "d1": Handover(kind="callback", waited=60.0),
    }
    assert escalations([visit(ANGRY, ANGRY)], handovers, policy) == Rate(1, 1)


def test_handoff_that_the_queue_does_not_know_is_not_counted(policy: Policy) -> None:
    late = Handover(kind="agent", waited=999.0)
    assert escalations([visit(ANGRY), visit(ANGRY, {"id": "x"})], {}, policy) == Rate(0, 0)
    assert escalations([visit(ANGRY), visit({**ANGRY, "id": "x"})], {"x": late}, policy) == Rate(
        0, 1
    )


def test_customer_who_refused_a_person_is_counted_only_after_asking_for_one(
    policy: Policy,
) -> None:
    refused = {"anger": 0.9, "constraints": ("refused:agent",)}
    late = {"d1": Handover(kind="agent", waited=500.0)}
    assert escalations([visit(refused)], {}, policy) == Rate(0, 0)
    assert escalations([visit(refused, ANGRY)], late, policy) == Rate(0, 1)


@pytest.mark.parametrize("rule", ["closed", "cannot_serve", "not_in_language"])
def test_rule_that_shuts_the_way_asked_for_is_met(rule: str) -> None:
    step = {"stated": "agent", "constraints": (f"{rule}:agent",)}
    assert kept_away([visit(step, step)]) == Rate(1, 1)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param({"stated": "agent", "constraints": ("closed:phone",)}, id="another-way"),
        pytest.param({"stated": "agent", "constraints": ("refused:agent",)}, id="own-refusal"),
        pytest.param(
            {"stated": "knowledge_base", "constraints": ("no_article:knowledge_base",)},
            id="no-article",
        ),
        pytest.param({"stated": "agent", "reasons": ("closed", "anger")}, id="asked-for-open"),
        pytest.param({"inferred": "agent", "reasons": ("persona", "closed")}, id="not-the-best"),
        pytest.param(
            {"inferred": "agent", "constraints": ("cannot_serve:phone",)}, id="nobody-asked"
        ),
    ],
)
def test_what_is_no_rule_in_the_way_is_a_case_and_no_hit(step: dict[str, Any]) -> None:
    assert kept_away([visit(step)]) == Rate(0, 1)


@pytest.mark.parametrize(
    "reasons", [("closed", "persona"), ("closed", "anger", "neutral", "closed")]
)
def test_best_way_that_is_closed_is_a_rule_in_the_way(reasons: tuple[str, ...]) -> None:
    assert kept_away([visit({"inferred": "agent", "reasons": reasons})]) == Rate(1, 1)


def test_visit_without_any_way_is_no_case() -> None:
    assert kept_away([visit({}), visit({"inferred": "agent"})]) == Rate(0, 1)
