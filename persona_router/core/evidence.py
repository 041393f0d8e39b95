"""Signals to evidence to posterior: naive Bayes in decibans, tempered over the conversation."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persona_router.core.persona import Persona

MEANING = "meaning"
"""Name under which the evidence of the sentence vector is listed beside the signals."""
TELLING = 0.5
"""Decibans from which evidence is worth a reader's time: they change the odds by an eighth."""


@dataclass(frozen=True)
class EvidenceParams:
    """How evidence becomes a posterior; the numbers live in the routing policy.

    `threshold` is the posterior from which a persona is assumed; `tempering` in [0, 1] weakens
    repeated evidence (total / turns**tempering), because turns of one customer are correlated;
    `turn_cap` bounds what one turn may say, in decibans; `meaning_weight` scales the vector's say.
    `temperature` is no setting: training fits it, and all decibans are divided by it.
    """

    threshold: float
    tempering: float
    turn_cap: float
    meaning_weight: float
    temperature: float = 1.0


@dataclass(frozen=True)
class Evidence:
    """One signal's value in this turn and its weight for or against each persona, in decibans."""

    signal: str
    value: float
    decibans: Mapping[str, float]


def weigh(
    signals: Mapping[str, float],
    meaning: Mapping[str, float],
    personas: Sequence[Persona],
    params: EvidenceParams,
    *,
    anybody: float = 0.0,
) -> tuple[Evidence, ...]:
    """Return the evidence of one turn, strongest first.

    `meaning` holds each persona's probability by sentence vector, or is empty. Weights are centred
    over the personas, so that a signal which speaks for all of them speaks for none. All count less
    by the share `anybody`: how briefly or quickly somebody says what everybody says tells little.
    """
    counts, found = 1.0 - anybody, []
    for name, value in signals.items():
        weights = {
            p.id: p.strengths[name].weigh(value) * counts if name in p.strengths else 0.0
            for p in personas
        }
        found.append(Evidence(name, value, _centred(weights)))
    if meaning and {p.id for p in personas} == set(meaning):
        logs = {
            p.id: 10 * math.log10(max(meaning[p.id], 1e-6)) * params.meaning_weight * counts
            for p in personas
        }
        found.append(Evidence(MEANING, max(meaning.values()), _centred(logs)))
    told = [e for e in found if any(abs(d) >= 0.05 for d in e.decibans.values())]
    return tuple(sorted(told, key=lambda e: -max(abs(d) for d in e.decibans.values())))


def _centred(weights: Mapping[str, float]) -> dict[str, float]:
    mean = sum(weights.values()) / len(weights) if weights else 0.0
    return {name: round(weight - mean, 3) for name, weight in weights.items()}


def turn_total(
    evidence: Sequence[Evidence], personas: Sequence[Persona], params: EvidenceParams
) -> dict[str, float]:
    """Return the decibans that one turn says for each persona, bounded by the policy's cap."""
    totals = {p.id: sum(e.decibans.get(p.id, 0.0) for e in evidence) for p in personas}
    largest = max((abs(v) for v in totals.values()), default=0.0)
    scale = params.turn_cap / largest if largest > params.turn_cap else 1.0
    return {name: value * scale for name, value in totals.items()}


def posterior(
    decibans: Mapping[str, float], turns: int, personas: Sequence[Persona], params: EvidenceParams
) -> dict[str, float]:
    """Return the probability of each persona after `turns` turns that said something.

    `decibans` are the sums over those turns. The values sum to 1.
    """
    temper = max(1, turns) ** -params.tempering / params.temperature
    scores = {
        p.id: math.log(p.prior) + math.log(10) / 10 * decibans.get(p.id, 0.0) * temper
        for p in personas
    }
    top = max(scores.values())  # keeps exp() from underflowing
    weights = {name: math.exp(score - top) for name, score in scores.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def decided(probabilities: Mapping[str, float], params: EvidenceParams) -> str | None:
    """Return the persona to assume, or None below the threshold."""
    if not probabilities:
        return None
    best = max(probabilities, key=lambda name: probabilities[name])
    return best if probabilities[best] >= params.threshold else None
