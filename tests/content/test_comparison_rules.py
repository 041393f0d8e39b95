from pathlib import Path

import pytest

from persona_router.content.comparison_rules import read_comparison
from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.comparison_rules import Comparison

ROOT = Path(__file__).resolve().parents[2]


def top(share: object = None, *, exploring: float = 0.0, **values: object) -> Node:
    comparison = {"share": share, **values} if share is not None else values
    written = {"comparison": comparison, "exploration": {"share": exploring}}
    return Node(Path("routing.yml"), "", written)


def test_nothing_is_compared_by_default() -> None:
    assert read_comparison(Node(Path("routing.yml"), "", {})) == Comparison()
    for policy in (DEFAULT_POLICY, ROOT / "data" / "routing.yml"):
        assert read_policy(policy).comparison == Comparison()


def test_file_and_share_are_read() -> None:
    assert read_comparison(top(0.3, policy="b.yml")) == Comparison(policy="b.yml", share=0.3)
    assert read_comparison(top(0, policy="b.yml", exploring=0.1)).share == 0.0


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        (top(1.5, policy="b.yml"), "comparison.share: 1.5 is outside 0 to 1."),
        (top(-0.1), "comparison.share: -0.1 is outside 0 to 1."),
        (
            top(1, policy="b.yml"),
            "comparison.share: It leaves nobody to the usual policy, and nothing to compare with. "
            "Write less, or make the other file the policy.",
        ),
        (top(0.5), "comparison.policy: It is missing. Write text here."),
        (top(0.5, policy=7), "comparison.policy: '7' is not text. Write text here."),
        (top(0.5, file="b.yml"), "comparison.file: Unknown key 'file'. Known: policy, share."),
        (
            top(0.5, policy="b.yml", exploring=0.1),
            "comparison.share: Other ways are tried at the same time (exploration.share). "
            "Set one of the two shares to 0.",
        ),
    ],
)
def test_fault_names_value_and_remedy(node: Node, fault: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_comparison(node)
    assert fault in str(raised.value)
