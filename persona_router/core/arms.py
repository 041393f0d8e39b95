"""Two compared policies: what came of the visits that each led, and how far they differ."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from scipy.special import chdtrc

from persona_router.core.comparison_rules import Arm
from persona_router.core.figures import RATES, Rate, Tally

SUSPICIOUS = 0.001
"""Below this p the sizes of the arms are not by chance (Fabijan et al., KDD 2019)."""


@dataclass(frozen=True, kw_only=True)
class ArmResult:
    """One arm: versions of its policy, the first one first, conversations, and sums of visits."""

    versions: tuple[str, ...] = ()
    conversations: int = 0
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A share of arm b less that of arm a, −1 to 1, with its 95 % interval."""

    share: float
    interval: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class ComparedArms:
    """What was counted of a comparison.

    `shares` are those with which arm b was drawn, as far as decisions tell: only those in which the
    policies lead to different routes do, and `differing` is how many of all those are.
    """

    arms: Mapping[Arm, ArmResult]
    shares: tuple[float, ...]
    differing: Rate

    @property
    def mixed(self) -> bool:
        """Whether it is more than one comparison: of several shares, or versions of a policy."""
        return len(self.shares) > 1 or any(len(arm.versions) > 1 for arm in self.arms.values())

    @property
    def sample_ratio(self) -> float | None:
        """How likely chance alone makes the arms' sizes so unlike the share; None if not known.

        Pearson's chi-squared test of conversations, which are what is drawn.
        """
        if self.mixed or not self.shares:
            return None
        counts = [self.arms[arm].conversations for arm in ("a", "b")]
        total, share = sum(counts), self.shares[0]
        if not total:
            return None
        expected = (total * (1 - share), total * share)
        statistic = sum((n - e) ** 2 / e for n, e in zip(counts, expected, strict=True))
        return float(chdtrc(1, statistic))

    @property
    def mismatch(self) -> bool:
        """Whether the arms' sizes tell that something other than the draw decides who is where."""
        return self.sample_ratio is not None and self.sample_ratio < SUSPICIOUS

    def differences(self, minimum: int) -> Mapping[str, Difference | None]:
        """Return the differences of RATES; None where an arm has fewer than `minimum` cases."""
        rates = [self.arms[arm].tally.rates for arm in ("a", "b")]
        return {
            name: difference(rates[0][name], rates[1][name])
            if min(found[name].cases for found in rates) >= max(1, minimum)
            else None
            for name in RATES
        }


def difference(a: Rate, b: Rate) -> Difference:
    """Return the share of `b` less that of `a`; raises ValueError without cases in both.

    The interval is Newcombe's hybrid of score intervals without continuity correction (Statistics
    in Medicine 17, 1998, pages 873 to 890, method 10).
    """
    if a.share is None or b.share is None:
        raise ValueError("A difference needs cases in both arms.")
    (a_low, a_high), (b_low, b_high) = a.interval, b.interval
    found = b.share - a.share
    return Difference(
        share=found,
        interval=(
            found - math.hypot(b.share - b_low, a_high - a.share),
            found + math.hypot(b_high - b.share, a.share - a_low),
        ),
    )
