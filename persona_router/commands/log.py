"""`persona-router log`: decisions of the routing log as a table, CSV or JSON."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from itertools import islice
from typing import Any

from persona_router.commands.simulated import note_simulated
from persona_router.log.export import EXPORTED, as_csv
from persona_router.log.filters import NONE, Filter, FilterFault, read_filter, read_sort
from persona_router.log.places import log_place
from persona_router.log.profile import FACETS, FLAGS, profile_of
from persona_router.log.reader import PAGE_ROWS, LogReader

_HEADING = (
    "time (UTC)", "conversation", "turn", "language", "intent", "persona", "route", "reason",
    "outcome", "decision",
)  # fmt: skip
_WIDEST = 24


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `log`, with an option for each facet of the page."""
    shown = commands.add_parser("log", help="list decisions of the routing log")
    shown.add_argument("--since", metavar="DATE", help="first day, in UTC")
    shown.add_argument("--until", metavar="DATE", help="last day, in UTC")
    shown.add_argument("--search", metavar="WORDS", help="words of codes, or how an id begins")
    for name in FACETS:
        option = f"--{name.replace('_', '-')}"
        if name in FLAGS:
            shown.add_argument(option, action="store_true", dest=name, help="only those where so")
        else:
            shown.add_argument(
                option, action="append", dest=name, metavar="VALUE", default=[],
                help=f"may be given several times; {NONE} for none",
            )  # fmt: skip
    shown.add_argument("--sort", default="", help="default: -at, the newest first")
    shown.add_argument(
        "--limit", type=_number, metavar="N", help=f"default: {PAGE_ROWS} in a table, else all"
    )
    form = shown.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object a line")
    form.add_argument("--csv", action="store_true", help="print CSV")
    form.add_argument("--counts", action="store_true", help="count by facet instead")
    shown.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what was asked for and return 0, or 2 with one line where it cannot be."""
    try:
        filter, sort = read_filter(_pairs(options)), read_sort(options.sort)
        reader = LogReader(log_place())
        note_simulated(reader)
        for line in _lines(reader, filter, sort, options):
            print(line)
    except FilterFault as fault:
        name = fault.name if fault.name != "q" else "search"
        print(f"--{name.replace('_', '-')}: '{fault.value}'. {fault.remedy}", file=sys.stderr)
        return 2
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        print(error, file=sys.stderr)
        return 2
    return 0


def _pairs(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for name, value in (
        ("since", options.since), ("until", options.until), ("q", options.search),
    ):  # fmt: skip
        if value is not None:
            yield name, value
    for name in FACETS:
        chosen = getattr(options, name)
        yield from ((name, value) for value in (["1"] if chosen is True else chosen or []))


def _lines(
    reader: LogReader, filter: Filter, sort: str, options: argparse.Namespace
) -> Iterator[str]:
    if options.counts:
        yield from _counted(reader, filter)
        return
    rows: Iterable[Mapping[str, Any]] = reader.every(filter, sort=sort)
    in_table = not (options.json or options.csv)
    limit = PAGE_ROWS if options.limit is None and in_table else options.limit
    rows = islice(rows, limit)
    if options.csv:
        yield from (line.removesuffix("\r\n") for line in as_csv(rows))
    elif options.json:
        for row in rows:
            yield json.dumps({name: row[name] for name in EXPORTED}, ensure_ascii=False)
    else:
        yield from _table([_HEADING, *map(_cells, rows)])
        yield f"{reader.counts(filter).total} decisions in all"


def _counted(reader: LogReader, filter: Filter) -> Iterator[str]:
    counts = reader.counts(filter)
    yield f"{counts.total} decisions"
    for name, values in counts.facets.items():
        if name in FLAGS:
            values = {"yes": values.get("1", 0)}
        for value, count in values.items():
            yield f"{name:20} {count:>9}  {value}"


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    at = datetime.fromtimestamp(row["at"], timezone.utc)
    sure = row["intent_confidence"]
    intent = row["intent"] or NONE
    return (
        f"{at:%Y-%m-%d %H:%M:%S}",
        row["conversation"],
        str(row["turn"] or NONE),
        row["language"] or NONE,
        intent if sure is None else f"{intent} {sure:.2f}",
        row["persona"] or "undecided",
        "failed" if row["failed"] else row["route"] or NONE,
        row["reasons"][0]["code"] if row["reasons"] else NONE,
        profile_of(row)["outcome"] or NONE,
        row["id"],
    )


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    # Ids come from outside: a line break or an escape sequence in one is not to be obeyed.
    plain = [["".join(c if c.isprintable() else "?" for c in cell) for cell in r] for r in rows]
    cut = [[c if len(c) <= _WIDEST else f"{c[: _WIDEST - 1]}…" for c in r] for r in plain]
    widths = [max(len(row[column]) for row in cut) for column in range(len(cut[0]))]
    for row in cut:
        yield "  ".join(c.ljust(width) for c, width in zip(row, widths, strict=True)).rstrip()


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 9 or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of rows; write 1 or more")
    return int(text)
