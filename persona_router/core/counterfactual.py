"""What would have led a decision elsewhere: it is made again with one thing changed at a time."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from persona_router.core.evidence import Evidence, decided, turn_total
from persona_router.core.persona import Persona
from persona_router.core.policy import IntentPolicy, Policy
from persona_router.core.ranking import Ranking, Situation, rank
from persona_router.core.routing import choose_route
from persona_router.core.wishes import Wish

MOST_DECIBANS = 40.0
"""More evidence than this is no small change."""
_STEP = 2.0
_HALVINGS = 5
_ROUNDING = 5e-5
"""Half of the last digit to which a stored posterior is kept."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a decision rested on; `decibans` are the sums of the conversation, its turn included.

    `evidence` is the turn's. `corrected` tells that the customer said no persona fits.
    """

    situation: Situation
    posterior: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    decibans: Mapping[str, float]
    told: int
    corrected: bool = False


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change that leads to another route.

    `kind` is `without` (a signal), `more` (evidence for a persona), a constraint that is lifted
    (`closed`, `refused` …), `article` (none found), `asked`, `anger` or `failures` (had there been
    none). `subject` is the signal, persona or route; `decibans` the evidence that it takes, None
    for what is none. `route` is None where nothing would be left.
    """

    kind: str
    subject: str
    decibans: float | None
    route: str | None


def leads_to(facts: Facts, policy: Policy, personas: Sequence[Persona]) -> str | None:
    """Return the route to which the facts lead under the policy; None where nothing could serve."""
    return _route(facts, facts.posterior, policy, personas)


def changes(facts: Facts, policy: Policy, personas: Sequence[Persona]) -> tuple[Change, ...]:
    """Return what would have led to another route: evidence, the least first, then the rest."""
    now = leads_to(facts, policy, personas)
    found = [
        *_by_evidence(facts, policy, personas, now),
        *(
            Change(kind=kind, subject=subject, decibans=None, route=route)
            for kind, subject, changed, under in _by_facts(facts, policy, personas)
            if (route := leads_to(changed, under, personas)) != now
        ),
    ]
    return tuple(sorted(found, key=lambda one: (one.decibans is None, one.decibans or 0.0)))


def _by_evidence(
    facts: Facts, policy: Policy, personas: Sequence[Persona], now: str | None
) -> Iterator[Change]:
    """Yield the signals without which it had gone elsewhere, and how much more it had taken."""
    known = {persona.id for persona in personas}
    if facts.corrected or not known or known != set(facts.posterior):
        return
    worth = _worth(facts, policy, personas)
    said = turn_total(facts.evidence, personas, policy.evidence)

    def route_with(shift: Mapping[str, float]) -> str | None:
        return _route(facts, _shifted(facts.posterior, shift, worth), policy, personas)

    for one in facts.evidence:
        rest = turn_total([e for e in facts.evidence if e is not one], personas, policy.evidence)
        route = route_with({name: rest[name] - said[name] for name in rest})
        if route != now:
            size = max(abs(rest[name] - said[name]) for name in rest)
            yield Change(kind="without", subject=one.signal, decibans=round(size, 1), route=route)
    for id in sorted(known):
        least = _least(lambda x: route_with({id: x}) != now)  # noqa: B023 - called at once
        if least is not None:
            route = route_with({id: least})
            yield Change(kind="more", subject=id, decibans=round(least, 1), route=route)


