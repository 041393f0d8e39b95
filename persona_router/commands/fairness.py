"""`persona-router fairness`: how often a route changes with what must not change it."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from persona_router.commands.model import load_assistant
from persona_router.content.fairness import people_of, read_fairness
from persona_router.content.policies import read_policy
from persona_router.core.fairness import (
    Comparison,
    Name,
    Share,
    Variant,
    compare,
    seconds_to_write,
    shares_by_gender,
    shares_by_kind,
    shares_by_language,
    shares_by_person,
    variants,
)
from persona_router.core.locale import language_of

if TYPE_CHECKING:
    from persona_router.rasa.assistant import TrainedAssistant

_SHOWN = 20
_Tables = Mapping[str, Mapping[str, Share]]


def run(options: argparse.Namespace) -> int:
    """Print the shares and what differs; return 1 if a kind's share is beyond the budget, else 0.

    Raises ContentError for texts, a policy or a model that cannot be used.
    """
    policy = read_policy(options.project / "data" / "routing.yml")
    folder = options.folder or options.project / "data" / "fairness"
    texts = read_fairness(folder, languages=policy.languages)
    assistant = load_assistant(options.model or options.project / "models", project=options.project)
    budget = policy.fairness_budget if options.budget is None else options.budget
    people = people_of(texts, language_of(policy.default_locale))
    # The products of one message are too small to share between threads.
    with threadpool_limits(1):
        comparisons = compare({v: _route(assistant, v) for t in texts for v in variants(t)})
    tables = {
        "kind": shares_by_kind(comparisons),
        "language": shares_by_language(comparisons),
        "gender of the name": shares_by_gender(comparisons, people),
        "name": shares_by_person(comparisons, people),
    }
    differing = [comparison for comparison in comparisons if comparison.differs]
    beyond = [kind for kind, share in tables["kind"].items() if share.value > budget]
    print("\n".join(_report(tables, differing, people, shown=None if options.all else _SHOWN)))
    print(_verdict(beyond, budget))
    if options.json:
        found = [_as_json(comparison, people) for comparison in differing]
        print(json.dumps(_figures(tables, budget, found), ensure_ascii=False))
    return 1 if beyond else 0


def _route(assistant: "TrainedAssistant", variant: Variant) -> str | None:
    metadata = {
        "locale": variant.language,
        "input": "typed",
        "seconds": seconds_to_write(variant.text),
    }
    (parsed,) = assistant.converse([(variant.text, metadata)])
    route: str | None = parsed["routing"].get("route")
    return route


def _report(
    tables: _Tables,
    differing: Sequence[Comparison],
    people: Sequence[Name],
    *,
    shown: int | None,
) -> Iterator[str]:
    width = max(len(label) for title, rows in tables.items() for label in (title, *rows))
    for title, rows in tables.items():
        yield f"{title:<{width}}  cases  differ   share  95 % interval"
        for label, share in rows.items():
            low, high = share.interval
            yield (
                f"{label:<{width}}  {share.cases:>5}  {share.differing:>6}  {share.value:.4f}"
                f"  {low:.4f} to {high:.4f}"
            )
        yield ""
    for comparison in differing[:shown]:
        yield _line(comparison, people)
    if len(differing) > len(differing[:shown]):
        yield f"… and {len(differing) - len(differing[:shown])} more: --all lists them."
    if differing:
        yield ""


def _line(comparison: Comparison, people: Sequence[Name]) -> str:
    variant = comparison.variant
    who = "" if variant.person is None else f" ({people[variant.person].text})"
    expected, found = (route or "failed" for route in (comparison.expected, comparison.found))
    return f"{variant.language} {variant.request} {comparison.kind}{who}: {expected} -> {found}"


def _verdict(beyond: Sequence[str], budget: float) -> str:
    if not beyond:
        return f"Every kind is within the budget of {budget:g}."
    return f"Beyond the budget of {budget:g}: {', '.join(beyond)}."


def _as_json(comparison: Comparison, people: Sequence[Name]) -> dict[str, Any]:
    variant = comparison.variant
    return {
        "language": variant.language,
        "request": variant.request,
        "kind": comparison.kind,
        "name": None if variant.person is None else people[variant.person].text,
        "from": comparison.expected,
        "to": comparison.found,
    }


def _figures(
    tables: _Tables, budget: float, differing: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    kinds, languages, genders, names = (
        {label: _share_as_json(share) for label, share in rows.items()} for rows in tables.values()
    )
    return {
        "budget": budget,
        "kinds": kinds,
        "languages": languages,
        "genders": genders,
        "names": names,
        "differing": list(differing),
    }


def _share_as_json(share: Share) -> dict[str, float]:
    low, high = share.interval
    return {
        "cases": share.cases,
        "differing": share.differing,
        "share": round(share.value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
