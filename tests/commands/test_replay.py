"""`persona-router replay`, as a newcomer runs it."""

import json
from pathlib import Path

import pytest
import yaml

from persona_router.cli import main
from persona_router.log.events import Outcome
from persona_router.log.store import RoutingLog
from tests.log.making import DAY, MONDAY, row, write
from tests.training import ROOT

POLICY = ROOT / "data" / "routing.yml"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.chdir(ROOT)
    rows = (
        row(
            f"d{n}",
            at=MONDAY + n,
            conversation=f"c{n}",
            posterior={"researcher": 0.9, "talker": 0.05, "sprinter": 0.05},
            state={
                "turns": 1, "told": 1, "decibans": {}, "concern": "refund_policy", "wished": [],
                "excluded": [], "offered": None, "failures": 0, "tried": [], "served": None,
                "corrected": False,
            },
        )
        for n in range(5)
    )  # fmt: skip
    write(tmp_path / "routing_log.sqlite", *rows).close()
    return tmp_path


@pytest.fixture
def without_articles(tmp_path: Path) -> Path:
    """Return a policy in which no article answers questions about refunds."""
    changed = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    changed["intents"]["refund_policy"] = {"served_by": ["agent", "phone"]}
    path = tmp_path / "new.yml"
    path.write_text(yaml.safe_dump(changed), encoding="utf-8")
    return path


def tried_out(state: Path, count: int) -> None:
    """Write visits of which every fifth was led to a person, who settled three of four."""
    told = {
        "turns": 1, "told": 1, "decibans": {}, "wished": [], "excluded": [], "failures": 0,
        "tried": [],
    }  # fmt: skip
    log = RoutingLog(state / "routing_log.sqlite")
    for n in range(count):
        other = n % 5 == 0
        log.add(
            row(
                f"t{n}",
                at=MONDAY - 30 * DAY + n,
                conversation=f"t{n}",
                route="agent" if other else "knowledge_base",
                alternatives=["knowledge_base", "phone"] if other else ["agent", "phone"],
                reasons=[{"code": "trial", "values": {}}] if other else [],
                propensity=0.2 if other else 0.8,
                posterior={"researcher": 0.9, "talker": 0.05, "sprinter": 0.05},
                state=told,
            )
        )
        log.note(Outcome(decision=f"t{n}", values={"helped": int(n % 20 != 0 if other else n % 2)}))
    log.close()


def test_trials_tell_what_another_policy_would_achieve(
    state: Path, without_articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried_out(state, 1000)
    assert main(["replay", "--policy", str(without_articles), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["unmade"]["tried out"] == 200
    effect = found["effects"]["resolution"]
    assert (effect["samples"], effect["unsupported"], effect["refusal"]) == (1000, 0.0, "")
    assert effect["effective"] == pytest.approx(200)
    assert effect["snips"]["mean"] == pytest.approx(0.75)
    assert effect["snips"]["low"] < 0.75 < effect["snips"]["high"]
    assert effect["doubly_robust"]["mean"] == pytest.approx(0.75, abs=0.02)
    assert found["effects"]["rating"]["refusal"] == "there is none"


def test_too_few_trials_are_refused(
    state: Path, without_articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried_out(state, 100)
    assert main(["replay", "--policy", str(without_articles)]) == 0
    words = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    refusal = "poor overlap: the trials are worth 20 visits, and 50 are needed"
    assert f"resolution 100 20 not estimated ({refusal})" in words


def test_nothing_is_said_of_trials_where_none_were_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay"]) == 0
    assert "tried out" not in capsys.readouterr().out


def test_replay_under_the_own_policy_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("5 decisions made again under ")
    assert lines[1] == "0 lead elsewhere (0.0 %)"


def test_replay_tells_who_would_be_led_elsewhere_and_what_people_would_get(
    without_articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", "--policy", str(without_articles), "--examples", "2"]) == 0
    words = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "5 lead elsewhere (100.0 %)" in words
    assert "knowledge_base agent 5" in words
    assert "agent 0 5 +5.0 0 → 5" in words
    assert words[-2:] == ["d0 knowledge_base → agent", "d1 knowledge_base → agent"]


def test_replay_as_json(without_articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--policy", str(without_articles), "--since", "2026-11-23", "--json"]
    assert main(["replay", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["remade"], found["changed"], found["unmade"]) == (5, 5, {})
    assert found["pairs"] == [{"was": "knowledge_base", "would": "agent", "decisions": 5}]
    assert found["people"][0] == {"route": "agent", "was": 0, "would": 5, "busiest_hour": [0, 5]}
    assert len(found["examples"]) == 5


def test_replay_of_days_without_decisions_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--until", "2020-01-01"]) == 0
    assert capsys.readouterr().out.startswith("0 decisions made again under ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--since", "yesterday"], "--since: 'yesterday'."),
        (["--policy", "nowhere.yml"], "nowhere.yml"),
        (["--personas", "nowhere"], "nowhere: There is no such folder."),
    ],
)
def test_replay_names_what_it_cannot_use(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(["replay", *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_replay_of_a_file_that_is_no_log_is_one_line(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "routing_log.sqlite").write_bytes(b"This is no database. " * 90)
    assert main(["replay"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_replay_refuses_a_number_of_examples_that_is_none() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay", "--examples", "-1"])
    assert ended.value.code == 2
