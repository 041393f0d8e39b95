"""What is known of a customer after a turn: the evidence, the posterior and the persona."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persona_router.core.evidence import Evidence, decided, posterior, turn_total, weigh
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.core.signals import measure_all
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn


@dataclass(frozen=True)
class Inference:
    """What one turn adds to what is known of the customer.

    `decibans` are sums up to this turn, `before` those up to the turn before, `told` counts the
    turns that said something. `persona` is None while none reaches the threshold.
    """

    signals: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    before: Mapping[str, float]
    decibans: Mapping[str, float]
    told: int
    posterior: Mapping[str, float]
    persona: str | None


def infer(
    turn: Turn, state: ConversationState, policy: Policy, personas: Sequence[Persona]
) -> Inference:
    """Return what is known of the customer after `turn`, who was in `state` before it.

    What is said about languages, or in one that nobody listens in, tells nothing of a person.
    """
    signals = measure_all(turn)
    about_language = turn.language_requested or not turn.language_served
    evidence = (
        ()
        if about_language
        else weigh(signals, turn.meaning, personas, policy.evidence, anybody=turn.anybody)
    )
    totals = turn_total(evidence, personas, policy.evidence)
    told = state.told + (1 if evidence else 0)
    decibans = {p.id: state.decibans.get(p.id, 0.0) + totals[p.id] for p in personas}
    probabilities = posterior(decibans, told, personas, policy.evidence) if personas else {}
    return Inference(
        signals,
        evidence,
        state.decibans,
        decibans,
        told,
        probabilities,
        decided(probabilities, policy.evidence),
    )


def known_before(
    state: ConversationState, policy: Policy, personas: Sequence[Persona]
) -> tuple[Mapping[str, float], str | None]:
    """Return the posterior and the persona, if any, as they were before a turn."""
    if not personas:
        return {}, None
    probabilities = posterior(state.decibans, state.told, personas, policy.evidence)
    return probabilities, decided(probabilities, policy.evidence)
