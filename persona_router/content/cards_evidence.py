"""Counts in labelled conversations what the statements and strengths of a persona card claim."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persona_router.content.case_turns import case_turns
from persona_router.content.examples import Case
from persona_router.content.personas import STRENGTHS
from persona_router.core.lexicon import Lexicon
from persona_router.core.policy import Policy
from persona_router.core.signals import measure_all
from persona_router.core.turn import Turn

PRESENT_FROM = 0.5
"""Value from which a signal counts as present in a turn."""


@dataclass(frozen=True)
class MeasuredCase:
    """A labelled conversation, and the signals that are present in each of its turns."""

    case: Case
    turns: tuple[frozenset[str], ...]


@dataclass(frozen=True, kw_only=True)
class Count:
    """How often something occurs with one persona and with the others.

    `what` is the kind and name of it, `unit` what was counted: turns or conversations. `ours` are
    the units of this persona, `found` those of them in which it occurs; `theirs` and `elsewhere`
    likewise of all other labelled personas.
    """

    what: tuple[str, str]
    unit: str
    conversations: int
    ours: int
    found: int
    theirs: int
    elsewhere: int

    @property
    def decibans(self) -> float:
        """What an occurrence says for this persona: 10·log10 of the two shares' ratio.

        Half an occurrence and half a miss are added to each side, so that "never" in a small
        sample is not taken for impossible: the estimator of Krichevsky and Trofimov ("The
        Performance of Universal Encoding", 1981), which is Bayes with Jeffreys' prior.
        """
        with_us = (self.found + 0.5) / (self.ours + 1)
        elsewhere = (self.elsewhere + 0.5) / (self.theirs + 1)
        # Adding nothing turns the "-0.0" of equal shares into "+0.0".
        return round(10 * math.log10(with_us / elsewhere), 1) + 0.0

    @property
    def method(self) -> str:
        """How it was counted and what came out, as a card's evidence says it."""
        kind, name = self.what
        where = {
            "signal": f"signal {name} in",
            "route": f"{name} acceptable in",
            "device": f"sent from {name} in",
        }[kind]
        return (
            f"counted by persona-router personas evidence; {where} {self.found} of {self.ours} "
            f"{self.unit} of this persona ({self.found / self.ours:.0%}) and {self.elsewhere} of "
            f"{self.theirs} of the others ({self.elsewhere / self.theirs:.0%}), "
            f"{self.decibans:+.1f} decibans"
        )


def measure_cases(
    cases: Sequence[Case], *, lexicons: Mapping[str, Lexicon], policy: Policy
) -> tuple[MeasuredCase, ...]:
    """Return the cases that have a persona, with the signals present in their turns.

    Signals need no trained model: they look at text, phrase lists and metadata only.
    """
    return tuple(
        MeasuredCase(case, tuple(map(_present, case_turns(case, lexicons=lexicons, policy=policy))))
        for case in cases
        if case.persona is not None
    )


def _present(turn: Turn) -> frozenset[str]:
    return frozenset(name for name, value in measure_all(turn).items() if value >= PRESENT_FROM)


def count(what: tuple[str, str], persona: str, cases: Sequence[MeasuredCase]) -> Count:
    """Return how often `what` occurs with `persona` and with the others.

    Signals are counted by turn, routes and devices by conversation. Raises ValueError if there
    are no conversations of this persona, or none of any other.
    """
    kind, name = what
    units: dict[bool, list[bool]] = {True: [], False: []}
    for measured in cases:
        case = measured.case
        own = units[case.persona == persona]
        if kind == "signal":
            own.extend(name in present for present in measured.turns)
        elif kind == "route":
            own.append(name in case.routes)
        else:
            own.append(case.turns[0].metadata.device == name)
    for side, whose in ((True, f"of '{persona}'"), (False, f"of others than '{persona}'")):
        if not units[side]:
            raise ValueError(f"There is no labelled conversation {whose}.")
    return Count(
        what=what,
        unit="turns" if kind == "signal" else "conversations",
        conversations=len(cases),
        ours=len(units[True]),
        found=sum(units[True]),
        theirs=len(units[False]),
        elsewhere=sum(units[False]),
    )


def strength_of(decibans: float) -> str:
    """Return the verbal strength nearest to `decibans`, such as "strong for" or "none"."""
    sizes = {"none": 0.0, **STRENGTHS}
    size = min(sizes, key=lambda name: abs(sizes[name] - abs(decibans)))
    return size if size == "none" else f"{size} {'for' if decibans > 0 else 'against'}"
