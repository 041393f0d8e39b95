from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.assistant import read_assistant
from persona_router.content.compared_policy import compared_file, read_compared
from persona_router.content.errors import ContentError
from persona_router.content.policies import read_policy
from persona_router.core.learned import Learned
from persona_router.core.policy import Policy

SAMPLE = Path(__file__).parents[2] / "data" / "routing.yml"
Change = Callable[[dict[str, Any]], object]


def write(file: Path, change: Change = lambda p: None) -> Path:
    """Write the sample's policy, with one thing changed."""
    policy = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    policy.pop("comparison")
    change(policy)
    file.write_text(yaml.safe_dump(policy, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    """Return a policy with which another one, still to be written, is compared."""
    named = {"comparison": {"policy": "routing.b.yml", "share": 0.5}}
    return write(tmp_path / "routing.yml", lambda p: p.update(named))


def read(usual: Path, change: Change) -> Policy:
    other = write(usual.with_name("routing.b.yml"), change)
    return read_compared(other, read_policy(usual), beside=usual)


def test_file_is_looked_for_beside_the_policy_that_names_it(usual: Path, tmp_path: Path) -> None:
    assert compared_file(usual, read_policy(usual)) == tmp_path / "routing.b.yml"
    assert compared_file(SAMPLE, read_policy(SAMPLE)) is None


def test_what_only_routing_looks_at_may_differ(usual: Path) -> None:
    def changed(policy: dict[str, Any]) -> None:
        policy["version"] = "b"
        policy["neutral"].reverse()
        policy["default_served_by"] = ["agent"]
        policy["intents"]["refund_policy"]["served_by"] = ["agent", "phone"]
        policy["evidence"]["threshold"] = 0.8
        policy["weights"]["anger"] = 0.1

    found = read(usual, changed)
    assert found.version.startswith("b+")
    assert found.weights.anger == 0.1


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda p: p["languages"].remove("tr"), "languages"),
        (lambda p: p.update(default_locale="de-DE"), "default_locale"),
        (lambda p: p["routes"]["phone"].update(on_wish="utter_greet"), "routes.phone"),
        (lambda p: p["routes"]["agent"].pop("services"), "routes.agent"),
        (lambda p: p["intents"].pop("track_order"), "intents.track_order"),
        (
            lambda p: p["intents"]["track_order"].update(self_service="refund_form"),
            "intents.track_order",
        ),
        (lambda p: p["wishes"].update(talk_to_human=["agent"]), "wishes.talk_to_human"),
        (lambda p: p["actions"].update(failed="utter_sorry"), "actions.failed"),
        (lambda p: p.update(article_from=0.1), "article_from"),
        (lambda p: p.pop("callbacks"), "callbacks"),
        (lambda p: p["personas"].update(typical_turns=5), "personas"),
    ],
)
def test_what_other_parts_rely_on_must_not_differ(usual: Path, change: Change, place: str) -> None:
    with pytest.raises(ContentError) as raised:
        read(usual, change)
    file = usual.with_name("routing.b.yml")
    assert str(raised.value) == (
        f"{file}: {place}: It is not as in routing.yml. Copy it from there; only neutral, "
        "default_served_by, intents.*.served_by, evidence, weights may differ."
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda p: p.update(comparison={"policy": "routing.b.yml"}),
            "comparison: A policy that is compared cannot compare another one.",
        ),
        (
            lambda p: p["exploration"].update(share=0.1),
            "exploration.share: 0.1 of its conversations would try other ways.",
        ),
        (lambda p: p.pop("weights"), "weights: It is missing. Write a mapping here."),
    ],
)
def test_fault_of_the_compared_policy_names_its_file(
    usual: Path, change: Change, fault: str
) -> None:
    with pytest.raises(ContentError) as raised:
        read(usual, change)
    assert str(raised.value).startswith(f"{usual.with_name('routing.b.yml')}: {fault}")


def test_assistant_has_the_compared_policy_while_it_leads_a_share(usual: Path) -> None:
    with pytest.raises(ContentError, match=r"routing\.b\.yml: The file is missing"):
        read_assistant(policy=usual)
    write(usual.with_name("routing.b.yml"), lambda p: p.update(version="b"))
    assistant = read_assistant(policy=usual)
    assert assistant.compared is not None
    assert assistant.compared.version.startswith("b+")
    taught = assistant.taught(Learned({}, meaning_weight=0.7, temperature=1.5))
    assert taught.compared is not None
    assert taught.compared.evidence.temperature == taught.policy.evidence.temperature == 1.5
    write(usual, lambda p: p.update(comparison={"policy": "nowhere.yml", "share": 0}))
    assert read_assistant(policy=usual).compared is None
