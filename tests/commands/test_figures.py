import json
from pathlib import Path

import pytest

from persona_router.cli import main
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.events import Outcome
from tests.handoff.making import request
from tests.log.making import DAY, MONDAY, row, write

WEEK = ("--from", "2026-11-23", "--to", "2026-11-29")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def log(state: Path) -> None:
    made = write(
        state / "routing_log.sqlite",
        *(row(f"d{n}", at=MONDAY + n, conversation=f"c{n}") for n in range(40)),
        row("t1", at=MONDAY + DAY, conversation="t1", persona="talker\x1b[31m", language="ar"),
    )
    made.note(Outcome(decision="d1", values={"handed_over": 1, "rating": 5}))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["figures", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("log")
def test_figures_prints_rates_with_intervals_and_says_where_data_are_few(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = [" ".join(line.split()) for line in printed(capsys, *WEEK)]
    assert lines[0].startswith("2026-11-23 to 2026-11-29: 41 visits, 41 decisions.")
    assert "2026-11-23 40" in lines
    (researcher,) = (line for line in lines if line.startswith("researcher 40"))
    assert researcher.startswith("researcher 40 98 % (87–100) not enough data (0)")
    assert any(line.startswith("talker?[31m 1 not enough data (1)") for line in lines)
    assert "persona 1" in lines


@pytest.mark.usefixtures("log")
def test_figures_as_json_are_split_as_asked(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SqliteHandoffQueue(state / "handoff.sqlite").add(request("c1", requested_at=MONDAY))
    (line,) = printed(capsys, *WEEK, "--by", "language", "--by", "route", "--json")
    found = json.loads(line)
    groups = [(one["language"], one["route"], one["visits"]) for one in found["split"]]
    assert groups == [("en", "knowledge_base", 40), ("ar", "knowledge_base", 1)]
    assert found["split"][0]["containment"]["share"] == 0.975
    assert found["split"][1]["containment"] == {
        "hits": 1, "cases": 1, "share": None, "interval": None,
    }  # fmt: skip
    assert found["waiting"]["agent"]["asked"] == 1
    (part,) = found["waiting_by"]
    assert (part["kind"], part["by"], part["value"], part["asked"]) == (
        "agent",
        "language",
        "de",
        1,
    )
    assert found["visits"]["2026-11-24"] == 1


def test_figures_of_a_log_that_nobody_has_begun_are_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(capsys)[0].split(": ")[1].startswith("0 visits, 0 decisions.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--from", "monday"], "--from: 'monday'. Write a day"),
        (["--to", "2026-02-30"], "--to: '2026-02-30'. Write a day"),
        (["--from", "2020-01-01", "--to", "2026-01-01"], "--from: '2020-01-01'. Choose up to 366"),
    ],
)
def test_figures_names_what_cannot_be_used(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(["figures", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(told)
    assert len(said.err.splitlines()) == 1


def test_figures_of_what_is_no_log_is_refused(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "routing_log.sqlite").write_bytes(b"This is no database. " * 90)
    assert main(["figures"]) == 2
    assert "is no usable routing log" in capsys.readouterr().err
