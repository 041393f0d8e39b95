import csv
import io
import json
from pathlib import Path

import pytest

from persona_router.cli import main
from persona_router.log.events import Outcome
from tests.log.making import DAY, MONDAY, row, write


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def log(state: Path) -> None:
    made = write(
        state / "routing_log.sqlite",
        row("d1"),
        row("d2", at=MONDAY + 5, turn=2, persona=None, language="ar", failed=1),
        row("d3", at=MONDAY - DAY, conversation="c2\x1b[31m\n", stated_route="phone"),
    )
    made.note(Outcome(decision="d1", values={"handed_over": 1, "latency_ms": 12.0}))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["log", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("log")
def test_log_prints_a_table_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    heading, second, first, third, total = printed(capsys)
    assert heading.split()[:3] == ["time", "(UTC)", "conversation"]
    assert second.split() == [
        "2026-11-23", "09:00:05", "c1", "2", "ar", "refund_policy", "0.98", "undecided", "failed",
        "persona", "-", "d2",
    ]  # fmt: skip
    assert first.split()[-4:] == ["knowledge_base", "persona", "handed_over", "d1"]
    assert "c2?[31m?" in third
    assert total == "3 decisions in all"


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], ["d2", "d1", "d3"]),
        (["--since", "2026-11-23", "--until", "2026-11-23"], ["d2", "d1"]),
        (["--persona", "-"], ["d2"]),
        (["--language", "ar", "--language", "en"], ["d2", "d1", "d3"]),
        (["--outcome", "handed_over"], ["d1"]),
        (["--differs"], ["d3"]),
        (["--failed", "--language", "en"], []),
        (["--search", "c2"], ["d3"]),
        (["--sort=-latency_ms", "--limit", "1"], ["d1"]),
        (["--policy-version", "1+a", "--sort", "at"], ["d3", "d1", "d2"]),
    ],
)
def test_log_takes_the_filters_of_the_page(
    capsys: pytest.CaptureFixture[str], arguments: list[str], found: list[str]
) -> None:
    lines = printed(capsys, "--json", *arguments)
    assert [json.loads(line)["id"] for line in lines] == found
    lines = printed(capsys, "--csv", *arguments)
    assert [read["id"] for read in csv.DictReader(io.StringIO("\n".join(lines)))] == found


@pytest.mark.usefixtures("log")
def test_log_counts_by_facet(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.split() for line in printed(capsys, "--counts", "--persona", "-")]
    assert lines[0] == ["1", "decisions"]
    assert ["persona", "2", "researcher"] in lines
    assert ["language", "1", "ar"] in lines
    assert ["failed", "1", "yes"] in lines


def test_log_that_nobody_has_begun_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys)[-1] == "0 decisions in all"
    assert printed(capsys, "--json") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--since", "x"], "--since: 'x'. Write a day"),
        (["--sort", "id"], "--sort: 'id'. Choose from at, -at"),
        (["--search", "x" * 201], "--search: "),
        (["--since", "2026-11-23", "--until", "2026-11-01"], "--until: '2026-11-01'. Give a last"),
    ],
)
def test_log_names_what_cannot_be_used(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(["log", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(told)
    assert len(said.err.splitlines()) == 1


def test_log_that_is_no_log_is_named(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (state / "routing_log.sqlite").write_bytes(b"This is no database. " * 90)
    assert main(["log"]) == 2
    assert "is no usable routing log" in capsys.readouterr().err
