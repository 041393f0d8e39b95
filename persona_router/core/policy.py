"""The routing policy as values: what can serve what, when, and how much each thing weighs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from persona_router.core.callbacks import CallbackRules
from persona_router.core.comparison_rules import Comparison
from persona_router.core.desk_rules import DeskRules
from persona_router.core.evidence import EvidenceParams
from persona_router.core.hours import Hours
from persona_router.core.privacy_rules import PrivacyRules
from persona_router.core.turn import Typing

KNOWLEDGE_BASE = "knowledge_base"
"""The route whose answers are articles."""


@dataclass(frozen=True)
class Service:
    """Who serves a route for some locales: opening hours, and the phone number if it has one.

    Where `intents` are named, it serves these alone, and in place of the services that name none.
    `team` is the team of the desk that it is.
    """

    locales: tuple[str, ...]
    hours: Hours | None = None
    number: str | None = None
    intents: frozenset[str] = frozenset()
    team: str | None = None

    @property
    def line(self) -> str:
        """What tells the service from the others of its route: locales and intents."""
        return " ".join((*self.locales, *sorted(self.intents)))

    def opens(self, at: datetime) -> datetime | None:
        """Return when it opens next; None when it is open at `at` or not within two weeks."""
        if self.hours is None or self.hours.is_open(at):
            return None
        return self.hours.next_opening(at)

    def is_open(self, at: datetime) -> bool:
        """Return whether it is open at `at`; without hours it always is."""
        return self.hours is None or self.hours.is_open(at)


@dataclass(frozen=True)
class RoutePolicy:
    """One route: whether a person serves it, what it runs, and its services by locale."""

    id: str
    person: bool
    action: str | None = None
    """The Rasa action that carries it out; None where the intent names it (self-service)."""
    on_wish: str | None = None
    """What is run instead when the customer asked for it in words."""
    offer: str | None = None
    """What is said instead of acting at once, where the customer did not ask for this route."""
    services: tuple[Service, ...] = ()

    def service_for(self, locale: str, intent: str | None = None) -> Service | None:
        """Return the service of `locale` for `intent`: the locale exactly, else its language.

        One that names the intent goes before one that names none; None if neither is there. A
        route without services serves every locale at every hour.
        """
        if not self.services:
            return Service(locales=(locale,))
        named = [service for service in self.services if intent in service.intents]
        general = [service for service in self.services if not service.intents]
        return _closest(named, locale) or _closest(general, locale)


def _closest(services: Sequence[Service], locale: str) -> Service | None:
    language = locale.partition("-")[0]
    for wanted in (locale, language):
        for service in services:
            if wanted in service.locales:
                return service
    return next(
        (s for s in services if any(t.partition("-")[0] == language for t in s.locales)),
        None,
    )


@dataclass(frozen=True)
class IntentPolicy:
    """What can serve an intent, and the action (form or response) of its self-service."""

    served_by: tuple[str, ...]
    self_service: str | None = None


@dataclass(frozen=True)
class Weights:
    """What moves a route up or down besides the persona; all in units of one rank."""

    anger: float
    anger_from: float
    failure: float
    article: float
    """What an article that surely answers adds to the knowledge base."""
    person_after: int
    """Failures from which a person is offered instead of another "I did not understand"."""
    rank_values: tuple[float, ...]
    person_wish_from: float
    """Probability from which a sentence counts as a wish for a person."""
    intent_from: float
    """Classifier confidence from which a routed intent becomes the customer's concern."""
    wish_from: float
    """Classifier confidence from which an intent counts as a wish for a route."""
    leave_form_from: float
    """Confidence from which another concern, stated while a form asks, leaves the form."""
    refuse_from: float = 0.5
    """Probability from which a sentence counts as a refusal of a route."""
    concern_from: float = 0.8
    """Confidence of a concern from which a wish heard by meaning alone is not believed."""


@dataclass(frozen=True)
class CardRules:
    """What `persona-router check` demands of persona cards."""

    evidence_required: frozenset[str] = frozenset({"behaviour", "challenges", "routes"})
    """Parts of a card whose statements must rest on evidence."""
    review_grace_days: int = 30
    """Days after `review_due` in which an overdue review is a warning, not yet a fault."""
    least_separation: float = 0.75
    """Posterior that the right one of two personas must be expected to reach."""
    typical_turns: int = 3
    """Turns after which that is expected."""
    typical_presence: float = 0.2
    """Share of turns in which a signal is present, over two personas."""


