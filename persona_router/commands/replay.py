"""`persona-router replay`: logged decisions under a changed policy, before it goes live."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from persona_router.commands.simulated import note_simulated
from persona_router.content.personas import DEFAULT_PERSONAS, read_personas
from persona_router.content.plugins import load_signals
from persona_router.content.policies import policy_of, read_policy
from persona_router.core.offpolicy import Effect
from persona_router.core.policy import Policy
from persona_router.core.replay import Replay, replay
from persona_router.log.filters import FilterFault, read_filter
from persona_router.log.places import log_place
from persona_router.log.reader import LogReader
from persona_router.log.replayed import logged_decisions
from persona_router.log.trials import effects


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `replay`."""
    again = commands.add_parser("replay", help="make logged decisions again under another policy")
    again.add_argument("--policy", type=Path, metavar="FILE", help="default: the project's own")
    again.add_argument("--personas", type=Path, metavar="DIR", help="default: the project's own")
    again.add_argument("--since", metavar="DATE", help="first day, in UTC")
    again.add_argument("--until", metavar="DATE", help="last day, in UTC")
    again.add_argument("--examples", type=_count, default=10, help="default: %(default)s")
    again.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    again.add_argument("--json", action="store_true", help="print one JSON object instead")
    again.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what changes and return 0, or 2 with one line where the log cannot be read.

    Raises ContentError for a policy or personas that cannot be read.
    """
    own = options.project / "data" / "personas"
    policy = read_policy(options.policy or policy_of(options.project))
    personas = read_personas(
        options.personas or (own if own.is_dir() else DEFAULT_PERSONAS),
        routes=policy.routes,
        signals=load_signals(),
    )
    days = (("since", options.since or ""), ("until", options.until or ""))
    try:
        filter = read_filter(days)
        reader = LogReader(log_place())
        simulated = note_simulated(reader)
        rows = reader.every(filter, sort="at")
        found = replay(
            logged_decisions(rows, policy), policy, personas, most_examples=options.examples
        )
        tried = effects(
            reader.every(filter, sort="at"),
            policy,
            personas,
            among=read_policy(policy_of(options.project)).exploration.among,
            now=time.time(),
        )
    except FilterFault as fault:
        print(f"--{fault.name}: '{fault.value}'. {fault.remedy}", file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        told = {"simulated": simulated, **as_json(found, policy)}
        print(
            json.dumps(
                {**told, "effects": {name: asdict(one) for name, one in tried.items()}},
                ensure_ascii=False,
            )
        )
    else:
        for line in (*_lines(found, policy), *_effect_lines(tried)):
            print(line)
    return 0


def as_json(found: Replay, policy: Policy) -> dict[str, Any]:
    """Return the result as values of JSON."""
    return {
        "policy_version": policy.version,
        "remade": found.remade,
        "unmade": dict(found.unmade),
        "changed": found.changed,
        "days": round(found.days, 2),
        "pairs": [
            {"was": was, "would": would, "decisions": n} for (was, would), n in found.pairs.items()
        ],
        "people": [
            {"route": route, "was": was, "would": would, "busiest_hour": list(found.busiest[route])}
            for route, (was, would) in ((route, found.led(route)) for route in found.busiest)
        ],
        "examples": [vars(one) for one in found.examples],
    }


def _lines(found: Replay, policy: Policy) -> Iterator[str]:
    left = "".join(f", {n} left out ({reason})" for reason, n in found.unmade.items())
    yield f"{found.remade} decisions made again under {policy.version}{left}"
    if not found.remade:
        return
    share = 100 * found.changed / found.remade
    yield f"{found.changed} lead elsewhere ({share:.1f} %)"
    moved = [(pair, n) for pair, n in found.pairs.items() if pair[0] != pair[1]]
    if moved:
        yield ""
        yield f"{'was':<16} {'would be':<16} decisions"
        yield from (f"{was:<16} {would:<16} {n:>9}" for (was, would), n in moved)
    yield ""
    yield f"{'people':<16} {'was':>9} {'would be':>9} {'a day':>9}   busiest hour"
    for route, (before, after) in found.busiest.items():
        was, would = found.led(route)
        daily = (would - was) / max(found.days, 1.0)
        yield f"{route:<16} {was:>9} {would:>9} {daily:>+9.1f}   {before} → {after}"
    if found.examples:
        yield ""
        yield "For example (look them up with the desk's Routing log):"
        yield from (f"  {one.id}  {one.was} → {one.would}" for one in found.examples)


def _effect_lines(tried: Mapping[str, Effect]) -> Iterator[str]:
    if tried:
        yield ""
        heads = f"{'tried out':<16} {'visits':>9} {'worth':>9}"
        yield f"{heads}   was, and would be: SNIPS; doubly robust"
    for name, one in tried.items():
        begun = f"{name:<16} {one.samples:>9} {one.effective:>9.0f}   "
        if one.logged is None or one.snips is None or one.doubly_robust is None:
            yield f"{begun}not estimated ({one.refusal})"
        else:
            would = (
                f"{e.mean:.2f} ({e.low:.2f}–{e.high:.2f})" for e in (one.snips, one.doubly_robust)
            )
            yield f"{begun}{one.logged.mean:.2f}, and {'; '.join(would)}"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 1_000:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of examples; write 0 to 1000")
    return int(text)
