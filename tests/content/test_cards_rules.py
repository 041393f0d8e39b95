from pathlib import Path
from typing import Any

import pytest

from persona_router.content.cards_rules import read_card_rules
from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.policy import CardRules


def rules(**values: Any) -> CardRules:
    return read_card_rules(Node(Path("routing.yml"), "personas", values))


def test_rules_left_out_are_those_that_the_starter_writes() -> None:
    assert rules() == CardRules() == read_policy(DEFAULT_POLICY).cards


def test_rules_are_read() -> None:
    assert rules(
        evidence_required=["goals"],
        review_grace_days=0,
        least_separation=0.6,
        typical_turns=5,
        typical_presence=0.1,
    ) == CardRules(
        evidence_required=frozenset({"goals"}),
        review_grace_days=0,
        least_separation=0.6,
        typical_turns=5,
        typical_presence=0.1,
    )


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"grace": 3}, "grace: Unknown key 'grace'. Known: evidence_required, review_grace_days, "
                       "least_separation, typical_turns, typical_presence."),
        ({"evidence_required": ["owner"]},
         "evidence_required: 'owner' is no part of a card that holds statements. Choose from "
         "biography, goals, challenges, behaviour, skills, attitudes, environment, routes."),
        ({"review_grace_days": -1},
         "review_grace_days: -1 is outside 0 to 366. Write a number of that range."),
        ({"typical_turns": 0},
         "typical_turns: 0 is outside 1 to 20. Write a number of that range."),
        ({"typical_turns": 2.5},
         "typical_turns: '2.5' is not a whole number. Write a whole number here."),
        ({"least_separation": 75},
         "least_separation: 75.0 is outside 0 to 1. Write a number from 0 to 1."),
        ({"typical_presence": float("nan")},
         "typical_presence: nan is outside 0 to 1. Write a number from 0 to 1."),
    ],
)  # fmt: skip
def test_faults_name_place_value_and_remedy(values: dict[str, Any], text: str) -> None:
    with pytest.raises(ContentError) as caught:
        rules(**values)
    assert str(caught.value) == f"routing.yml: personas.{text}"