@dataclass(frozen=True)
class ArticleRules:
    """What `persona-router check` demands of articles."""

    foreign_from: float = 0.995
    """Probability from which a text counts as written in another language than its folder's."""
    foreign_words: int = 6
    """Words that a text must have to be judged by itself."""
    local: frozenset[str] = frozenset()
    """Ids of articles that need no translation."""
    reached_within: int = 3
    """Place among the articles found up to which an article counts as found."""
    same_meaning: float = 0.5
    """Similarity of two articles, sentence by sentence, from which they say the same."""
    same_words: float = 0.5
    """Share of the shorter article's wording from which another one repeats it."""
    translation_grace_days: int = 0
    """Days by which a translation may be older than its source."""


@dataclass(frozen=True, kw_only=True)
class Exploration:
    """On which `share` (0 to 1) of the conversations that agreed another route is tried.

    It is one `among` so many of the best open routes. A share of 0 tries nothing.
    """

    share: float = 0.0
    among: int = 2


@dataclass(frozen=True)
class Policy:
    """The whole routing policy; `version` names its content in every decision."""

    version: str
    languages: tuple[str, ...]
    default_locale: str
    fallbacks: Mapping[str, tuple[str, ...]]
    routes: Mapping[str, RoutePolicy]
    neutral: tuple[str, ...]
    """Ranking of routes while no persona is assumed."""
    intents: Mapping[str, IntentPolicy]
    default_served_by: tuple[str, ...]
    """What serves a concern that is not known (yet)."""
    unrecognised: frozenset[str]
    wishes: Mapping[str, tuple[str, ...]]
    """Intents that are wishes for routes, the wished routes of each."""
    accepts: frozenset[str]
    """Intents that say yes to an offer."""
    actions: Mapping[str, str]
    """Rasa actions of what is no route: why, stop, resume, closed, failed and the like."""
    evidence: EvidenceParams
    weights: Weights
    declines: frozenset[str] = frozenset()
    """Intents that say no, as to "did this help?"."""
    free_text: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Slots per form whose answer may be any text, so that nothing but a wish leaves the form."""
    must_answer: frozenset[str] = frozenset()
    """Custom actions that always say something; silence means that they failed."""
    reading_pages: frozenset[str] = frozenset()
    devices: Mapping[str, Typing] = field(default_factory=lambda: MappingProxyType({}))
    """How people write with each device, as channels name it."""
    article_from: float = 0.0
    """Search score from which an article counts as an answer."""
    fairness_budget: float = 0.02
    """Share of routes that may change with what must not change them, in the experiment."""
    coverage_budget: float = 1.0
    """Share of the coverage grid's cells that may lack a route."""
    cards: CardRules = CardRules()
    articles: ArticleRules = ArticleRules()
    desk: DeskRules = field(default_factory=DeskRules)
    exploration: Exploration = Exploration()
    comparison: Comparison = field(default_factory=Comparison)
    callbacks: CallbackRules | None = None
    """How callbacks are booked; None where customers say a time in their own words."""
    privacy: PrivacyRules = field(default_factory=PrivacyRules)

    def always_open(self) -> "Policy":
        """Return the policy as if every route were open and staffed in every language."""
        routes = {name: replace(route, services=()) for name, route in self.routes.items()}
        return replace(self, routes=routes)

    def typing(self, device: str | None) -> Typing:
        """Return how people write with a device; as at a desktop where nothing is declared."""
        return self.devices.get(device or "", Typing())

    def understands(self, intent: str | None, confidence: float) -> bool:
        """Return whether an intent is recognised surely enough to be acted on.

        Intents that the policy does not route are the host's own business at any confidence.
        """
        if intent in self.wishes:
            return confidence >= self.weights.wish_from
        sure = confidence >= self.weights.intent_from
        return intent not in self.unrecognised and (sure or intent not in self.intents)

    @property
    def heard_languages(self) -> tuple[str, ...]:
        """Languages that people at the end of some route speak, but the assistant does not."""
        people = (s for r in self.routes.values() if r.person for s in r.services)
        spoken = (tag.partition("-")[0] for service in people for tag in service.locales)
        return tuple(dict.fromkeys(code for code in spoken if code not in self.languages))

    @property
    def person_routes(self) -> frozenset[str]:
        """Routes at whose end a person answers."""
        return frozenset(r.id for r in self.routes.values() if r.person)
