"""Simulated customers: when they come, who they are, and what they make of what they get."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from persona_router.core.feedback import HELPED, NOT_HELPED
from persona_router.core.policy import KNOWLEDGE_BASE, Policy

T = TypeVar("T")

MOST_TURNS = 8
_RATINGS = (1, 2, 3, 4, 5)


class Chance(Protocol):
    """What draws, such as `random.Random`; whoever calls the core brings it along."""

    def random(self) -> float:
        """Return a number from [0, 1)."""
        ...

    def choices(
        self, population: Sequence[T], weights: Sequence[float] | None = None, *, k: int = 1
    ) -> list[T]:
        """Return `k` of the population, each drawn by its weight."""
        ...


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a simulated customer does: an id to tell them by, language, persona, good routes."""

    id: str
    language: str
    persona: str | None
    routes: tuple[str, ...]
    turns: tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How likely customers do something, each from 0 to 1.

    They judge an article (`judges`), find it helpful where its route suits them (`helped_right`)
    and where not (`helped_wrong`), accept an offered person (`accepts`), rate a person (`rates`),
    and come back within a week if nothing suited them (`returns`). `ratings` weighs 1 to 5 stars.
    """

    judges: float
    helped_right: float
    helped_wrong: float
    accepts: float
    rates: float
    returns: float
    ratings: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Who comes and when, over so many days.

    `hours` weighs the 24 hours of a day (UTC), `weekdays` the days from Monday on; `growth` is how
    many times as many come on the last day as on the first. `languages` weighs languages,
    `personas` each persona on the first and the last day; who is not named weighs as much as the
    average of those who are.
    """

    days: int
    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    growth: float
    languages: Mapping[str, float]
    personas: Mapping[str, tuple[float, float]]
    manners: Manners


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A customer who comes at a time with something to ask; `returning` if they came before."""

    customer: int
    at: datetime
    part: Part
    returning: bool = False


@dataclass(frozen=True, kw_only=True)
class Said:
    """A simulated customer's message, with the metadata that a website would send along."""

    text: str
    metadata: Mapping[str, object]


def visits(
    crowd: Crowd, parts: Sequence[Part], count: int, *, until: datetime, chance: Chance
) -> Iterator[Visit]:
    """Yield `count` first visits in the order of time, the last ones shortly before `until`."""
    by_language: dict[str, list[Part]] = {}
    for part in parts:
        by_language.setdefault(part.language, []).append(part)
    languages = tuple(by_language)
    language_weights = _weights(languages, crowd.languages)
    begin = until - timedelta(days=crowd.days)
    for number, at in enumerate(sorted(_times(crowd, count, begin, until, chance))):
        (language,) = chance.choices(languages, language_weights)
        passed = (at - begin) / (until - begin)
        mix = {p: first + (last - first) * passed for p, (first, last) in crowd.personas.items()}
        among = by_language[language]
        weights = _shares(among, mix)
        (part,) = chance.choices(among, weights)
        yield Visit(customer=number, at=at, part=part)


class SimulatedCustomer:
    """One who follows a part, and reacts to where the decisions lead."""

    def __init__(self, part: Part, policy: Policy, manners: Manners, chance: Chance) -> None:
        self._part = part
        self._policy = policy
        self._manners = manners
        self._chance = chance
        self._left = list(part.turns)
        self._said = 0
        self.pleased = False
        """Whether something helped, or led where it suited them."""
        self.handed_over = False
        """Whether a person takes over now."""

    def says(self, decision: Mapping[str, object] | None) -> Said | None:
        """Return the next message, None when they leave; `decision` is what the last one got."""
        if decision is not None and self._is_done_after(decision):
            return None
        answer = self._press(decision) if decision is not None else None
        if answer is None and self._left:
            text, metadata = self._left.pop(0)
            answer = Said(text=text, metadata=metadata)
        self._said += 1
        return answer if self._said <= MOST_TURNS else None

    def stars(self) -> int | None:
        """Return how they rate the person who helped, None if they do not."""
        if not self.handed_over or self._chance.random() >= self._manners.rates:
            return None
        return self._chance.choices(_RATINGS, self._manners.ratings)[0]

    def comes_back(self) -> bool:
        """Return whether they come again because nothing suited them."""
        return not self.pleased and self._chance.random() < self._manners.returns

    def _is_done_after(self, decision: Mapping[str, object]) -> bool:
        plan, route = _plan(decision), str(decision.get("route"))
        known = self._policy.routes.get(route)
        # An article pleases whom it helped, and a person whoever accepts the offer.
        led = bool(plan) and route != KNOWLEDGE_BASE and plan[-1:] != (known and known.offer,)
        self.pleased = self.pleased or (led and route in self._part.routes)
        offered_first = known is not None and known.person and known.offer is not None
        self.handed_over = offered_first and known is not None and plan[-1:] == (known.action,)
        return self.handed_over or (self.pleased and not self._left)

    def _press(self, decision: Mapping[str, object]) -> Said | None:
        """Return the press of a button under the last answer, if they press one."""
        plan, route = _plan(decision), str(decision.get("route"))
        known = self._policy.routes.get(route)
        if known is None or not plan:
            return None
        if plan[-1] == self._policy.routes[KNOWLEDGE_BASE].action:
            if self._chance.random() >= self._manners.judges:
                return None
            suits = route in self._part.routes
            likely = self._manners.helped_right if suits else self._manners.helped_wrong
            helped = self._chance.random() < likely
            self.pleased = self.pleased or helped
            return _pressed(f"{HELPED if helped else NOT_HELPED}:{decision['id']}")
        if plan[-1] == known.offer and self._chance.random() < self._manners.accepts:
            return _pressed(f"route:{route}")
        return None


def _pressed(payload: str) -> Said:
    # What a button is titled plays no part: the payload tells what is meant.
    return Said(text="✓", metadata={"input": "button", "payload": payload, "seconds": 4})


def _plan(decision: Mapping[str, object]) -> tuple[str, ...]:
    plan = decision.get("plan")
    return tuple(map(str, plan)) if isinstance(plan, list | tuple) else ()


def _times(
    crowd: Crowd, count: int, begin: datetime, until: datetime, chance: Chance
) -> Iterator[datetime]:
    days = [until - timedelta(days=ago) for ago in reversed(range(crowd.days))]
    weights = [
        crowd.weekdays[day.weekday()] * (1 + (crowd.growth - 1) * n / max(1, crowd.days - 1))
        for n, day in enumerate(days)
    ]
    for day in chance.choices(days, weights, k=count):
        (hour,) = chance.choices(range(24), crowd.hours)
        at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        at += timedelta(seconds=3600 * chance.random())
        # What is still to come today happened a week ago: hour and weekday stay.
        yield max(begin, at if at < until else at - timedelta(days=7))


def _weights(names: Sequence[str], weights: Mapping[str, float]) -> list[float]:
    named = [weights[name] for name in names if name in weights]
    usual = sum(named) / len(named) if named else 1.0
    return [weights.get(name, usual) for name in names]


def _shares(parts: Sequence[Part], mix: Mapping[str, float]) -> list[float]:
    """Return the weight of each part, so that the personas' weights hold however many parts."""
    personas = [part.persona or "" for part in parts]
    distinct = sorted(set(personas))
    weight = dict(zip(distinct, _weights(distinct, mix), strict=True))
    return [weight[persona] / personas.count(persona) for persona in personas]
