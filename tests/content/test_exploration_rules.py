from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.exploration_rules import read_exploration
from persona_router.content.files import Node
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.policy import Exploration

ROOT = Path(__file__).resolve().parents[2]


def node(**values: object) -> Node:
    return Node(Path("routing.yml"), "exploration", values)


def test_nothing_is_tried_by_default() -> None:
    assert read_exploration(node()) == Exploration(share=0.0, among=2)
    for policy in (DEFAULT_POLICY, ROOT / "data" / "routing.yml"):
        assert read_policy(policy).exploration.share == 0.0


def test_share_and_routes_are_read() -> None:
    assert read_exploration(node(share=0.05, among=3)) == Exploration(share=0.05, among=3)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"share": 0.6}, "exploration.share: 0.6 of the conversations is no trial any more."),
        ({"share": -0.1}, "exploration.share: -0.1 is outside 0 to 1."),
        ({"among": 1}, "exploration.among: 1 is outside 2 to 10."),
        ({"often": True}, "exploration.often: Unknown key 'often'. Known: share, among."),
    ],
)
def test_fault_names_value_and_remedy(values: dict[str, object], fault: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_exploration(node(**values))
    assert fault in str(raised.value)
