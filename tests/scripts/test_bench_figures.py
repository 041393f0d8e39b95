"""The benchmark's arithmetic, its messages, and its refusal to compare with the wrong thing."""

from pathlib import Path

import pytest

from bench.assistants import Assistant, Training, copy_of_ours, require_rasas_defaults
from bench.conversation import MESSAGES, Customer, ServerFault, message
from bench.report import Measured, figures, ratio, table
from scripts.ports import free_port


def measured(*turns: list[float]) -> Measured:
    return Measured(turns=list(turns), starts=[9.0, 8.0, 30.0], asked=8, answered=6)


def test_figures_take_the_median_of_the_compared_turns_only() -> None:
    found = figures(measured([10, 12], [20, 22], [30, 32], [400, 500]), short=3)
    assert found["turn_p50_ms"]["all"] == 21
    assert found["turn_p95_ms"] == 30
    assert found["start_seconds"] == 9.0
    assert found["answered"] == 0.75


def test_figure_at_a_turn_is_the_median_of_three_neighbours() -> None:
    of_turns = measured([1], [2], [3], [4], [50])
    assert of_turns.at_turn(3) == 3
    assert of_turns.at_turn(1) == 2
    assert of_turns.at_turn(5) == 4
    assert of_turns.at_turn(60) is None


def test_ratio_is_ours_over_theirs() -> None:
    assert ratio(30, 120) == 0.25


def test_table_has_a_dash_where_nothing_was_measured() -> None:
    lines = table([("memory", 100, 200), ("actions", 40, None)], columns=("ours", "other"))
    assert lines.splitlines()[1].split() == ["memory", "100.0", "200.0", "0.50"]
    assert lines.splitlines()[2].split() == ["actions", "40.0", "-", "-"]


def test_messages_start_as_written_and_never_repeat() -> None:
    assert [message(turn, conversation=0, longest=60) for turn in range(20)] == list(MESSAGES)
    said = [message(t, conversation=c, longest=60) for c in range(20) for t in range(60)]
    assert len(set(said)) == 1200


def test_comparison_with_less_than_rasas_defaults_is_refused(tmp_path: Path) -> None:
    light = Assistant(
        name="default",
        folder=tmp_path,
        model=tmp_path / "model.tar.gz",
        training=Training(seconds=1, cpu_seconds=1),
        config={"rasa.nlu.classifiers.diet_classifier.DIETClassifier": [{}], "x.TEDPolicy": [{}]},
    )
    with pytest.raises(ServerFault, match="lacks UnexpecTEDIntentPolicy"):
        require_rasas_defaults(light)


def test_an_incomplete_assistant_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yml").touch()
    with pytest.raises(ServerFault, match=r"domain\.yml is missing"):
        copy_of_ours(tmp_path, tmp_path / "workshop")


def test_a_server_that_is_not_there_is_a_fault_in_one_line() -> None:
    with pytest.raises(ServerFault, match="no answer to 'hello'") as fault:
        Customer(free_port()).say("hello")
    assert "\n" not in str(fault.value)
