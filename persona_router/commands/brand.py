"""`persona-router brand`: what kind of service the brand itself gives, and what would move it."""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from json import dumps
from pathlib import Path

from persona_router.commands.simulated import note_simulated
from persona_router.content.brand import ANSWERS, DEFAULT_BRAND, read_answers, read_brand
from persona_router.content.policies import policy_of, read_policy
from persona_router.core.brand import (
    Axis,
    BrandModel,
    BrandProfile,
    profile,
    reasons,
)
from persona_router.core.policy import Policy
from persona_router.desk.brand_measures import BrandMeasures
from persona_router.handoff.queue import QueueUnavailable
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.filters import FilterFault
from persona_router.log.places import log_place
from persona_router.log.span import Span, read_span
from persona_router.state import state_file

_BAR = 20


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `brand`."""
    shown = commands.add_parser("brand", help="the brand's own service persona, and its gaps")
    shown.add_argument("answers", type=Path, nargs="?", help=f"default: {ANSWERS}, if it is there")
    shown.add_argument("--questions", action="store_true", help="print the file to fill in")
    shown.add_argument("--from", dest="first", default="", metavar="DATE", help="first day (UTC)")
    shown.add_argument("--to", dest="last", default="", metavar="DATE", help="last day (UTC)")
    shown.add_argument("--model", type=Path, default=DEFAULT_BRAND, help="default: the packaged")
    shown.add_argument("--project", type=Path, default=Path(), help="the assistant's folder")
    shown.add_argument("--json", action="store_true", help="print one JSON object instead")
    shown.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the profile, or the questions, and return 0; 2 with one line where it cannot be.

    Raises ContentError for a file that cannot be read.
    """
    model = read_brand(options.model)
    if options.questions:
        print("\n".join(_questionnaire(model)))
        return 0
    usual = options.project / ANSWERS
    file = options.answers or (usual if usual.exists() else None)
    answers = read_answers(file, model) if file else {}
    policy = read_policy(policy_of(options.project))
    try:
        span = read_span(options.first, options.last, now=time.time())
        measured = _measured(policy, span)
        found = profile(model, answers, measured)
    except FilterFault as fault:
        name = {"since": "from", "until": "to"}.get(fault.name, fault.name)
        print(f"--{name}: '{fault.value}'. {fault.remedy}", file=sys.stderr)
        return 2
    except ValueError as error:
        remedy = f"Write answers: persona-router brand --questions > {ANSWERS}"
        print(f"There is no profile: {error}. {remedy}", file=sys.stderr)
        return 2
    except (OSError, QueueUnavailable) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(dumps(as_json(found, span), ensure_ascii=False))
    else:
        for line in _lines(found, model, answers, span):
            print(line)
    return 0


def as_json(found: BrandProfile, span: Span) -> dict[str, object]:
    """Return the profile as values of JSON."""
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "axes": {axis.name: {**asdict(axis), "value": axis.value} for axis in found.axes},
        "likeness": dict(found.likeness),
        "gap": found.gap,
        "advice": [
            {"question": one.question.id, "change": one.question.change, "gain": one.gain}
            for one in found.advice
        ],
    }


def _measured(policy: Policy, span: Span) -> Mapping[str, float]:
    """Return the axes that log and queue tell something of, where there is enough of it."""
    queue = state_file("handoff.sqlite")
    past = SqliteHandoffQueue(queue).past if queue.exists() else None
    measures = BrandMeasures(log_place(), past=past, policy=policy)
    note_simulated(measures)
    return measures.read(span, now=time.time())


def _questionnaire(model: BrandModel) -> Iterator[str]:
    yield "# From 1 (not at all) to 5 (entirely); leave out what nobody knows."
    yield "answers:"
    for question in model.questions:
        yield f"  # {question.asks}"
        yield f"  {question.id}:"


def _lines(
    found: BrandProfile, model: BrandModel, answers: Mapping[str, int], span: Span
) -> Iterator[str]:
    asked = len(model.questions)
    yield f"{len(answers)} of {asked} questions answered; measured {span.first} to {span.last}"
    yield ""
    yield f"{'':<16}{'answered':>9}{'measured':>9}{'ideal':>9}"
    yield from (_axis_line(axis, model.ideal[axis.name]) for axis in found.axes)
    yield ""
    for name, share in sorted(found.likeness.items(), key=lambda item: -item[1]):
        yield f"{name:<16}{100 * share:>7.0f} %  {'█' * round(_BAR * share)}".rstrip()
    yield ""
    nearest = max(found.likeness, key=lambda name: found.likeness[name])
    near = (f"{axis.name} {axis.value:.2f}" for axis in reasons(found, model, nearest))
    yield f"Most like a {nearest}: {', '.join(near)}."
    yield f"{100 * found.gap:.0f} of 100 steps from the ideal."
    for number, one in enumerate(found.advice, start=1):
        yield f"{number}. {one.question.change} ({100 * one.gain:+.1f} steps: {one.question.id})"


def _axis_line(axis: Axis, ideal: float) -> str:
    cells = ("-" if value is None else f"{value:.2f}" for value in (axis.answered, axis.measured))
    return f"{axis.name:<16}{''.join(f'{cell:>9}' for cell in cells)}{ideal:>9.2f}"
