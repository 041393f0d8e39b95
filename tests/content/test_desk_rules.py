import re
from pathlib import Path

import pytest

from persona_router.content.desk_rules import read_desk_rules
from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.policies import read_policy
from persona_router.core.desk_rules import DeskRules
from persona_router.core.figures import FigureRules

ROOT = Path(__file__).parents[2]


def rules(**values: object) -> DeskRules:
    return read_desk_rules(Node(Path("routing.yml"), "desk", values))


def test_rules_are_the_usual_ones_without_any() -> None:
    assert rules() == DeskRules()


def test_closed_handoffs_are_kept_as_long_as_the_policy_says() -> None:
    assert rules().keep_closed_days == 90
    assert rules(keep_closed_days=7).keep_closed_days == 7


def test_figures_are_shown_from_as_many_cases_as_the_policy_says() -> None:
    assert rules().figures == FigureRules(minimum=30, little_used=0.1, mediocre_below=0.7)
    found = rules(figures={"minimum": 100, "mediocre_below": 0.5}).figures
    assert found == FigureRules(minimum=100, little_used=0.1, mediocre_below=0.5)


def test_sample_has_skills_about_intents_that_there_are() -> None:
    policy = read_policy(ROOT / "data" / "routing.yml")
    about = set().union(*policy.desk.skills.values())
    assert policy.desk.answer_within == {"agent": 120, "callback": 14_400}
    assert policy.desk.priorities["anger"] == "urgent"
    assert about <= set(policy.intents)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"answer_within": {"agent": 0}}, "desk.answer_within.agent: 0 is outside 1 to 604800."),
        ({"answer_within": {"mail": 1}}, "Unknown key 'mail'. Known: agent, callback."),
        ({"priorities": {"anger": "vip"}}, "'vip' is no priority. Choose from low, normal, high"),
        ({"skills": {"refunds": "all"}}, "desk.skills.refunds: 'all' is not a list."),
        ({"give_up_after": 5}, "desk.give_up_after: 5 is outside 30 to 604800."),
        ({"away_after": 10}, "desk.away_after: 10 is outside 70 to 604800."),
        ({"keep_closed_days": 0}, "desk.keep_closed_days: 0 is outside 1 to 3650."),
        ({"figures": {"minimum": 0}}, "desk.figures.minimum: 0 is outside 1 to 100000."),
        ({"figures": {"little_used": 2}}, "desk.figures.little_used: 2.0 is outside 0 to 1."),
        ({"figures": {"most": 2}}, "Unknown key 'most'. Known: minimum, little_used, medi"),
        ({"colour": "red"}, "Unknown key 'colour'."),
    ],
)
def test_faulty_rule_is_named_with_place_and_remedy(values: dict, fault: str) -> None:
    with pytest.raises(ContentError, match=re.escape(fault)):
        rules(**values)
