"""Personas as inference and routing need them; the card's prose stays with the content reader."""

from collections.abc import Mapping
from dataclasses import dataclass

SHORT, PASSAGE, FULL = "short", "passage", "full"
ANSWERS = (SHORT, PASSAGE, FULL)
"""How much of an article a persona reads in the chat: a line, the passage, or the whole section."""


@dataclass(frozen=True)
class Strength:
    """What a signal says for one persona, in decibans: when fully present, and when at zero."""

    present: float
    absent: float = 0.0

    def weigh(self, value: float) -> float:
        """Return the decibans of a signal's `value` in [0, 1], linear between the two ends."""
        return self.absent + (self.present - self.absent) * value


@dataclass(frozen=True)
class Persona:
    """A researched customer type: its routes best first, and what each signal says for it."""

    id: str
    name: str
    ranking: tuple[str, ...]
    strengths: Mapping[str, Strength]
    prior: float = 1.0
    """Relative share of customers, from research; normalised over the personas."""
    works: frozenset[str] = frozenset()
    """Routes that this persona succeeds with."""
    answers: str = PASSAGE
    """One of `ANSWERS`."""
