"""`persona-router figures`: what the desk's page of figures shows, counted, as values of JSON."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from persona_router.commands.figures_text import tables
from persona_router.commands.simulated import note_simulated
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.figures import (
    DIMENSIONS,
    RATES,
    Dimension,
    Rate,
    Tally,
    added_up,
    agreement,
    options,
    split,
    visits_by_day,
)
from persona_router.core.policy import Policy
from persona_router.handoff.queue import Kind, QueueUnavailable, WaitedBy, Waits
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.figures import FiguresReader, LogFigures
from persona_router.log.filters import FilterFault
from persona_router.log.places import log_place
from persona_router.log.span import Span, read_span
from persona_router.state import state_file

WaitsBy = Mapping[tuple[Kind, WaitedBy], Mapping[str | None, Waits]]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `figures`."""
    counted = commands.add_parser("figures", help="containment, handoffs, ratings and the like")
    counted.add_argument("--from", dest="first", default="", metavar="DATE", help="first day (UTC)")
    counted.add_argument("--to", dest="last", default="", metavar="DATE", help="last day (UTC)")
    counted.add_argument(
        "--by", choices=DIMENSIONS, action="append", help="split by it; may be given several times"
    )
    counted.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    counted.add_argument("--json", action="store_true", help="print one JSON object instead")
    counted.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the figures and return 0, or 2 with one line where they cannot be counted."""
    own = options.project / "data" / "routing.yml"
    policy = read_policy(own if own.exists() else DEFAULT_POLICY)
    now = time.time()
    try:
        span = read_span(options.first, options.last, now=now)
        reader = FiguresReader(log_place(), unrecognised=policy.unrecognised)
        simulated = note_simulated(reader)
        figures = reader.read(span, now=now)
        by = tuple(dict.fromkeys(options.by or ("persona",)))
        waits, waits_by = _waits(policy, span, by)
    except FilterFault as fault:
        name = {"since": "from", "until": "to"}.get(fault.name, fault.name)
        print(f"--{name}: '{fault.value}'. {fault.remedy}", file=sys.stderr)
        return 2
    except (OSError, QueueUnavailable) as error:
        print(error, file=sys.stderr)
        return 2
    content = as_json(figures, waits, waits_by, span, policy, by)
    if options.json:
        print(json.dumps({"simulated": simulated, **content}, ensure_ascii=False))
    else:
        for line in tables(content, by, policy.desk.figures.minimum):
            print(line)
    return 0


def as_json(
    figures: LogFigures,
    waits: Mapping[Kind, Waits],
    waits_by: WaitsBy,
    span: Span,
    policy: Policy,
    by: tuple[Dimension, ...],
) -> dict[str, Any]:
    """Return all figures as values of JSON; a share without enough cases is null."""
    rules = policy.desk.figures
    whole = added_up(figures.cells)
    days = visits_by_day(figures.cells, span.days)
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "minimum": rules.minimum,
        "decisions": figures.decisions,
        "visits": {d.isoformat(): n for d, n in zip(span.each(), days, strict=True)},
        "all": _rates(whole, rules.minimum),
        "split": [
            {**dict(zip(by, group, strict=True)), **_rates(tally, rules.minimum)}
            for group, tally in split(figures.cells, by).items()
        ],
        "language_mix": [
            {"language": language, **Rate(tally.visits, whole.visits).to_json(rules.minimum)}
            for (language,), tally in split(figures.cells, ("language",)).items()
        ],
        "reasons": [{"reason": code, "handoffs": n} for code, n in figures.reasons.items()],
        "waiting": {
            kind: {**vars(found), "in_time": found.in_time.to_json(rules.minimum)}
            for kind, found in waits.items()
        },
        "waiting_by": [
            {
                "kind": kind,
                "by": name,
                "value": value,
                **vars(found),
                "in_time": found.in_time.to_json(rules.minimum),
            }
            for (kind, name), split_up in waits_by.items()
            for value, found in split_up.items()
        ],
        "translation": [
            {"article": article, "language": language, "decisions": number}
            for (article, language), number in figures.translation.items()
        ],
        "unanswered": [
            {"language": language, **rate.to_json(rules.minimum)}
            for language, rate in figures.unanswered.items()
        ],
        "options": [
            {
                "persona": one.persona,
                "route": one.route,
                "use": one.use.to_json(rules.minimum),
                "satisfaction": one.satisfaction.to_json(rules.minimum),
                "wanting": one.wanting,
            }
            for one in options(figures.cells, tuple(policy.routes), rules)
        ],
        "stated": {
            "agreement": agreement(figures.stated).to_json(rules.minimum),
            "pairs": [
                {"inferred": inferred, "stated": stated, "conversations": number}
                for (inferred, stated), number in figures.stated.items()
            ],
        },
    }


def _rates(tally: Tally, minimum: int) -> dict[str, Any]:
    return {
        "visits": tally.visits,
        **{name: tally.rates[name].to_json(minimum) for name in RATES},
    }


def _waits(
    policy: Policy, span: Span, by: tuple[Dimension, ...]
) -> tuple[dict[Kind, Waits], WaitsBy]:
    file, kinds = state_file("handoff.sqlite"), get_args(Kind)
    if not file.exists():
        return {kind: Waits() for kind in kinds}, {}
    past, within, days = SqliteHandoffQueue(file).past, policy.desk.answer_within, span
    whole = {kind: past.waited(kind, days.since, days.until, within=within[kind]) for kind in kinds}
    return whole, {
        (kind, name): past.waited_by(name, kind, days.since, days.until, within=within[kind])
        for kind in kinds
        for name in get_args(WaitedBy)
        if name in by
    }
