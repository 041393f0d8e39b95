import json
from pathlib import Path
from random import Random

import pytest

from persona_router.cli import main
from persona_router.log.store import RoutingLog
from tests.log.making import DAY, MONDAY, row

ROOT = Path(__file__).resolve().parents[2]
SPAN = ["--from", "2026-11-23", "--to", "2026-11-29"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the state folder of the command, which runs in the sample assistant."""
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("time.time", lambda: MONDAY + 8 * DAY)
    return tmp_path


def fill(state: Path, *weeks: tuple[int, float]) -> None:
    """Write visits, the weeks one after the other: how many, and which share are sprinters'."""
    chance = Random(1)
    log = RoutingLog(state / "routing_log.sqlite")
    for week, (count, share) in enumerate(weeks):
        for n in range(count):
            quick = n < share * count
            persona = "sprinter" if quick else "researcher"
            log.add(
                row(
                    f"{week}-{n}",
                    at=MONDAY + 7 * DAY * (week - len(weeks) + 1) + n,
                    conversation=f"{week}-{n}",
                    persona=persona,
                    inferred_persona=persona,
                    posterior={persona: 0.9},
                    signals={"haste": chance.random() / 2 + (0.5 if quick else 0.0)},
                )
            )
    log.close()


def test_change_is_told_and_the_exit_status_says_so(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, (200, 0.3), (200, 0.6))
    assert main(["personas", "drift", *SPAN]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026-11-23 to 2026-11-29: 200 visits; 2026-11-16 to 2026-11-22: 200"
    assert "sprinter                    30.0 %    60.0 %     0.372   changed" in lines
    assert any(line.startswith("haste") and line.endswith("changed") for line in lines)
    assert lines[-1] == "3 to look at (docs/personas.md)"


def test_customers_who_stayed_the_same_raise_no_alarm(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, (200, 0.3), (200, 0.3))
    assert main(["personas", "drift", *SPAN]) == 0
    assert capsys.readouterr().out.endswith("\nNothing is alarming.\n")


def test_json_tells_everything(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(state, (200, 0.3), (200, 0.6))
    assert main(["personas", "drift", *SPAN, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["simulated"] is False
    assert found["visits"] == {"before": 200, "now": 200}
    assert found["before"] == {"from": "2026-11-16", "to": "2026-11-22"}
    assert {one["name"]: one["alarm"] for one in found["personas"]} == {
        "researcher": True, "sprinter": True, "-": False,
    }  # fmt: skip
    assert [one["persona"] for one in found["trust"]] == ["researcher", "sprinter"]
    assert found["alarms"] == 3


def test_longer_time_before_can_be_chosen(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(state, (100, 0.3), (100, 0.3), (200, 0.3))
    assert main(["personas", "drift", *SPAN, "--before", "2026-11-09"]) == 0
    assert "2026-11-09 to 2026-11-22: 200\n" in capsys.readouterr().out


def test_too_few_visits_are_said_to_be_too_few(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, (10, 0.3), (200, 0.6))
    assert main(["personas", "drift", *SPAN]) == 0
    assert "Not enough data: nothing is compared below 30 visits" in capsys.readouterr().out


def test_review_that_is_due_is_told(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("time.time", lambda: MONDAY + 3650 * DAY)
    assert main(["personas", "drift"]) == 1
    assert "researcher: the review was due on " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--from", "yesterday"], "--from: 'yesterday'. "),
        (["--before", "2026-12-24"], "--before: '2026-12-24'. Choose a day before 2026-11-23"),
    ],
)
def test_wrong_days_are_refused(
    arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["personas", "drift", *SPAN, *arguments]) == 2
    assert capsys.readouterr().err.startswith(error)
