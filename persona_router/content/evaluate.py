"""Figures over labelled conversations; their names are part of the product (docs/evaluation.md)."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from persona_router.content.examples import Case

_LEAST = 1e-6


@dataclass(frozen=True)
class Outcome:
    """A case and what was found in each of its turns."""

    case: Case
    parsed: Sequence[Mapping[str, Any]]

    @property
    def decisions(self) -> list[Mapping[str, Any]]:
        """The decision of each turn."""
        return [turn["routing"] for turn in self.parsed]

    @property
    def languages(self) -> list[str]:
        """The language held after each turn."""
        return [turn["language"]["code"] for turn in self.parsed]


def conversation_figures(
    outcomes: Sequence[Outcome], *, person_routes: frozenset[str]
) -> dict[str, float]:
    """Return the figures of DESIGN §6 by name; a figure without cases to measure is left out.

    A turn whose routing failed counts as wrong, with no persona assumed.
    """
    figures: dict[str, list[float]] = defaultdict(list)
    calibration: list[tuple[float, bool]] = []
    for outcome in outcomes:
        case, decisions = outcome.case, outcome.decisions
        first, last = decisions[0], decisions[-1]
        if case.persona is None:
            figures["null_recall"].append(last.get("persona") is None)
        else:
            figures["persona_accuracy_first"].append(first.get("persona") == case.persona)
            figures["persona_accuracy_last"].append(last.get("persona") == case.persona)
            posterior = last.get("posterior", {})
            share = max(posterior.get(case.persona, 0.0), _LEAST)
            figures["log_loss"].append(-math.log(share))
            if posterior:
                best = max(posterior, key=lambda name: posterior[name])
                calibration.append((posterior[best], best == case.persona))
        if case.routes:
            figures["route_accuracy"].append(last.get("route") in case.routes)
        if case.asks_human:
            figures["asks_human_honoured"].append(last.get("route") in person_routes)
        figures["language_accuracy_first"].append(outcome.languages[0] == case.language)
        figures["language_accuracy_last"].append(outcome.languages[-1] == case.language)
    named = {name: sum(values) / len(values) for name, values in figures.items()}
    if calibration:
        named["ece"] = calibration_error(calibration)
    return {"cases": float(len(outcomes)), **named}


def calibration_error(answers: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Return the expected calibration error, 0 to 1, of (probability, was right) pairs.

    Mean distance between probability and share of right answers over equal-width bins, weighted by
    their size (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    """
    grouped: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, right in answers:
        grouped[min(bins - 1, int(probability * bins))].append((probability, right))
    distance = 0.0
    for group in grouped.values():
        confidence = sum(p for p, _ in group) / len(group)
        accuracy = sum(right for _, right in group) / len(group)
        distance += abs(confidence - accuracy) * len(group) / len(answers)
    return distance


def intent_figures(
    rows: Sequence[tuple[str, str, str]], *, unrecognised: Collection[str] = ()
) -> dict[str, float]:
    """Return overall accuracy, and per group, of (group, expected, found) rows.

    `unrecognised` are the names for what no intent covers: `out_of_scope_recall` is the share of
    the rows expected to be among them that are, `false_alarms` the share of the others that are.
    """
    groups: dict[str, list[bool]] = defaultdict(list)
    for group, expected, found in rows:
        groups["accuracy"].append(expected == found)
        if unrecognised:
            name = "out_of_scope_recall" if expected in unrecognised else "false_alarms"
            groups[name].append(found in unrecognised)
        if group:
            groups[f"accuracy_{group}"].append(expected == found)
    return {"cases": float(len(rows)), **{g: sum(v) / len(v) for g, v in groups.items()}}
