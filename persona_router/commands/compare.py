"""`persona-router compare`: what came of two policies that led the same days, side by side."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from persona_router.commands.simulated import note_simulated
from persona_router.content.policies import policy_of, read_policy
from persona_router.core.arms import ComparedArms, Difference
from persona_router.core.comparison_rules import ARMS
from persona_router.core.figures import RATES
from persona_router.log.arms import ArmsReader
from persona_router.log.filters import FilterFault
from persona_router.log.places import log_place
from persona_router.log.span import Span, read_span

_FEW = "not enough data"
_ARM_WIDTH, _RATE_WIDTH = 24, 14


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `compare`."""
    compared = commands.add_parser("compare", help="what came of two policies, side by side")
    compared.add_argument(
        "--from", dest="first", default="", metavar="DATE", help="first day (UTC)"
    )
    compared.add_argument("--to", dest="last", default="", metavar="DATE", help="last day (UTC)")
    compared.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    compared.add_argument("--json", action="store_true", help="print one JSON object instead")
    compared.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the comparison and return 0, or 2 with one line where there is none to be read.

    Raises ContentError for a policy that cannot be read.
    """
    minimum = read_policy(policy_of(options.project)).desk.figures.minimum
    now = time.time()
    try:
        span = read_span(options.first, options.last, now=now)
        reader = ArmsReader(log_place())
        found = reader.read(span, now=now)
        if found is None:
            remedy = "Choose other days with --from and --to, or set `comparison` in the policy."
            print(f"Nothing was compared {_days(span)}. {remedy}", file=sys.stderr)
            return 2
        simulated = note_simulated(reader)
    except FilterFault as fault:
        name = {"since": "from", "until": "to"}.get(fault.name, fault.name)
        print(f"--{name}: '{fault.value}'. {fault.remedy}", file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        content = {"simulated": simulated, **as_json(found, span, minimum)}
        print(json.dumps(content, ensure_ascii=False))
    else:
        for line in _lines(found, span, minimum):
            print(line)
    return 0


def as_json(found: ComparedArms, span: Span, minimum: int) -> dict[str, Any]:
    """Return the comparison as values of JSON; what has too few cases is null."""
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "minimum": minimum,
        "shares": list(found.shares),
        "mixed": found.mixed,
        "sample_ratio": {"p": found.sample_ratio, "mismatch": found.mismatch},
        "differing": found.differing.to_json(minimum),
        "arms": {
            arm: {
                "versions": list(result.versions),
                "conversations": result.conversations,
                "visits": result.tally.visits,
                **{name: result.tally.rates[name].to_json(minimum) for name in RATES},
            }
            for arm, result in found.arms.items()
        },
        "differences": {
            name: one and {"difference": one.share, "interval": list(one.interval)}
            for name, one in found.differences(minimum).items()
        },
    }


def _lines(found: ComparedArms, span: Span, minimum: int) -> Iterator[str]:
    yield (
        f"{_days(span).capitalize()}: shares with their 95 % intervals;"
        f" below {minimum} cases {_FEW}."
    )
    for arm in ARMS:
        result = found.arms[arm]
        versions = ", ".join(result.versions) or "no decision"
        yield (
            f"{arm}: {_plain(versions)}: {result.conversations} conversations,"
            f" {result.tally.visits} visits"
        )
    decisions = found.differing
    yield f"The two lead different ways in {decisions.hits} of {decisions.cases} decisions."
    if found.mixed:
        yield (
            "Warning: these days hold more than one share, or more than one version of a policy."
            " Choose days of one comparison."
        )
    if found.mismatch:
        yield (
            f"Warning: the numbers of conversations do not fit the share of {found.shares[0]:g}"
            f" (p = {found.sample_ratio:.2g}). Something other than the draw decides who is led by"
            " which policy: find it before you trust the differences."
        )
    yield ""
    yield f"{'':<{_RATE_WIDTH}}{'a':<{_ARM_WIDTH}}{'b':<{_ARM_WIDTH}}b − a, percentage points"
    content = as_json(found, span, minimum)
    for name, one in found.differences(minimum).items():
        cells = (f"{_share(content['arms'][arm][name]):<{_ARM_WIDTH}}" for arm in ARMS)
        yield f"{name:<{_RATE_WIDTH}}{''.join(cells)}{_points(one)}"


def _days(span: Span) -> str:
    return f"from {span.first} to {span.last}"


def _plain(text: str) -> str:
    """Return the text without line breaks and escape sequences: versions come from outside."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _share(rate: Mapping[str, Any]) -> str:
    if rate["share"] is None:
        return f"{_FEW} ({rate['cases']})"
    low, high = rate["interval"]
    return f"{100 * rate['share']:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def _points(one: Difference | None) -> str:
    if one is None:
        return _FEW
    low, high = one.interval
    return f"{100 * one.share:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
