"""`persona-router personas drift`: the check-in that tells whether customers have changed."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from persona_router.commands.simulated import note_simulated
from persona_router.content.cards import read_cards
from persona_router.content.personas import DEFAULT_PERSONAS
from persona_router.content.plugins import load_signals
from persona_router.content.policies import policy_of, read_policy
from persona_router.core.card import Card, reviews_due
from persona_router.core.drift import CheckIn, Shift, Trust, check_in
from persona_router.core.interval import wilson
from persona_router.log.filters import FilterFault
from persona_router.log.places import log_place
from persona_router.log.span import Span, read_spans
from persona_router.log.visits import VisitReader


def run(options: argparse.Namespace) -> int:
    """Print the check-in and return 0, 1 if something is alarming, or 2 with one line.

    Raises ContentError for a policy or cards that cannot be read.
    """
    policy = read_policy(policy_of(options.project))
    own = options.project / "data" / "personas"
    folder = own if own.is_dir() else DEFAULT_PERSONAS
    cards = read_cards(folder, routes=policy.routes, signals=load_signals())
    now = time.time()
    try:
        span, before = read_spans(options.first, options.last, options.before, now=now)
        reader = VisitReader(log_place())
        simulated = note_simulated(reader)
        minimum = policy.desk.figures.minimum
        found = check_in(reader.seen(before), reader.seen(span), minimum=minimum)
    except FilterFault as fault:
        name = {"since": "from", "until": "to"}.get(fault.name, fault.name)
        print(f"--{name}: '{fault.value}'. {fault.remedy}", file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    due = reviews_due(cards, now=now)
    if options.json:
        spans = {"simulated": simulated, "now": _days(span), "before": _days(before)}
        print(json.dumps({**spans, **as_json(found, due)}, ensure_ascii=False))
    else:
        for line in _lines(found, span, before, minimum, due):
            print(line)
    return 1 if found.alarms or due else 0


def as_json(found: CheckIn, due: Sequence[Card]) -> dict[str, Any]:
    """Return the result as values of JSON."""
    content = asdict(found)
    return {
        "visits": {"before": content.pop("before"), "now": content.pop("now")},
        **content,
        "trust": [{**asdict(one), "alarm": one.alarm} for one in found.trust],
        "reviews_due": {card.persona.id: card.review_due.isoformat() for card in due},
        "alarms": found.alarms + len(due),
    }


def _lines(
    found: CheckIn, span: Span, before: Span, minimum: int, due: Sequence[Card]
) -> Iterator[str]:
    yield (
        f"{span.first} to {span.last}: {found.now} visits;"
        f" {before.first} to {before.last}: {found.before}"
    )
    if found.personas is None or found.signals is None:
        yield f"Not enough data: nothing is compared below {minimum} visits on either side."
    else:
        yield ""
        yield _row("persona", "before", "now", "index", "")
        yield from (_row(one.name, *_shares(one)) for one in found.personas)
        yield ""
        yield _row("signal", "before", "now", "index", "")
        ordered = sorted(found.signals, key=lambda one: (not one.alarm, -one.index, one.name))
        yield from (_row(one.name, *_means(one)) for one in ordered)
    if found.trust:
        yield ""
        yield _row("corrected", "visits", "share", "expected", "")
        yield from (_row(one.persona, *_corrected(one)) for one in found.trust)
    for group in found.groups:
        yield ""
        yield (
            f"Looks like a new persona: {group.visits} undecided visits with"
            f" {' and '.join(group.signals)}, where {group.expected:.0f} were to be expected"
        )
    if due:
        yield ""
    yield from (f"{card.persona.id}: the review was due on {card.review_due}" for card in due)
    yield ""
    alarms = found.alarms + len(due)
    yield "Nothing is alarming." if not alarms else f"{alarms} to look at (docs/personas.md)"


def _row(name: str, *cells: str) -> str:
    return f"{name:<24}{''.join(f'{cell:>10}' for cell in cells)}".rstrip()


def _shares(one: Shift) -> tuple[str, ...]:
    return (_percent(one.before), _percent(one.now), f"{one.index:.3f}", _marked(one.alarm))


def _means(one: Shift) -> tuple[str, ...]:
    before, now = ("-" if mean is None else f"{mean:.2f}" for mean in (one.before, one.now))
    return (before, now, f"{one.index:.3f}", _marked(one.alarm))


def _corrected(one: Trust) -> tuple[str, ...]:
    low, high = wilson(one.corrected, one.visits)
    share = f"{100 * low:.0f}–{100 * high:.0f} %"
    return (str(one.visits), share, _percent(one.expected), _marked(one.alarm))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _marked(alarm: bool) -> str:
    return "changed" if alarm else ""


def _days(span: Span) -> dict[str, str]:
    return {"from": span.first.isoformat(), "to": span.last.isoformat()}
