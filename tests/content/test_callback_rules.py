from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.policies import DEFAULT_POLICY, policy_of, read_policy
from persona_router.core.callbacks import CallbackRules


def written(folder: Path, callbacks: Any) -> Path:
    policy = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    policy["callbacks"] = callbacks
    file = folder / "routing.yml"
    file.write_text(yaml.safe_dump(policy, sort_keys=False), encoding="utf-8")
    return file


def test_callbacks_have_usual_numbers(tmp_path: Path) -> None:
    rules = read_policy(written(tmp_path, {"route": "phone", "at_once": 3})).callbacks
    assert rules == CallbackRules(
        route="phone", minutes=15, at_once=3, notice_minutes=15, days=7, offered=4,
        remind_minutes=5,
    )  # fmt: skip


def test_policy_without_callbacks_books_none(tmp_path: Path) -> None:
    assert read_policy(written(tmp_path, {})).callbacks is None


@pytest.mark.parametrize(
    ("callbacks", "told"),
    [
        (
            {"route": "fax"},
            "callbacks.route: Unknown route 'fax'. "
            "Declared: self_service, knowledge_base, agent, phone.",
        ),
        (
            {"minutes": 15},
            "callbacks.route: It is missing. Write text here.",
        ),
        (
            {"route": "phone", "minutes": 0},
            "callbacks.minutes: 0 is outside 5 to 240. Write a number of that range.",
        ),
        (
            {"route": "phone", "at_once": "two"},
            "callbacks.at_once: 'two' is not a whole number. Write a whole number here.",
        ),
        (
            {"route": "phone", "capacity": 2},
            "callbacks.capacity: Unknown key 'capacity'. Known: route, minutes, at_once, "
            "notice_minutes, days, offered, remind_minutes.",
        ),
    ],
)
def test_faults_of_callbacks_name_place_value_and_remedy(
    tmp_path: Path, callbacks: Any, told: str
) -> None:
    file = written(tmp_path, callbacks)
    with pytest.raises(ContentError) as caught:
        read_policy(file)
    assert str(caught.value) == f"{file}: {told}"


def test_policy_of_an_assistant_is_its_own_else_the_starter(tmp_path: Path) -> None:
    assert policy_of(tmp_path) == DEFAULT_POLICY
    (tmp_path / "data").mkdir()
    own = written(tmp_path / "data", {})
    assert policy_of(tmp_path) == own
