"""Routes ranked: hard constraints first, then the persona's ranking weighed by the posterior."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from persona_router.core.decision import Closed
from persona_router.core.persona import Persona
from persona_router.core.policy import KNOWLEDGE_BASE, Policy, RoutePolicy, Service


@dataclass(frozen=True)
class Situation:
    """What ranking depends on besides persona and policy.

    `wished` are the routes asked for in this turn, `preferred` those asked for earlier, `excluded`
    the refused ones; `anger` is in [0, 1]; `article_found` is None if nobody searched; `again`
    tells that self-service was given for this very concern just now, and did not settle it;
    `unhelpful` are the routes of which the customer says so in this turn.
    """

    concern: str | None
    locale: str
    at: datetime
    wished: tuple[str, ...]
    preferred: tuple[str, ...]
    excluded: tuple[str, ...]
    anger: float
    failures: int
    article_found: bool | None
    again: bool = False
    spoken: str | None = None
    """A language that only people may serve, in which the customer writes."""
    unhelpful: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """Open routes best first, the closed ones, and the hard constraints that applied.

    `speaking` are the open routes at whose end somebody speaks the customer's unserved language;
    `missed` the closed ones that would have come first, best first.
    """

    routes: tuple[str, ...]
    closed: tuple[Closed, ...]
    constraints: tuple[str, ...]
    speaking: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


def rank(
    situation: Situation,
    policy: Policy,
    personas: Sequence[Persona],
    posterior: Mapping[str, float],
    persona: str | None,
) -> Ranking:
    """Return the routes that can serve the situation, best first; empty if none is open."""
    served = _served_by(situation, policy)
    constraints = [f"cannot_serve:{r}" for r in policy.routes if r not in served]
    first = situation.wished or situation.preferred
    usable, closed, speaking = [], [], []
    for route in served:
        service = policy.routes[route].service_for(situation.locale, situation.concern)
        speaker = _speaker(policy.routes[route], situation)
        if speaker is not None:
            service = speaker
            speaking.append(route)
        if route in situation.excluded:
            constraints.append(f"refused:{route}")
        elif service is None:
            constraints.append(f"not_in_language:{route}")
        elif not service.is_open(situation.at):
            opens = service.opens(situation.at)
            closed.append(Closed(route, opens.isoformat() if opens else None))
            constraints.append(f"closed:{route}")
        elif route == KNOWLEDGE_BASE and situation.article_found is False:
            constraints.append(f"no_article:{route}")
        elif route in situation.unhelpful and route not in first:
            constraints.append(f"not_helped:{route}")
        elif situation.again and policy.routes[route].action is None and route not in first:
            constraints.append(f"repeated:{route}")
        else:
            usable.append(route)

    # An article spares the wait for a person; it does not stand in for what can be done at once.
    spares = situation.article_found and all(policy.routes[route].action for route in usable)

    def place(route: str) -> tuple[bool, float, int]:
        score = _score(route, situation, policy, personas, posterior, persona)
        if spares and route == KNOWLEDGE_BASE:
            score += policy.weights.article
        return route not in first, -score, policy.neutral.index(route)

    ordered = sorted(usable, key=place)
    shut = sorted((c.route for c in closed), key=place)
    first_place = place(ordered[0]) if ordered else None
    missed = [route for route in shut if first_place is None or place(route) < first_place]
    if _troubled(situation, policy):
        # Whatever is tried next, the way to a person stands beside it.
        ordered[1:] = sorted(ordered[1:], key=lambda r: r not in policy.person_routes)
    return Ranking(
        tuple(ordered),
        tuple(closed),
        tuple(constraints),
        tuple(route for route in ordered if route in speaking),
        tuple(missed),
    )


def _troubled(situation: Situation, policy: Policy) -> bool:
    """Whether the customer is angry, asked the same again, or was not understood before."""
    return situation.anger >= policy.weights.anger_from or situation.failures > 0


def _speaker(route: RoutePolicy, situation: Situation) -> Service | None:
    """Return the people who speak the customer's unserved language, if they are at work now."""
    if situation.spoken is None or not route.person or not route.services:
        return None
    service = route.service_for(situation.spoken, situation.concern)
    return service if service is not None and service.is_open(situation.at) else None


def _served_by(situation: Situation, policy: Policy) -> list[str]:
    """Return the routes that serve the concern, and those that were asked for.

    A wish of this turn reaches every route that has an action of its own; an earlier one only
    people, for "I'd rather do it myself" was not said of a complaint that came later.
    """
    intent = policy.intents.get(situation.concern or "")
    served = set(intent.served_by if intent else policy.default_served_by)
    served.update(r for r in situation.wished if r in policy.routes and policy.routes[r].action)
    served.update(r for r in situation.preferred if r in policy.person_routes)
    return [route for route in policy.routes if route in served]


def _score(
    route: str,
    situation: Situation,
    policy: Policy,
    personas: Sequence[Persona],
    posterior: Mapping[str, float],
    persona: str | None,
) -> float:
    weights = policy.weights
    if persona is None:
        score = _rank_value(policy.neutral, route, weights.rank_values)
    else:
        score = sum(
            posterior[p.id] * _rank_value(p.ranking, route, weights.rank_values) for p in personas
        )
    if route in policy.person_routes:
        if situation.anger >= weights.anger_from:
            score += weights.anger * situation.anger
        score += weights.failure * situation.failures
    return score


def _rank_value(ranking: Sequence[str], route: str, values: Sequence[float]) -> float:
    place = ranking.index(route) if route in ranking else len(ranking)
    return values[place] if place < len(values) else 0.0
