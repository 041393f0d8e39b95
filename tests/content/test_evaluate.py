import math

import pytest

from persona_router.content.evaluate import (
    Outcome,
    calibration_error,
    conversation_figures,
    intent_figures,
)
from persona_router.content.examples import Case

PEOPLE = frozenset({"agent", "phone"})


def outcome(persona, turns, *, language="de", asks_human=False, routes=()) -> Outcome:
    """An outcome of turns given as (language, persona, posterior, route)."""
    case = Case("x", language, persona, (), None, asks_human, tuple(routes))
    return Outcome(
        case,
        [
            {"language": {"code": code}, "routing": {"persona": p, "posterior": shares, "route": r}}
            for code, p, shares, r in turns
        ],
    )


def figures(*outcomes: Outcome) -> dict[str, float]:
    return conversation_figures(outcomes, person_routes=PEOPLE)


def test_figures_compare_first_and_last_turns() -> None:
    found = figures(
        outcome(
            "talker",
            [
                ("en", None, {"talker": 0.5}, "self_service"),
                ("de", "talker", {"talker": 0.8}, "phone"),
            ],
            asks_human=True,
            routes=["phone", "agent"],
        ),
        outcome("sprinter", [("de", "talker", {"sprinter": 0.2, "talker": 0.8}, "agent")]),
        outcome(None, [("de", None, {}, "knowledge_base")], routes=["self_service"]),
    )
    assert found == pytest.approx(
        {
            "cases": 3.0,
            "persona_accuracy_first": 0.0,
            "persona_accuracy_last": 0.5,
            "log_loss": (-math.log(0.8) - math.log(0.2)) / 2,
            "null_recall": 1.0,
            "route_accuracy": 0.5,
            "asks_human_honoured": 1.0,
            "language_accuracy_first": 2 / 3,
            "language_accuracy_last": 1.0,
            "ece": 0.3,
        }
    )


def test_figures_leave_out_what_cannot_be_measured() -> None:
    found = figures(outcome(None, [("de", "talker", {}, "phone")]))
    assert found == {
        "cases": 1.0,
        "null_recall": 0.0,
        "language_accuracy_first": 1.0,
        "language_accuracy_last": 1.0,
    }


@pytest.mark.parametrize(
    ("routes", "honoured"),
    [(["agent", "phone"], 1.0), (["agent", "knowledge_base"], 0.0), (["self_service"], 0.0)],
)
def test_wish_for_a_person_is_honoured_when_a_person_is_the_end(routes, honoured) -> None:
    turns = [("de", None, {}, route) for route in routes]
    assert figures(outcome(None, turns, asks_human=True))["asks_human_honoured"] == honoured


def test_turn_whose_routing_failed_counts_as_wrong() -> None:
    failed = Outcome(
        Case("x", "ar", "talker", (), None, True, ("phone",)),
        [{"language": {"code": "ar"}, "routing": {"id": "d", "error": True, "plan": []}}],
    )
    found = figures(failed)
    assert found["persona_accuracy_last"] == 0.0
    assert found["route_accuracy"] == 0.0
    assert found["asks_human_honoured"] == 0.0
    assert found["log_loss"] == pytest.approx(-math.log(1e-6))


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([(0.8, True)] * 8 + [(0.8, False)] * 2, 0.0),
        ([(1.0, False)] * 3, 1.0),
        ([(0.95, True), (0.15, True)], 0.45),
        ([], 0.0),
    ],
)
def test_calibration_error_is_the_distance_of_probability_and_truth(answers, error) -> None:
    assert calibration_error(answers) == pytest.approx(error)


def test_intent_figures_tell_missed_from_falsely_alarmed() -> None:
    rows = [
        ("en", "out_of_scope", "nlu_fallback"),
        ("en", "out_of_scope", "greet"),
        ("en", "greet", "greet"),
        ("en", "greet", "out_of_scope"),
        ("en", "thank", "greet"),
        ("en", "thank", "thank"),
    ]
    found = intent_figures(rows, unrecognised=("out_of_scope", "nlu_fallback"))
    assert (found["out_of_scope_recall"], found["false_alarms"]) == (0.5, 0.25)


def test_intent_figures_are_overall_and_by_group() -> None:
    rows = [
        ("ar", "track_order", "track_order"),
        ("ar", "complaint", "track_order"),
        ("es", "complaint", "complaint"),
        ("", "greet", "greet"),
    ]
    assert intent_figures(rows) == {
        "cases": 4.0,
        "accuracy": 0.75,
        "accuracy_ar": 0.5,
        "accuracy_es": 1.0,
    }
