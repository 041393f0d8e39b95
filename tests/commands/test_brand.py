import json
from pathlib import Path

import pytest
import yaml

from persona_router.cli import main
from persona_router.log.events import Outcome
from persona_router.log.store import RoutingLog
from tests.log.making import DAY, MONDAY, row

ROOT = Path(__file__).resolve().parents[2]
SPAN = ["--from", "2026-11-23", "--to", "2026-11-29"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("time.time", lambda: MONDAY + 30 * DAY)
    return tmp_path


def test_questions_can_be_filled_in_and_read_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["brand", "--questions"]) == 0
    printed = capsys.readouterr().out
    asked = yaml.safe_load(printed)["answers"]
    assert len(asked) == 12
    assert set(asked.values()) == {None}
    assert "# Customers reach a person within two minutes" in printed
    file = tmp_path / "brand.yml"
    file.write_text(yaml.safe_dump({"answers": dict.fromkeys(asked, 3)}), encoding="utf-8")
    assert main(["brand", str(file), *SPAN]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "12 of 12 questions answered; measured 2026-11-23 to 2026-11-29"
    assert "human_touch          0.50        -     0.90" in lines
    assert sum(line[:2] in ("1.", "2.", "3.") for line in lines) == 3


def test_log_is_measured_where_there_is_enough(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = RoutingLog(state / "routing_log.sqlite")
    for n in range(40):
        log.add(row(f"d{n}", at=MONDAY + n, conversation=f"c{n}"))
        if n < 10:
            log.note(Outcome(decision=f"d{n}", values={"helped": 1}))
        if n >= 32:
            log.note(Outcome(decision=f"d{n}", values={"handed_over": 1}))
    log.close()
    assert main(["brand", *SPAN, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["axes"]["technology"]["measured"] == 0.8
    assert found["axes"]["metrics"]["measured"] == 0.25
    assert found["axes"]["human_touch"]["measured"] is None
    assert found["advice"] == []


def test_without_answers_and_log_it_says_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brand"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("There is no profile: nothing is answered and nothing is measured.")
    assert "persona-router brand --questions > data/brand.yml" in told


def test_wrong_day_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brand", "--from", "soon"]) == 2
    assert capsys.readouterr().err.startswith("--from: 'soon'. ")
