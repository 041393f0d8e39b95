"""One customer turn as the core sees it: the utterance, its metadata and what came before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from persona_router.core.lexicon import Lexicon
from persona_router.core.text import fold, sentences, words

_LONGEST_FIELD = 300
_MARKS = " .,;:!?¿¡؟،…-"


@dataclass(frozen=True)
class Metadata:
    """What the channel knows of a turn besides its text; None where it does not know.

    `seconds` is the time between the assistant's last message (or opening the chat) and this one.
    `remembers` tells that the page can keep a preference, if the customer wants it; `preferred` (a
    route) and `corrected` are what it keeps of an earlier visit. `experiments` tells that the
    customer agreed that other ways may be tried on them.
    """

    input: str = "typed"
    payload: str | None = None
    device: str | None = None
    locale: str | None = None
    page: str | None = None
    referrer: str | None = None
    timezone: str | None = None
    returning: bool | None = None
    previous_contacts: int | None = None
    seconds: float | None = None
    remembers: bool = False
    preferred: str | None = None
    corrected: bool = False
    experiments: bool = False

    @property
    def clicked(self) -> bool:
        """Whether the customer chose a button instead of typing."""
        return self.input == "button"


def read_metadata(raw: object) -> Metadata:
    """Return the usable part of what a channel sent; wrong types and huge values count as absent.

    Never raises: metadata comes from a browser, and a customer must be served whatever it holds.
    """
    if not isinstance(raw, Mapping):
        return Metadata()
    return Metadata(
        input="button" if is_click(raw) else "typed",
        payload=_text(raw.get("payload")),
        device=_text(raw.get("device")),
        locale=_text(raw.get("locale")),
        page=_text(raw.get("page")),
        referrer=_text(raw.get("referrer")),
        timezone=_text(raw.get("timezone")),
        returning=raw["returning"] if isinstance(raw.get("returning"), bool) else None,
        previous_contacts=_count(raw.get("previous_contacts")),
        seconds=_seconds(raw.get("seconds")),
        remembers=raw.get("remembers") is True,
        preferred=_text(raw.get("preferred")),
        corrected=raw.get("corrected") is True,
        experiments=raw.get("experiments") is True,
    )


def is_click(raw: object) -> bool:
    """Return whether a channel sent that the customer chose a button instead of typing."""
    return isinstance(raw, Mapping) and raw.get("input") == "button"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_FIELD else None


def _count(value: Any) -> int | None:
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000
    return value if usable else None


def _seconds(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and 0 <= value <= 86_400 else None


@dataclass(frozen=True)
class Payload:
    """What a button asks for: `kind` such as "route", and its `value` (empty for bare kinds)."""

    kind: str
    value: str = ""


MORE = "more"
ASIDES = frozenset({"why", "correct", "remember", "forget", MORE})
"""Buttons about the suggestion, what is kept of a preference, the rest of a short answer; they
state no concern."""
BARE_PAYLOADS = ASIDES | {"stop", "resume", "callback"}
VALUED_PAYLOADS = frozenset({"intent", "route", "language", "slot", "helped", "not_helped"})


def parse_payload(text: object) -> Payload | None:
    """Return the payload that `text` spells, or None where it is missing or of no known kind.

    Never raises: like all metadata it comes from a browser.
    """
    if not isinstance(text, str):
        return None
    kind, _, value = text.partition(":")
    if kind in BARE_PAYLOADS and not value:
        return Payload(kind)
    if kind in VALUED_PAYLOADS and value:
        return Payload(kind, value)
    return None


@dataclass(frozen=True)
class Typing:
    """How people write with a device: `seconds` a word, `length` beside a desktop's messages."""

    seconds: float = 0.5
    length: float = 1.0


@dataclass(frozen=True)
class Turn:
    """An utterance with its metadata, what the NLU found in it, and where the dialogue stands."""

    text: str
    lexicon: Lexicon
    metadata: Metadata = Metadata()
    payload: Payload | None = None
    locale: str = ""
    intent: str | None = None
    intent_confidence: float = 0.0
    entities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    meaning: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Probability of each persona from the sentence vector alone; empty if unknown."""
    anybody: float = 0.0
    """Probability by the sentence vector that the text could be anybody's: it says so much less."""
    wishes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Probability that a sentence wishes or refuses, by label (see `MeaningModel.wishes`)."""
    number: int = 1
    form: str | None = None
    requested_slot: str | None = None
    typing: Typing = Typing()
    """How people write with the customer's device, from the routing policy."""
    earlier: tuple[str, ...] = ()
    """What the customer typed before in this conversation, folded, the latest last."""
    earlier_intent: str | None = None
    """The intent of the customer's message before; None where this one names another number."""
    reading_pages: frozenset[str] = frozenset()
    """Path parts and referrers that mean "reads before acting", from the routing policy."""
    language_served: bool = True
    """Whether the language of the text, where it is certain, is one that the assistant serves."""
    spoken: str | None = None
    """The language of the conversation where the assistant does not serve it but people may."""
    language_requested: bool = False
    """Whether this turn asks for another language and for nothing else."""
    with_person: bool = False
    """Whether a handoff is under way, so that the assistant is silent."""
    article_found: bool | None = None
    """Whether the knowledge base answers it; None if nobody searched."""

    @property
    def language(self) -> str:
        """The language of the turn's locale."""
        return self.locale.partition("-")[0]

    @cached_property
    def folded(self) -> str:
        """The text as phrase lists are matched against it."""
        return fold(self.text)

    @cached_property
    def folded_sentences(self) -> tuple[str, ...]:
        """The folded sentences of the text, without the marks around them."""
        return tuple(fold(part).strip(_MARKS) for part in sentences(self.text))

    @property
    def lines(self) -> float:
        """The length of the text in one-line requests of its language and device."""
        return len(self.words) / (self.lexicon.one_line * self.typing.length)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the text in order."""
        return words(self.text)

    def asks(self, kind: str) -> bool:
        """Return whether the turn is a button of this kind."""
        return self.payload is not None and self.payload.kind == kind

    @property
    def aside(self) -> bool:
        """Whether the turn is about the suggestion, and not about what the customer came for."""
        return self.payload is not None and self.payload.kind in ASIDES

    @cached_property
    def neutral(self) -> bool:
        """Whether nothing tells how somebody writes: a button, an emoji, a bare greeting."""
        if self.metadata.clicked or self.payload is not None or not self.words:
            return True
        pattern = self.lexicon.patterns.get("neutral")
        rest = pattern.sub(" ", self.folded) if pattern else self.folded
        return not any(character.isalnum() for character in rest)
