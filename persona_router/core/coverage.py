"""The coverage grid: who finds a way to be helped, in which language, for what, and when."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cached_property

from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.core.presence import Presence


class Lack(Enum):
    """Why a route that a persona succeeds with is not there."""

    CLOSED = "closed"
    LANGUAGE = "language"
    ARTICLE = "article"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Hours in which a persona finds no route in a language, for intents that share the reasons.

    `fails` are the routes that are there but do not work for the persona, and how many of the
    intents each could serve; `lacks` those that would work, and why they are not there.
    """

    persona: str
    language: str
    intents: tuple[str, ...]
    hours: tuple[datetime, ...]
    fails: Mapping[str, int]
    lacks: Mapping[str, Lack]

    @property
    def cells(self) -> int:
        """How many cells of the grid it is."""
        return len(self.intents) * len(self.hours)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The grid of persona × language × intent × hour, and its empty cells as gaps, largest first.

    `hours` are the starts of the period's hours by language, in the zone of its services;
    `covered` says for each of them, by persona and language, how many of `intents` have a route.
    """

    start: date
    days: int
    intents: int
    personas: tuple[str, ...]
    hours: Mapping[str, tuple[datetime, ...]]
    covered: Mapping[tuple[str, str], tuple[int, ...]]
    gaps: tuple[Gap, ...]

    @cached_property
    def cells(self) -> int:
        """How many cells the grid has."""
        return self.intents * sum(map(len, self.covered.values()))

    @cached_property
    def empty(self) -> float:
        """Share of the cells that have no route; 0 for a grid without cells."""
        return 1 - sum(map(sum, self.covered.values())) / self.cells if self.cells else 0.0

    def share(self, persona: str, language: str) -> float:
        """Return the share of covered cells of a persona in a language; 1 if it has no cells."""
        counts = self.covered[persona, language]
        cells = self.intents * len(counts)
        return sum(counts) / cells if cells else 1.0


def cover(
    policy: Policy,
    personas: Sequence[Persona],
    articles: Mapping[str, Collection[str]],
    *,
    start: date,
    days: int,
) -> Coverage:
    """Return the coverage of the `days` from `start` on.

    `articles` are the intents that the articles of a language answer. A cell is covered if a route
    serves its intent, works for its persona, and is there for the whole hour: staffed in the
    language and open, the knowledge base with an article in that very language.
    """
    hours: dict[str, tuple[datetime, ...]] = {}
    covered: dict[tuple[str, str], tuple[int, ...]] = {}
    gaps: list[Gap] = []
    for language in policy.languages:
        there = Presence(policy, language, articles.get(language, ()), start=start, days=days)
        hours[language] = there.hours
        for persona in personas:
            working = {
                intent: [route for route in served.served_by if route in persona.works]
                for intent, served in policy.intents.items()
            }
            reached = {
                intent: _union(there.of(route, intent) for route in routes)
                for intent, routes in working.items()
            }
            covered[persona.id, language] = _count(reached.values(), len(there.hours))
            gaps.extend(_gaps(there, persona, working, reached))
    gaps.sort(key=lambda gap: (-gap.cells, gap.persona, gap.language, gap.hours[0]))
    return Coverage(
        start=start,
        days=days,
        intents=len(policy.intents),
        personas=tuple(persona.id for persona in personas),
        hours=hours,
        covered=covered,
        gaps=tuple(gaps),
    )


def _gaps(
    there: Presence,
    persona: Persona,
    working: Mapping[str, Sequence[str]],
    reached: Mapping[str, int],
) -> Iterator[Gap]:
    """Yield the empty cells of a persona in a language, intents that miss the same hours together.

    `working` are the routes by intent that would do, `reached` the hours in which one is there.
    """
    groups: dict[tuple[int, tuple[int, ...]], list[str]] = {}
    for intent, covered in reached.items():
        own = tuple(
            id(there.service(route, intent)) for route in there.open if there.is_special(route)
        )
        groups.setdefault((there.all & ~covered, own), []).append(intent)
    for (missing, _), intents in groups.items():
        serving = {
            route: sum(there.can_serve(route, intent) for intent in intents) for route in there.open
        }
        failing = {
            route: there.open_for(route, intents[0])
            for route, count in serving.items()
            if count and route not in persona.works
        }
        lacks = {
            route: _lack(there, route, intents[0], serving[route])
            for route in there.open
            if any(route in working[intent] for intent in intents)
        }
        for part, open_ in _split(missing, failing):
            yield Gap(
                persona=persona.id,
                language=there.language,
                intents=tuple(intents),
                hours=tuple(hour for bit, hour in enumerate(there.hours) if part >> bit & 1),
                fails={route: serving[route] for route in open_},
                lacks=lacks,
            )


def _split(hours: int, routes: Mapping[str, int]) -> list[tuple[int, tuple[str, ...]]]:
    """Return `hours` in parts, each with the routes that are open in the whole of it."""
    parts: list[tuple[int, tuple[str, ...]]] = [(hours, ())]
    for route, open_ in routes.items():
        parts = [
            split
            for part, names in parts
            for split in ((part & open_, (*names, route)), (part & ~open_, names))
        ]
    return [(part, names) for part, names in parts if part]


def _lack(there: Presence, route: str, intent: str, serving: int) -> Lack:
    if there.service(route, intent) is None:
        return Lack.LANGUAGE
    return Lack.CLOSED if serving else Lack.ARTICLE


def _union(sets: Iterator[int]) -> int:
    union = 0
    for hours in sets:
        union |= hours
    return union


def _count(sets: Collection[int], hours: int) -> tuple[int, ...]:
    """Return for every hour in how many of the sets it is."""
    alike = Counter(sets).items()
    return tuple(sum(count for found, count in alike if found >> bit & 1) for bit in range(hours))
