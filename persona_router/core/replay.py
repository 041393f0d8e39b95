"""Logged decisions made again under another policy: what changes, and what it asks of people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from persona_router.core.counterfactual import Facts, leads_to
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy

NOWHERE = "-"
"""Where nothing can serve."""


@dataclass(frozen=True, kw_only=True)
class Logged:
    """A decision as it was: its id, when it was made in Unix seconds, and where it led.

    `facts` are what it rested on, None where the log does not tell; `tried` tells that another
    route than the usual policy's best one was tried.
    """

    id: str
    at: float
    route: str
    facts: Facts | None
    tried: bool = False


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A decision that leads elsewhere under the other policy."""

    id: str
    was: str
    would: str


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What came of making decisions again.

    `remade` is how many could be, `unmade` counts the others by the reason. `pairs` counts those
    that were remade by where they led and where they would. `busiest` has, for each route of
    people, the most decisions within one clock hour, as it was and as it would be. `examples` are
    the first changed ones, `days` the time between the first and the last decision.
    """

    remade: int
    unmade: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    busiest: Mapping[str, tuple[int, int]]
    examples: tuple[Changed, ...]
    days: float

    @property
    def changed(self) -> int:
        """How many lead elsewhere."""
        return sum(n for (was, would), n in self.pairs.items() if was != would)

    def led(self, route: str) -> tuple[int, int]:
        """Return how many decisions led to a route, and how many would."""
        return (
            sum(n for (was, _), n in self.pairs.items() if was == route),
            sum(n for (_, would), n in self.pairs.items() if would == route),
        )


def replay(
    decisions: Iterable[Logged],
    policy: Policy,
    personas: Sequence[Persona],
    *,
    most_examples: int = 10,
) -> Replay:
    """Return what becomes of the decisions, in the order in which they were made, under the policy.

    Nothing is guessed: a decision that the log does not fully tell, or that speaks of personas or
    routes which the policy does not have, is counted and left as it was.
    """
    unmade: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    hours: dict[bool, Counter[tuple[str, int]]] = {False: Counter(), True: Counter()}
    examples: list[Changed] = []
    first = last = None
    for one in decisions:
        first, last = one.at if first is None else first, one.at
        fault, would = _made(one, policy, personas)
        if fault:
            unmade[fault] += 1
            continue
        pairs[one.route, would] += 1
        hours[False][one.route, int(one.at // 3600)] += 1
        hours[True][would, int(one.at // 3600)] += 1
        if would != one.route and len(examples) < most_examples:
            examples.append(Changed(id=one.id, was=one.route, would=would))
    people = [route for route in policy.routes if route in policy.person_routes]
    return Replay(
        remade=sum(pairs.values()),
        unmade=dict(unmade.most_common()),
        pairs=dict(pairs.most_common()),
        busiest={r: (_most(hours[False], r), _most(hours[True], r)) for r in people},
        examples=tuple(examples),
        days=((last or 0.0) - (first or 0.0)) / 86_400,
    )


def _made(one: Logged, policy: Policy, personas: Sequence[Persona]) -> tuple[str, str]:
    """Return why the decision cannot be made again, or "" and where it leads."""
    if one.facts is None:
        return "not fully logged", ""
    if one.tried:
        return "tried out", ""
    if one.facts.posterior and set(one.facts.posterior) != {persona.id for persona in personas}:
        return "other personas", ""
    situation = one.facts.situation
    named = {one.route, *situation.wished, *situation.preferred, *situation.excluded} - {NOWHERE}
    if not named <= policy.routes.keys():
        return "other routes", ""
    return "", leads_to(one.facts, policy, personas) or NOWHERE


def _most(hours: Counter[tuple[str, int]], route: str) -> int:
    return max((n for (led, _), n in hours.items() if led == route), default=0)
