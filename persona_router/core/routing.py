"""The one function that composes the core: a turn and what came before, to a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from persona_router.core.decision import Decision, Reason
from persona_router.core.evidence import Evidence, decided, posterior, turn_total, weigh
from persona_router.core.persona import Persona
from persona_router.core.planning import carries_out, leaves_form, plan_turn
from persona_router.core.policy import Policy
from persona_router.core.ranking import Ranking, Situation, rank
from persona_router.core.signals import measure_all
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn
from persona_router.core.wishes import Wish, pressed, read_wish, settle_wish

_MOST_TRIED = 20


@dataclass(frozen=True)
class _Inference:
    """What one turn adds to what is known of the customer."""

    signals: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    decibans: Mapping[str, float]
    told: int
    posterior: Mapping[str, float]
    persona: str | None


def route_turn(
    turn: Turn,
    state: ConversationState,
    *,
    policy: Policy,
    personas: Sequence[Persona],
    at: datetime,
    decision_id: str,
) -> Decision:
    """Return where `turn` goes and why, with the state that the next turn starts from.

    Deterministic: the same arguments give the same decision. `at` is an aware time; `decision_id`
    is the caller's, unique for the turn.
    """
    known = _infer(turn, state, policy, personas)
    wish = settle_wish(read_wish(turn, policy), turn, state, policy)
    concern, stated = _concern(turn, state, policy)
    failures = _failures(turn, state, policy, concern, stated)
    excluded = _excluded(wish, state, policy)
    situation = Situation(
        concern=concern,
        locale=turn.locale,
        at=at,
        wished=wish.routes,
        preferred=tuple(r for r in state.wished if r not in excluded),
        excluded=excluded,
        anger=known.signals.get("anger", 0.0),
        failures=failures,
        article_found=turn.article_found,
        article_score=turn.article_score,
        again=_given_again(turn, state, policy, concern),
        spoken=turn.spoken,
    )
    ranking = rank(situation, policy, personas, known.posterior, known.persona)
    route, is_open = _choose(ranking, wish, policy)
    plan = plan_turn(
        turn,
        policy,
        wish=wish,
        concern=concern,
        stated=stated,
        failures=failures,
        route=route,
        route_open=is_open,
    )
    offered = route if route and policy.routes[route].offer in plan else None
    done = is_open and route and plan and carries_out(plan[-1], route, policy, concern)
    spare = (*ranking.routes, *(r for r in policy.neutral if r not in excluded), *policy.neutral)
    return Decision(
        id=decision_id,
        policy_version=policy.version,
        turn=state.turns + 1,
        locale=turn.locale,
        intent=turn.intent,
        concern=concern,
        route=route or spare[0],
        plan=plan,
        alternatives=tuple(r for r in ranking.routes if r != route),
        closed=ranking.closed,
        persona=known.persona,
        posterior=known.posterior,
        evidence=known.evidence,
        constraints=ranking.constraints,
        reasons=_reasons(known, wish, situation, ranking, policy, route),
        signals=known.signals,
        spoken=turn.spoken,
        speaking=ranking.speaking,
        state=ConversationState(
            turns=state.turns + 1,
            told=known.told,
            decibans=known.decibans,
            concern=concern,
            wished=wish.routes or state.wished,
            excluded=excluded,
            offered=offered,
            failures=failures,
            tried=(*state.tried, route)[-_MOST_TRIED:] if done and route else state.tried,
            served=_served(turn, state, policy, plan, concern),
        ),
    )


def after_handoff(state: ConversationState) -> ConversationState:
    """Return the state in which the assistant goes on after a person: wishes, failures gone."""
    return replace(state, wished=(), failures=0, offered=None, concern=None)


def _excluded(wish: Wish, state: ConversationState, policy: Policy) -> tuple[str, ...]:
    """Return the routes refused so far; when none is left, the latest refusal takes back others."""
    refused = dict.fromkeys((*state.excluded, *wish.refused))
    if refused.keys() >= policy.routes.keys():
        refused = dict.fromkeys(wish.refused)
    return tuple(route for route in refused if route not in wish.routes)


def _infer(
    turn: Turn, state: ConversationState, policy: Policy, personas: Sequence[Persona]
) -> _Inference:
    signals = measure_all(turn)
    evidence = weigh(signals, turn.meaning, personas, policy.evidence)
    totals = turn_total(evidence, personas, policy.evidence)
    told = state.told + (1 if evidence else 0)
    decibans = {p.id: state.decibans.get(p.id, 0.0) + totals[p.id] for p in personas}
    probabilities = posterior(decibans, told, personas, policy.evidence) if personas else {}
    return _Inference(
        signals, evidence, decibans, told, probabilities, decided(probabilities, policy.evidence)
    )


def _concern(turn: Turn, state: ConversationState, policy: Policy) -> tuple[str | None, bool]:
    """Return the intent being served, and whether this turn states it (or is not understood)."""
    if not policy.understands(turn.intent, turn.intent_confidence):
        return state.concern, not turn.form and not pressed(turn, policy)
    if turn.form and not leaves_form(turn, policy):
        return state.concern, False
    if turn.intent in policy.intents and not pressed(turn, policy):
        return turn.intent, True
    if turn.payload is not None and turn.payload.kind == "intent" and turn.intent in policy.intents:
        return turn.intent, True
    return state.concern, False


def _failures(
    turn: Turn, state: ConversationState, policy: Policy, concern: str | None, stated: bool
) -> int:
    """Return how often the assistant has not helped so far: not understood, or asked again."""
    if turn.form or pressed(turn, policy):
        return state.failures
    # Another order number makes it another request.
    again = stated and concern is not None and concern == state.concern and not turn.entities
    lost = turn.intent in policy.unrecognised
    said = turn.lexicon.says("failed_before", turn.folded)
    return state.failures + int(again or lost) + int(said)


def _given_again(turn: Turn, state: ConversationState, policy: Policy, concern: str | None) -> bool:
    """Whether self-service for this concern was given just now, and would be in the same way.

    A pressed button asks for it, and a new order number makes it another request.
    """
    intent = policy.intents.get(concern or "")
    if turn.form or pressed(turn, policy) or turn.entities or intent is None:
        return False
    return state.served is not None and state.served == intent.self_service


def _served(
    turn: Turn, state: ConversationState, policy: Policy, plan: Sequence[str], concern: str | None
) -> str | None:
    """Return the self-service that this turn gives, or still does while its form asks."""
    intent = policy.intents.get(concern or "")
    if plan and intent is not None and plan[-1] == intent.self_service:
        return plan[-1]
    return state.served if turn.form and not plan else None


def _choose(ranking: Ranking, wish: Wish, policy: Policy) -> tuple[str | None, bool]:
    """Return the route of the turn and whether it is open, or None and False.

    A wish is not traded for another route while what it asks for exists in the customer's language,
    though closed; a wish for one person is then only traded for another person.
    """
    closed = tuple(c.route for c in ranking.closed)
    wanted: list[Sequence[str]] = [wish.routes] if wish else []
    if not wish or policy.person_routes.isdisjoint(wish.routes):
        wanted.append(tuple(policy.routes))
    else:
        wanted.append(tuple(policy.person_routes))
    for choices in wanted:
        for routes, is_open in ((ranking.routes, True), (closed, False)):
            for route in routes:
                if route in choices:
                    return route, is_open
    return None, False


def _reasons(
    known: _Inference,
    wish: Wish,
    situation: Situation,
    ranking: Ranking,
    policy: Policy,
    route: str | None,
) -> tuple[Reason, ...]:
    reasons = []
    if route in wish.routes:
        reasons.append(Reason("override" if wish.chosen else f"wish_{route}"))
    elif not wish and route in situation.preferred:
        reasons.append(Reason("override"))
    intent = policy.intents.get(situation.concern or "")
    if intent and set(intent.served_by) <= policy.person_routes:
        reasons.append(Reason("only_people", {"intent": situation.concern or ""}))
    if route in policy.person_routes and situation.anger >= policy.weights.anger_from:
        reasons.append(Reason("anger"))
    if route in policy.person_routes and situation.failures >= policy.weights.person_after:
        reasons.append(Reason("repeated_failure", {"times": str(situation.failures)}))
    if known.persona is not None:
        for told in _strongest(known, known.persona):
            reasons.append(Reason("persona", {"persona": known.persona, "signal": told}))
    else:
        reasons.append(Reason("neutral"))
    reasons += [
        Reason("closed", {"route": c.route, "opens": c.opens or ""}) for c in ranking.closed
    ]
    return tuple(reasons)


def _strongest(known: _Inference, persona: str) -> tuple[str, ...]:
    """Return the two signals of this turn that speak most for `persona`; it may be fewer.

    Only those that are more there than not: "you wrote briefly" must be true to be said.
    """
    there = [e for e in known.evidence if e.value >= 0.5]
    speaking = [e for e in there if e.decibans.get(persona, 0.0) > 0]
    ordered = sorted(speaking, key=lambda e: -e.decibans[persona])
    return tuple(e.signal for e in ordered[:2]) or ("earlier",)
