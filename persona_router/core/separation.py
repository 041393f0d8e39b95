"""Can signals tell two personas apart? What their strengths promise, before any customer writes."""

import math
from collections import defaultdict
from collections.abc import Mapping

from persona_router.core.evidence import EvidenceParams
from persona_router.core.persona import Persona, Strength

_NOTHING = Strength(0.0)
_Spread = Mapping[float, float]
"""Probabilities of decibans."""


def separation(
    one: Persona, other: Persona, *, params: EvidenceParams, turns: int, presence: float
) -> float:
    """Return the expected posterior of the right one of two personas after some typical turns.

    0.5 is a coin, 1 is certainty. It is the lower of the two values that come out when the
    customer is `one` and when the customer is `other`; the third persona, shares and meaning are
    left out, so that a rare persona must be recognisable by its signals too.

    In a typical turn every signal on either card is fully present or at zero, independently of
    the others. It says `present` or `absent` of `one` less that of `other`, in decibans d. The
    strengths are taken at their word: present for d decibans means R = 10^(d/10) times as often
    with `one` as with `other`. With a mean `presence` p over the two, the signal is present with
    `one` in 2pR/(1+R) of the turns and with `other` in 2p/(1+R), 1 at most. These shares
    give the distribution of a turn's decibans, bounded by the turn cap; `turns` of them are added,
    tempered as in a conversation, and the posterior 1/(1+10^(-x/10)) is averaged.
    """
    return min(
        _expected(one, other, params, turns, presence),
        _expected(other, one, params, turns, presence),
    )


def _expected(
    true: Persona, other: Persona, params: EvidenceParams, turns: int, presence: float
) -> float:
    turn: _Spread = {0.0: 1.0}
    for name in sorted({*true.strengths, *other.strengths}):
        ours, theirs = (p.strengths.get(name, _NOTHING) for p in (true, other))
        present, absent = ours.present - theirs.present, ours.absent - theirs.absent
        ratio = math.pow(10, present / 10)
        share = min(1.0, 2 * presence * ratio / (1 + ratio))
        turn = _sum(turn, {present: share, absent: 1 - share} if present != absent else {absent: 1})
    # Centred over two personas, each has half of the difference.
    bound = 2 * params.turn_cap
    capped: dict[float, float] = defaultdict(float)
    for decibans, probability in turn.items():
        capped[max(-bound, min(bound, decibans))] += probability
    total: _Spread = {0.0: 1.0}
    for _ in range(turns):
        total = _sum(total, capped)
    temper = math.pow(turns, -params.tempering)
    return sum(
        probability / (1 + math.pow(10, -decibans * temper / 10))
        for decibans, probability in total.items()
    )


def _sum(one: _Spread, other: _Spread) -> dict[float, float]:
    """Return the distribution of the sum of two independent amounts."""
    found: dict[float, float] = defaultdict(float)
    for first, p in one.items():
        for second, q in other.items():
            found[round(first + second, 1)] += p * q
    return found
