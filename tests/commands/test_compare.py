"""`persona-router compare`, as a newcomer runs it."""

import json
from pathlib import Path
from typing import Any

import pytest

from persona_router.cli import main
from persona_router.log.events import Outcome
from tests.log.making import DAY, MONDAY, row, write
from tests.training import ROOT

DAYS = ["--from", "2026-10-01", "--to", "2026-10-31"]
OCTOBER = MONDAY - 40 * DAY


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.chdir(ROOT)
    return tmp_path


def compared(state: Path, a: int, b: int, **changes: Any) -> None:
    """Write a visit a conversation, of which every second in arm a and every fifth in b is lost."""
    log = write(
        state / "routing_log.sqlite",
        *(
            row(
                f"{arm}{n}",
                **{
                    "at": OCTOBER + n,
                    "conversation": f"{arm}{n}",
                    "arm": arm,
                    "propensity": 0.5 if n % 10 == 0 else 1.0,
                    "policy_version": f"1+{arm}",
                    **changes,
                },
            )
            for arm, count in (("a", a), ("b", b))
            for n in range(count)
        ),
    )
    for arm, count, every in (("a", a, 2), ("b", b, 5)):
        for n in range(0, count, every):
            log.note(Outcome(decision=f"{arm}{n}", values={"handed_over": 1}))
    log.close()


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_compare_tells_both_arms_and_how_far_they_differ(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compared(state, 200, 200)
    assert main(["compare", *DAYS]) == 0
    told = lines(capsys)
    assert told[1:4] == [
        "a: 1+a: 200 conversations, 200 visits",
        "b: 1+b: 200 conversations, 200 visits",
        "The two lead different ways in 40 of 400 decisions.",
    ]
    assert "containment 50.0 % (43.1–56.9) 80.0 % (73.9–85.0) +30.0 (+20.8 to +38.5)" in told
    assert "handoff 50.0 % (43.1–56.9) 20.0 % (15.0–26.1) -30.0 (-38.5 to -20.8)" in told
    assert told[-1] == "satisfaction not enough data (0) not enough data (0) not enough data"
    assert not any(line.startswith("Warning") for line in told)


def test_compare_as_json(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compared(state, 200, 200)
    assert main(["compare", *DAYS, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["simulated"], found["shares"], found["mixed"]) == (False, [0.5], False)
    assert found["sample_ratio"] == {"p": 1.0, "mismatch": False}
    assert found["arms"]["b"]["versions"] == ["1+b"]
    assert found["arms"]["b"]["containment"]["share"] == 0.8
    assert found["differences"]["containment"]["difference"] == pytest.approx(0.3)
    low, high = found["differences"]["containment"]["interval"]
    assert (low, high) == (pytest.approx(0.208, abs=5e-4), pytest.approx(0.385, abs=5e-4))
    assert found["differences"]["resolution"] is None


def test_compare_tells_nothing_of_too_few_visits(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compared(state, 29, 31)
    assert main(["compare", *DAYS]) == 0
    told = lines(capsys)
    assert any(
        line.startswith("containment not enough data (29) 77.4 %")
        and line.endswith(") not enough data")
        for line in told
    )


def test_compare_warns_of_arms_that_do_not_fit_the_share(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compared(state, 300, 200)
    assert main(["compare", *DAYS]) == 0
    (warning,) = (line for line in lines(capsys) if line.startswith("Warning"))
    assert warning.startswith(
        "Warning: the numbers of conversations do not fit the share of 0.5 (p = 7.7e-06)."
    )


def test_compare_warns_of_days_with_several_comparisons(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compared(state, 40, 40)
    write(state / "routing_log.sqlite", row("x", at=OCTOBER, arm="b", policy_version="2+\nb"))
    assert main(["compare", *DAYS]) == 0
    told = lines(capsys)
    assert "b: 1+b, 2+?b: 41 conversations, 41 visits" in told
    assert (
        sum(line.startswith("Warning: these days hold more than one share") for line in told) == 1
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            DAYS,
            "Nothing was compared from 2026-10-01 to 2026-10-31. Choose other days with --from and "
            "--to, or set `comparison` in the policy.",
        ),
        (["--from", "soon"], "--from: 'soon'. Write a day"),
        (["--project", "nowhere", "--to", "never"], "--to: 'never'. Write a day"),
    ],
)
def test_compare_says_in_one_line_why_it_cannot(
    state: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    write(state / "routing_log.sqlite", row("d1", at=OCTOBER)).close()
    assert main(["compare", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(told)
    assert error.count("\n") == 1


def test_compare_of_a_file_that_is_no_log_is_one_line(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare"]) == 2
    (state / "routing_log.sqlite").write_bytes(b"This is no database. " * 90)
    capsys.readouterr()
    assert main(["compare"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
