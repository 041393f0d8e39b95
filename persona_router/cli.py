"""The `persona-router` command."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from persona_router.commands import (
    brand,
    check,
    compare,
    consume,
    coverage,
    datasette,
    demo,
    desk,
    evaluate,
    explain,
    fairness,
    figures,
    handoff,
    init,
    knowledge,
    log,
    personas,
    privacy,
    questions,
    replay,
)
from persona_router.content.errors import ContentError


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0 done, 1 something was found to be wrong, 2 unusable input."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands; the documentation's test reads it too."""
    parser = argparse.ArgumentParser(
        prog="persona-router", description="Routes customers of a Rasa assistant."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    shown = commands.add_parser("explain", help="print the decision after each turn, with evidence")
    shown.add_argument("text", nargs="+", help="the customer's turns, in order")
    shown.add_argument("--language", help="browser locale of the customer, such as de-AT")
    shown.add_argument("--metadata", default="{}", help="JSON object sent with every turn")
    shown.add_argument("--at", type=_time, help="time of the conversation (ISO 8601); default now")
    shown.add_argument("--json", action="store_true", help="print decisions as JSON, one a line")
    shown.set_defaults(run=explain.run)

    measured = commands.add_parser("evaluate", help="measure the assistant on labelled cases")
    measured.add_argument("kind", choices=evaluate.KINDS)
    measured.add_argument(
        "file", type=Path, help="labelled cases (docs/formats.md); search: or a folder"
    )
    measured.add_argument("--languages", type=_names, help="only cases of these, such as en,de")
    measured.add_argument("--at", type=_time, help="time of all turns; default: all routes open")
    measured.add_argument("--json", action="store_true", help="end with one JSON object of figures")
    measured.add_argument("--failures", action="store_true", help="list the cases that failed")
    measured.add_argument(
        "--unrecognised",
        type=_names,
        default="out_of_scope,nlu_fallback",
        help="intents that mean 'none of ours'; default: %(default)s",
    )
    measured.add_argument(
        "--articles-in",
        type=_names,
        metavar="LOCALES",
        help="search only articles in these, such as en: questions of others meet no translation",
    )
    measured.add_argument(
        "--article-from",
        type=_share,
        metavar="SCORE",
        help="search score from which an article counts as an answer; default: the policy's",
    )
    measured.set_defaults(run=evaluate.run)

    for command in (shown, measured):
        command.add_argument("--model", type=Path, default=Path("models"), help="model or folder")

    compared = commands.add_parser(
        "fairness",
        help="measure how often address, region, accents, name or language change a route",
    )
    compared.add_argument(
        "folder", nargs="?", type=Path, help="texts by language; default: PROJECT/data/fairness"
    )
    compared.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    compared.add_argument("--model", type=Path, help="model or folder; default: PROJECT/models")
    compared.add_argument(
        "--budget", type=_share, help="share that may differ; default: the policy's fairness_budget"
    )
    compared.add_argument("--json", action="store_true", help="end with one JSON object of figures")
    compared.add_argument("--all", action="store_true", help="list every case that differs")
    compared.set_defaults(run=fairness.run)

    checked = commands.add_parser("check", help="validate cards, policy, articles and texts")
    checked.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    checked.add_argument("--at", type=_time, help="time at which reviews are judged; default now")
    checked.add_argument(
        "--meaning", action="store_true", help="compare and search articles by meaning, too"
    )
    checked.add_argument(
        "--questions",
        type=Path,
        nargs="+",
        default=(),
        metavar="FILE",
        help="search cases to ask as well; implies --meaning",
    )
    checked.add_argument("--strict", action="store_true", help="count warnings as faults")
    checked.set_defaults(run=check.run)

    personas.add_parsers(commands)
    knowledge.add_parsers(commands)

    covered = commands.add_parser("coverage", help="find the hours in which nobody can help whom")
    covered.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    covered.add_argument(
        "--from", type=_date, dest="start", metavar="DATE", help="first day; default today"
    )
    covered.add_argument("--days", type=_days, default=14, help="1 to 366; default: %(default)s")
    covered.add_argument("--html", type=Path, metavar="FILE", help="write a page with heat maps")
    covered.add_argument("--json", action="store_true", help="print one JSON object instead")
    covered.add_argument("--all", action="store_true", help="print every gap, not only 20")
    covered.set_defaults(run=coverage.run)

    handed = commands.add_parser("handoff", help="tell how the desk elsewhere does and what waits")
    handed.add_argument("--test", action="store_true", help="ask the desk elsewhere, too")
    handed.set_defaults(run=handoff.run)

    desk.add_parsers(commands)
    log.add_parser(commands)
    consume.add_parser(commands)
    figures.add_parser(commands)
    questions.add_parser(commands)
    replay.add_parser(commands)
    compare.add_parser(commands)
    demo.add_parser(commands)
    brand.add_parser(commands)
    datasette.add_parser(commands)
    privacy.add_parsers(commands)

    started = commands.add_parser("init", help="write a starter policy and persona cards")
    started.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    started.add_argument("--language", help="write the texts of a new language, such as sv")
    started.set_defaults(run=init.run)
    return parser


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        message = f"'{text}' is no time; write 2026-11-23T09:00+01:00"
        raise argparse.ArgumentTypeError(message) from error
    return at if at.tzinfo else at.astimezone()


def _share(text: str) -> float:
    message = f"'{text}' is no share; write a number from 0 to 1"
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(message) from error
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(message)
    return value


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write 2026-11-23") from error
    if not 1970 <= day.year < 2100:  # what calendars of public holidays know about
        raise argparse.ArgumentTypeError(f"'{text}' is out of reach; choose from 1970 to 2099")
    return day


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 366:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of days; write 1 to 366")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


if __name__ == "__main__":
    sys.exit(main())
