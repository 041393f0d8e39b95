"""Persona cards as people read them: statements, and the findings that they rest on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from types import MappingProxyType

from persona_router.core.persona import Persona

SECTIONS = ("goals", "challenges", "behaviour", "skills", "attitudes", "environment")
"""The lists of statements on a card, in the order in which they are shown."""
ROUTES = "routes"
"""The place of the statements on routes, beside the sections."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One piece of evidence: where it comes from, when, of how many conversations, and how.

    At most one of `signal`, `route` and `device` names what was counted; without any, people
    read and judged. An `illustrative` finding describes nobody's customers.
    """

    source: str
    date: date
    sample: int
    method: str
    illustrative: bool = False
    signal: str | None = None
    route: str | None = None
    device: str | None = None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A sentence of a card, the ids of the findings it rests on, and where in the file it is."""

    says: str
    evidence: tuple[str, ...] = ()
    place: str = ""

    @property
    def part(self) -> str:
        """The key of the card below which it stands, such as "behaviour"."""
        return self.place.partition("[")[0]


@dataclass(frozen=True, kw_only=True)
class RouteStatements:
    """What a persona makes of one route: when it succeeds there, and when it fails."""

    route: str
    succeeds: Statement
    fails: Statement


@dataclass(frozen=True, kw_only=True)
class Card:
    """A whole persona card: what routing needs (`persona`), and what people want to know.

    `languages` are those in which this persona was met, `written_in` is the language of the
    card's own sentences (None for the default locale's), `picture` an SVG beside the card.
    """

    persona: Persona
    biography: Statement
    sections: Mapping[str, tuple[Statement, ...]]
    routes: tuple[RouteStatements, ...]
    languages: tuple[str, ...]
    owner: str
    reviewed: date
    review_due: date
    findings: Mapping[str, Finding] = MappingProxyType({})
    written_in: str | None = None
    picture: str | None = None

    @property
    def illustrative(self) -> bool:
        """Whether any of its evidence describes nobody's customers."""
        return any(finding.illustrative for finding in self.findings.values())

    def statements(self) -> Iterator[Statement]:
        """Yield every statement in the order of the card."""
        yield self.biography
        for name in SECTIONS:
            yield from self.sections[name]
        for ranked in self.routes:
            yield ranked.succeeds
            yield ranked.fails


def reviews_due(cards: Sequence[Card], *, now: float) -> tuple[Card, ...]:
    """Return the cards that are due for review; `now` is in Unix seconds."""
    today = datetime.fromtimestamp(now, timezone.utc).date()
    return tuple(card for card in cards if card.review_due <= today)
