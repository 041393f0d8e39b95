import itertools
import json
from pathlib import Path

import pytest

from persona_router.cli import main
from persona_router.commands.simulated import NOTE
from persona_router.log.store import RoutingLog
from tests.log.making import row, write
from tests.sample_index import furnished
from tests.training import sample_model_path

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the state folder of a demo with 60 conversations, played by the trained assistant."""
    state = furnished(tmp_path_factory.mktemp("demo"))
    model = str(sample_model_path())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        arguments = ["demo", "--conversations", "60", "--model", model, "--state", str(state)]
        assert main(arguments) == 0
    return state


def test_demo_fills_every_column_that_the_pages_show(played: Path) -> None:
    rows = RoutingLog(played / "routing_log.sqlite").rows(limit=10_000)
    assert len({row["conversation"] for row in rows}) == 60
    assert {row["channel"] for row in rows} == {"simulated"}
    assert not any(row["failed"] for row in rows)
    assert {row["route"] for row in rows} >= {"self_service", "knowledge_base", "agent", "phone"}
    assert len({row["language"] for row in rows}) >= 4
    assert {"researcher", "sprinter", "talker"} <= {row["persona"] for row in rows}
    assert any(row["handed_over"] for row in rows)
    assert any(row["helped"] for row in rows)
    assert all(row["latency_ms"] > 0 and row["model"] for row in rows)


def test_conversations_turns_are_numbered_and_in_order(played: Path) -> None:
    by_conversation: dict[str, list[tuple[float, int]]] = {}
    for one in RoutingLog(played / "routing_log.sqlite").rows(limit=10_000):
        by_conversation.setdefault(one["conversation"], []).append((one["at"], one["turn"]))
    for turns in by_conversation.values():
        numbers = [number for _, number in sorted(turns)]
        assert numbers[0] == 1
        assert all(b in (1, a + 1) for a, b in itertools.pairwise(numbers))


def test_every_command_says_that_the_customers_are_simulated(
    played: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(played))
    monkeypatch.chdir(ROOT)
    for command in (["log"], ["figures"], ["replay"]):
        assert main(command) == 0
        assert capsys.readouterr().err.strip() == NOTE
    for command in (["figures", "--json"], ["replay", "--json"]):
        assert main(command) == 0
        assert json.loads(capsys.readouterr().out)["simulated"] is True


def test_replay_under_the_same_policy_leads_nowhere_else(
    played: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(played))
    monkeypatch.chdir(ROOT)
    main(["replay", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["remade"] > 30
    assert found["changed"] == 0


def test_full_log_is_not_filled_again(
    played: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["demo", "--state", str(played)]) == 2
    assert "is full of customers already. Delete it" in capsys.readouterr().err


def test_real_customers_are_never_mixed_with_simulated_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "routing_log.sqlite", row("d1")).close()
    monkeypatch.chdir(ROOT)
    assert main(["demo", "--state", str(tmp_path)]) == 2
    assert "its conversations are real. Name another state folder." in capsys.readouterr().err
    assert len(RoutingLog(tmp_path / "routing_log.sqlite").rows()) == 1


def test_running_assistant_does_not_write_into_a_demo(played: Path) -> None:
    with pytest.raises(OSError, match="its conversations are simulated"):
        RoutingLog(played / "routing_log.sqlite", simulated=False)


@pytest.mark.parametrize("number", ["0", "many", "-5", "100001"])
def test_wrong_number_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["demo", f"--conversations={number}"])
    assert stopped.value.code == 2
    assert f"'{number}' is no number of conversations; write 1 to 100000" in capsys.readouterr().err


def test_missing_examples_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 2
    assert "data/personas/examples.jsonl" in capsys.readouterr().err
    assert not (tmp_path / ".persona-router-demo").exists()
