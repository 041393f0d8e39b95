"""A decision: where a turn goes, why, and everything needed to explain or replay it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from persona_router.core.comparison_rules import Arm
from persona_router.core.evidence import Evidence
from persona_router.core.feedback import Verdict
from persona_router.core.persona import PASSAGE
from persona_router.core.state import ConversationState

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Reason:
    """Why, as a code that texts are written for, and the values that fill the text."""

    code: str
    values: Mapping[str, str] = _NOTHING


@dataclass(frozen=True)
class Closed:
    """A route that could serve but is closed or unstaffed; `opens` is an ISO time or None."""

    route: str
    opens: str | None


@dataclass(frozen=True)
class Decision:
    """Where a turn goes, and why; `reasons` is shown to operators and, in words, to customers.

    `plan` lists the Rasa actions that carry it out, in order; empty when the host's own rules
    answer (small talk, a form in progress). `propensity` is the probability with which the policy
    chose this route: 1.0 while it is deterministic. `arm` is that of a comparison of two policies,
    None where the conversation takes no part in one. `spoken` is the customer's language where the
    assistant does not serve it, and `speaking` the routes at whose end somebody speaks it now.

    What the customer stated stands beside what was inferred, whichever won: `stated_route` is the
    route they asked for, now or before, `corrected` that they said the persona does not fit;
    `inferred_persona` and `inferred_route` are where the inference alone leads, without wishes,
    refusals and corrections. `memory` is what their browser may be asked to do with the preference.
    `verdict` is what the turn says of an earlier decision's answer; `answers` how much of an
    article the assumed persona is shown.
    """

    id: str
    policy_version: str
    turn: int
    locale: str
    intent: str | None
    concern: str | None
    route: str
    plan: tuple[str, ...]
    alternatives: tuple[str, ...]
    closed: tuple[Closed, ...]
    persona: str | None
    posterior: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    constraints: tuple[str, ...]
    reasons: tuple[Reason, ...]
    state: ConversationState
    signals: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    propensity: float = 1.0
    arm: Arm | None = None
    spoken: str | None = None
    speaking: tuple[str, ...] = ()
    stated_route: str | None = None
    corrected: bool = False
    inferred_persona: str | None = None
    inferred_route: str | None = None
    memory: tuple[str, ...] = ()
    verdict: Verdict | None = None
    answers: str = PASSAGE

    def to_json(self) -> dict[str, Any]:
        """Return the decision as JSON-able values, as stored in the tracker and routing log."""
        return {
            "id": self.id,
            "policy_version": self.policy_version,
            "turn": self.turn,
            "locale": self.locale,
            "intent": self.intent,
            "concern": self.concern,
            "route": self.route,
            "plan": list(self.plan),
            "alternatives": list(self.alternatives),
            "closed": [{"route": c.route, "opens": c.opens} for c in self.closed],
            "persona": self.persona,
            "posterior": {p: round(v, 4) for p, v in self.posterior.items()},
            "evidence": [
                {"signal": e.signal, "value": round(e.value, 3), "decibans": dict(e.decibans)}
                for e in self.evidence
            ],
            "constraints": list(self.constraints),
            "reasons": [{"code": r.code, "values": dict(r.values)} for r in self.reasons],
            "signals": {name: round(value, 3) for name, value in self.signals.items()},
            "propensity": self.propensity,
            "arm": self.arm,
            "spoken": self.spoken,
            "speaking": list(self.speaking),
            "stated_route": self.stated_route,
            "corrected": self.corrected,
            "inferred_persona": self.inferred_persona,
            "inferred_route": self.inferred_route,
            "memory": list(self.memory),
            "answers": self.answers,
            "verdict": None if self.verdict is None else vars(self.verdict),
            "state": self.state.to_json(),
        }
