"""The one function that composes the core: a turn and what came before, to a decision."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from persona_router.core.decision import Decision
from persona_router.core.exploration import try_out
from persona_router.core.feedback import (
    count_failures,
    given_again,
    read_verdict,
    unhelpful_routes,
    unjudged,
)
from persona_router.core.inference import Inference, infer, known_before
from persona_router.core.persona import FULL, PASSAGE, Persona
from persona_router.core.planning import carries_out, leaves_form, plan_turn
from persona_router.core.policy import KNOWLEDGE_BASE, Policy
from persona_router.core.preference import FORGET, Preference, memory_offers, read_preference
from persona_router.core.ranking import Ranking, Situation, rank
from persona_router.core.reasons import reasons_for
from persona_router.core.state import ConversationState
from persona_router.core.turn import MORE, Turn
from persona_router.core.wishes import Wish, pressed, read_wish, settle_wish

_MOST_TRIED = 20


def route_turn(
    turn: Turn,
    state: ConversationState,
    *,
    policy: Policy,
    personas: Sequence[Persona],
    at: datetime,
    decision_id: str,
    lot: float | None = None,
) -> Decision:
    """Return where `turn` goes and why, with the state that the next turn starts from.

    Deterministic: the same arguments give the same decision. `at` is an aware time; `decision_id`
    is the caller's, unique for the turn; `lot` draws what is tried out (`core/exploration.py`).
    """
    known = infer(turn, state, policy, personas)
    wish = _wish(turn, state, policy)
    concern, stated = _concern(turn, state, policy)
    verdict = read_verdict(turn, state, policy)
    failures = count_failures(turn, state, policy, concern, stated, verdict)
    excluded = _excluded(wish, state, policy)
    preference = read_preference(turn, state, policy, excluded=excluded)
    situation = Situation(
        concern=concern,
        locale=turn.locale,
        at=at,
        wished=wish.routes,
        preferred=preference.routes,
        excluded=excluded,
        anger=known.signals.get("anger", 0.0),
        failures=failures,
        article_found=turn.article_found,
        again=given_again(turn, state, policy, concern),
        spoken=turn.spoken,
        unhelpful=unhelpful_routes(turn, verdict),
    )
    persona = None if preference.corrected else known.persona
    if len(wish.routes) > 1:  # to wish for a person tells nothing of which one
        probabilities, assumed = known_before(state, policy, personas)
    else:
        probabilities, assumed = known.posterior, known.persona
    ranking = rank(
        situation, policy, personas, probabilities, None if preference.corrected else assumed
    )
    best, is_open = choose_route(ranking, wish, policy)
    trial = try_out(
        best,
        ranking,
        situation,
        policy.exploration,
        lot=None if preference.corrected else lot,
        anger_from=policy.weights.anger_from,
    )
    route = trial.route
    stated_route = _stated_route(wish, preference, route)
    plan = plan_turn(
        turn,
        policy,
        wish=wish,
        concern=concern,
        stated=stated,
        failures=failures,
        route=route,
        route_open=is_open,
        keeps=turn.metadata.remembers and (stated_route is not None or preference.corrected),
        verdict=verdict,
    )
    offered = route if route and policy.routes[route].offer in plan else None
    done = is_open and route and plan and carries_out(plan[-1], route, policy, concern)
    asked = bool(done) and route == KNOWLEDGE_BASE
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
        persona=persona,
        posterior=known.posterior,
        evidence=known.evidence,
        constraints=ranking.constraints,
        reasons=reasons_for(known, wish, preference, situation, ranking, policy, trial),
        signals=known.signals,
        propensity=trial.propensity,
        spoken=turn.spoken,
        speaking=ranking.speaking,
        stated_route=stated_route,
        corrected=preference.corrected,
        inferred_persona=known.persona,
        inferred_route=_inferred_route(known, situation, preference, policy, personas, best),
        memory=memory_offers(
            turn,
            policy,
            stated=stated_route,
            corrected=preference.corrected,
            now=(is_open and route in wish.routes) or turn.asks("correct"),
            asked=policy.actions["why"] in plan,
        ),
        verdict=verdict,
        answers=FULL if turn.asks(MORE) else _length(persona, personas),
        state=ConversationState(
            turns=state.turns + 1,
            told=known.told,
            decibans=known.decibans,
            concern=concern,
            wished=wish.routes or (() if turn.asks(FORGET) else state.wished),
            excluded=excluded,
            offered=state.offered if turn.aside and not turn.asks("correct") else offered,
            failures=failures,
            tried=(*state.tried, route)[-_MOST_TRIED:] if done and route else state.tried,
            served=_served(turn, state, policy, plan, concern),
            corrected=state.corrected or turn.asks("correct"),
            answers=unjudged(state, verdict, decision_id if asked else None),
            asked=state.asked if turn.aside else asked,
        ),
    )


def _length(persona: str | None, personas: Sequence[Persona]) -> str:
    return next((p.answers for p in personas if p.id == persona), PASSAGE)


def after_handoff(state: ConversationState) -> ConversationState:
    """Return the state in which the assistant goes on after a person: wishes, failures gone."""
    return replace(state, wished=(), failures=0, offered=None, concern=None)


def _wish(turn: Turn, state: ConversationState, policy: Policy) -> Wish:
    """Return what the turn asks for; the title of a button about the suggestion asks for no route.

    Nor is it a yes to an offer, whatever it resembles.
    """
    if turn.aside:
        return Wish()
    return settle_wish(read_wish(turn, policy), turn, state, policy)


def _excluded(wish: Wish, state: ConversationState, policy: Policy) -> tuple[str, ...]:
    """Return the routes refused so far; when none is left, the latest refusal takes back others."""
    refused = dict.fromkeys((*state.excluded, *wish.refused))
    if refused.keys() >= policy.routes.keys():
        refused = dict.fromkeys(wish.refused)
    return tuple(route for route in refused if route not in wish.routes)


def _concern(turn: Turn, state: ConversationState, policy: Policy) -> tuple[str | None, bool]:
    """Return the intent being served, and whether this turn states it (or is not understood)."""
    if turn.aside:
        return state.concern, False
    if not policy.understands(turn.intent, turn.intent_confidence):
        return state.concern, not turn.form and not pressed(turn, policy)
    if turn.form and not leaves_form(turn, policy):
        return state.concern, False
    if turn.intent in policy.intents and not pressed(turn, policy):
        return turn.intent, True
    if turn.payload is not None and turn.payload.kind == "intent" and turn.intent in policy.intents:
        return turn.intent, True
    return state.concern, False


def _served(
    turn: Turn, state: ConversationState, policy: Policy, plan: Sequence[str], concern: str | None
) -> str | None:
    """Return the self-service that this turn gives, or still does while its form asks."""
    intent = policy.intents.get(concern or "")
    if plan and intent is not None and plan[-1] == intent.self_service:
        return plan[-1]
    return state.served if turn.form and not plan else None


def choose_route(ranking: Ranking, wish: Wish, policy: Policy) -> tuple[str | None, bool]:
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


def _stated_route(wish: Wish, preference: Preference, route: str | None) -> str | None:
    """Return the route that the customer asked for, now or before; of several the one they got."""
    stated = wish.routes or preference.routes
    return route if route in stated else next(iter(stated), None)


def _inferred_route(
    known: Inference,
    situation: Situation,
    preference: Preference,
    policy: Policy,
    personas: Sequence[Persona],
    route: str | None,
) -> str | None:
    """Return where the inference alone would have led; None where nothing could serve."""
    alone = replace(situation, wished=(), preferred=(), excluded=())
    if alone == situation and not preference.corrected:
        return route
    ranking = rank(alone, policy, personas, known.posterior, known.persona)
    return choose_route(ranking, Wish(), policy)[0]
