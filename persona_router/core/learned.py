"""What labelled conversations taught: strengths that replace the cards' stated ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from persona_router.core.evidence import EvidenceParams
from persona_router.core.persona import Persona, Strength


@dataclass(frozen=True)
class Learned:
    """Strengths by persona and signal, in decibans, and how far to trust what they add up to.

    `meaning_weight` scales the say of the sentence vector, `temperature` divides all decibans of a
    conversation: above 1 where they were too sure of themselves.
    """

    strengths: Mapping[str, Mapping[str, Strength]]
    meaning_weight: float
    temperature: float = 1.0

    def personas(self, stated: Sequence[Persona]) -> tuple[Persona, ...]:
        """Return the personas with what was learned in place of what their cards state."""
        return tuple(
            replace(persona, strengths=self.strengths.get(persona.id, persona.strengths))
            for persona in stated
        )

    def params(self, stated: EvidenceParams) -> EvidenceParams:
        """Return the policy's parameters with what was learned in place of what it states."""
        return replace(stated, meaning_weight=self.meaning_weight, temperature=self.temperature)


@dataclass(frozen=True)
class LearnedModel:
    """What all labelled conversations taught, and what they teach without each of them.

    `held_out` is by the id of a conversation, so that evaluating on those conversations is honest.
    Without labelled conversations there is nothing, and cards count as stated.
    """

    usual: Learned | None = None
    held_out: Mapping[str, Learned] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, case: str | None) -> Learned | None:
        """Return what to use in the conversation of this id; usually that is no labelled one."""
        return self.held_out.get(case or "", self.usual)
