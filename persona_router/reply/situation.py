"""What a reply may speak of, and the phrases that it is told in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from persona_router.core.persona import PASSAGE
from persona_router.reply.preference import told_reasons
from persona_router.reply.texts import Texts

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Situation:
    """What a reply may speak of: the decision of the turn, the articles found, the customer's zone.

    `decision` is a decision as JSON, `hits` are articles as JSON, best first; `slots` are buttons
    for the free times of a callback, in place of those of the question for it.
    """

    chain: tuple[str, ...]
    at: datetime
    decision: Mapping[str, Any] = _NOTHING
    hits: Sequence[Mapping[str, Any]] = ()
    zone: str | None = None
    with_person: bool = False
    in_form: bool = False
    slots: Sequence[Mapping[str, str]] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    @property
    def locale(self) -> str:
        """The customer's locale: the first of the chain."""
        return self.chain[0]

    @property
    def answers(self) -> str:
        """How much of an article is shown: one of `core.persona.ANSWERS`."""
        return str(self.decision.get("answers") or PASSAGE)

    @property
    def asks_verdict(self) -> bool:
        """Whether there is an article to ask "did this help?" about, and a decision to keep it."""
        return bool(self.hits) and bool(self.decision.get("id"))


def phrase(texts: Texts, key: str, situation: Situation, **values: object) -> str:
    """Return the phrase in the customer's language, or empty if no locale of the chain has it."""
    return texts.phrase(key, situation.chain, **values) or ""


def told(texts: Texts, situation: Situation) -> Mapping[str, str]:
    """Return the code of each reason that is told to the customer, by its line."""
    return told_reasons(
        situation.decision,
        partial(phrase, texts, situation=situation),
        zone=situation.zone,
        locale=situation.locale,
    )
