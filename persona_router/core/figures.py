"""What operations measure: visits added up, rates with their intervals, options that fail."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Literal

from persona_router.core.interval import wilson

Dimension = Literal["persona", "language", "route"]
DIMENSIONS: tuple[Dimension, ...] = ("persona", "language", "route")
"""What figures can be split by."""
RATES = ("containment", "resolution", "deflection", "handoff", "satisfaction")
"""The rates of visits; resolution always stands beside containment."""
FIGURES = (
    "visits", *RATES, "language_mix", "reasons", "waiting", "translation", "unanswered", "options",
    "stated",
)  # fmt: skip
"""All figures, each of which has a definition."""


@dataclass(frozen=True, kw_only=True)
class FigureRules:
    """From how many cases a rate is shown, and which options are found wanting.

    An option is one if certainly less than the share `little_used` of a persona's visits began
    with it, and certainly less than the share `mediocre_below` of those who judged was pleased.
    """

    minimum: int = 30
    little_used: float = 0.1
    mediocre_below: float = 0.7


@dataclass(frozen=True)
class Rate:
    """How many of some cases are hits."""

    hits: int
    cases: int

    @property
    def share(self) -> float | None:
        """The share of hits, 0 to 1; None without cases."""
        return self.hits / self.cases if self.cases else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share; (0, 1) without cases."""
        return wilson(self.hits, self.cases)

    def to_json(self, minimum: int) -> dict[str, object]:
        """Return counts, and share and interval, which are null below `minimum` cases."""
        enough = self.cases >= max(1, minimum)
        return {
            "hits": self.hits,
            "cases": self.cases,
            "share": self.share if enough else None,
            "interval": list(self.interval) if enough else None,
        }


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Sums over visits.

    `told` visits have customers who said whether it helped, `resolved` ones that it did, without
    a handoff; `watched` ended long enough ago for a return to have shown, and of those were
    `deflected` the ones without handoff and return. `rated` and `satisfied` count ratings;
    `judged` and `pleased` visits with a rating or a word on whether it helped.
    """

    visits: int = 0
    handed_over: int = 0
    told: int = 0
    resolved: int = 0
    watched: int = 0
    deflected: int = 0
    rated: int = 0
    satisfied: int = 0
    judged: int = 0
    pleased: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        pairs = zip(self.__dataclass_fields__, astuple(self), astuple(other), strict=True)
        return Tally(**{name: mine + theirs for name, mine, theirs in pairs})

    @property
    def rates(self) -> Mapping[str, Rate]:
        """The rates of RATES by name."""
        return {
            "containment": Rate(self.visits - self.handed_over, self.visits),
            "resolution": Rate(self.resolved, self.told),
            "deflection": Rate(self.deflected, self.watched),
            "handoff": Rate(self.handed_over, self.visits),
            "satisfaction": Rate(self.satisfied, self.rated),
        }


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The visits of one day, persona, language and first route; `day` counts from the first."""

    day: int
    persona: str | None
    language: str | None
    route: str | None
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class Option:
    """What one persona does with one route: how many begin with it, and how many are pleased."""

    persona: str | None
    route: str
    use: Rate
    satisfaction: Rate
    wanting: bool


Group = tuple[str | None, ...]


def added_up(cells: Iterable[Cell]) -> Tally:
    """Return the sums over all cells."""
    return sum((cell.tally for cell in cells), Tally())


def split(cells: Iterable[Cell], by: Sequence[Dimension]) -> dict[Group, Tally]:
    """Return the sums by the values of the dimensions, those of most visits first.

    The groups share no visit and leave none out: every count adds up to that of `added_up`.
    """
    sums: dict[Group, Tally] = defaultdict(Tally)
    for cell in cells:
        sums[tuple(getattr(cell, name) for name in by)] += cell.tally
    named = sorted(sums.items(), key=lambda pair: tuple(value or "" for value in pair[0]))
    return dict(sorted(named, key=lambda pair: -pair[1].visits))


def visits_by_day(cells: Iterable[Cell], days: int) -> tuple[int, ...]:
    """Return how many visits began on each day."""
    counts = [0] * days
    for cell in cells:
        counts[cell.day] += cell.tally.visits
    return tuple(counts)


def options(cells: Sequence[Cell], routes: Sequence[str], rules: FigureRules) -> tuple[Option, ...]:
    """Return every route of `routes` for every persona that was met, those wanting first.

    A route that nobody began with is among them. None is called wanting for lack of data: both
    limits must be beyond the whole intervals.
    """
    personas = split(cells, ("persona",))
    used = split(cells, ("persona", "route"))
    found = []
    for (persona,), everyone in personas.items():
        for route in routes:
            tally = used.get((persona, route), Tally())
            use = Rate(tally.visits, everyone.visits)
            pleased = Rate(tally.pleased, tally.judged)
            enough = min(use.cases, pleased.cases) >= rules.minimum
            wanting = (
                enough
                and use.interval[1] < rules.little_used
                and pleased.interval[1] < rules.mediocre_below
            )
            found.append(
                Option(persona=persona, route=route, use=use, satisfaction=pleased, wanting=wanting)
            )
    return tuple(sorted(found, key=lambda option: not option.wanting))


def agreement(pairs: Mapping[tuple[str, str], int]) -> Rate:
    """Return how often the route asked for, second of a pair, is the one inferred, its first."""
    return Rate(sum(n for (a, b), n in pairs.items() if a == b), sum(pairs.values()))