def _by_facts(
    facts: Facts, policy: Policy, personas: Sequence[Persona]
) -> Iterator[tuple[str, str, Facts, Policy]]:
    """Yield kind and subject of a change with the facts and the policy that it makes."""
    situation = facts.situation

    def with_(**values: object) -> Facts:
        return replace(facts, situation=replace(situation, **values))  # type: ignore[arg-type]

    for constraint in _ranked(facts, facts.posterior, policy, personas).constraints:
        kind, _, route = constraint.partition(":")
        if kind in ("closed", "not_in_language"):
            open_ = replace(policy.routes[route], services=())
            yield kind, route, facts, replace(policy, routes={**policy.routes, route: open_})
        elif kind == "refused":
            left = tuple(r for r in situation.excluded if r != route)
            yield kind, route, with_(excluded=left), policy
        elif kind == "no_article":
            yield kind, route, with_(article_found=True), policy
        elif kind == "not_helped":
            yield kind, route, with_(unhelpful=()), policy
        elif kind == "repeated":
            yield kind, route, with_(again=False), policy
        elif kind == "cannot_serve":
            yield kind, route, facts, _serving(policy, situation.concern, route)
    if situation.article_found:
        yield "article", "", with_(article_found=False), policy
    if situation.wished or situation.preferred:
        yield "asked", "", with_(wished=(), preferred=()), policy
    if situation.anger >= policy.weights.anger_from:
        yield "anger", "", with_(anger=0.0), policy
    if situation.failures:
        yield "failures", "", with_(failures=0), policy


def _serving(policy: Policy, concern: str | None, route: str) -> Policy:
    """Return the policy in which the route serves the concern, too."""
    intent = policy.intents.get(concern or "")
    if concern is None or intent is None:
        return replace(policy, default_served_by=(*policy.default_served_by, route))
    served = IntentPolicy((*intent.served_by, route), intent.self_service)
    return replace(policy, intents={**policy.intents, concern: served})


def _worth(facts: Facts, policy: Policy, personas: Sequence[Persona]) -> float:
    """Return by how much one deciban moves the logarithm of the odds in this conversation.

    Training fits part of it, so it is read from what the sums of evidence came to; where they are
    too small to tell, it is what the policy says.
    """
    priors = {persona.id: persona.prior for persona in personas}
    pairs = [
        (facts.decibans.get(one, 0.0) - facts.decibans.get(other, 0.0), one, other)
        for one in priors
        for other in priors
        if min(facts.posterior[one], facts.posterior[other]) >= 100 * _ROUNDING
    ]
    distance, one, other = max(pairs, default=(0.0, "", ""))
    if distance >= 1.0:
        odds = facts.posterior[one] / facts.posterior[other]
        found = math.log(odds * priors[other] / priors[one]) / distance
        if found > 0:
            return found
    params = policy.evidence
    temper = math.pow(max(1, facts.told), -params.tempering) / params.temperature
    return math.log(10) / 10 * temper


def _shifted(
    posterior: Mapping[str, float], shift: Mapping[str, float], worth: float
) -> dict[str, float]:
    scores = {
        name: math.log(max(p, _ROUNDING)) + worth * shift.get(name, 0.0)
        for name, p in posterior.items()
    }
    top = max(scores.values())  # keeps exp() from underflowing
    weights = {name: math.exp(score - top) for name, score in scores.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _least(enough: Callable[[float], bool]) -> float | None:
    """Return the least evidence that is enough, to less than a tenth of a deciban; None if none."""
    high = _STEP
    while not enough(high):
        high += _STEP
        if high > MOST_DECIBANS:
            return None
    low = high - _STEP
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _route(
    facts: Facts, posterior: Mapping[str, float], policy: Policy, personas: Sequence[Persona]
) -> str | None:
    if len(facts.situation.wished) > 1 and set(posterior) == {p.id for p in personas}:
        # To wish for a person tells nothing of which one: what was known before counts.
        said = turn_total(facts.evidence, personas, policy.evidence)
        before = {name: -value for name, value in said.items()}
        posterior = _shifted(posterior, before, _worth(facts, policy, personas))
    ranking = _ranked(facts, posterior, policy, personas)
    return choose_route(ranking, Wish(facts.situation.wished), policy)[0]


def _ranked(
    facts: Facts, posterior: Mapping[str, float], policy: Policy, personas: Sequence[Persona]
) -> Ranking:
    known = {persona.id for persona in personas} == set(posterior)
    persona = decided(posterior, policy.evidence) if known and not facts.corrected else None
    return rank(facts.situation, policy, personas, posterior, persona)
