"""Whether customers have changed since the personas were made: two spans of visits compared."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from persona_router.core.comparison import chi_squared, holm, stability_index
from persona_router.core.interval import wilson

UNDECIDED = "-"
"""Visits for which no persona was sure enough."""
ALARM = 0.05
"""How likely any comparison of personas and signals is alarming where nothing has changed."""
_BINS = 4
_STRONG = 0.5
_LIFT = 2.0
_MOST_GROUPS = 5


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A visit as it ended: the persona (None: undecided), how sure, and what the customer did.

    `signals` holds the mean over the visit's messages, from 0 to 1, of each signal that was
    present; `corrected` that the customer said the persona does not fit.
    """

    persona: str | None
    sure: float
    signals: Mapping[str, float]
    corrected: bool = False


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How a share, or a signal's mean, differs between the spans.

    `index` is the population stability index over the bins; `p` is the chi-squared test's
    value before the correction for many tests, `alarm` whether it is alarming after.
    """

    name: str
    before: float | None
    now: float | None
    index: float
    p: float
    alarm: bool


@dataclass(frozen=True, kw_only=True)
class Trust:
    """How often a persona was corrected, beside how often the inference itself expects to be wrong.

    Few customers correct it, so that fewer corrections than expected prove nothing; an `alarm`
    says that even the lower end of the 95 % interval is above what is expected.
    """

    persona: str
    visits: int
    corrected: int
    expected: float

    @property
    def alarm(self) -> bool:
        """Whether it is wrong more often than it claims."""
        return self.visits > 0 and wilson(self.corrected, self.visits)[0] > self.expected


@dataclass(frozen=True, kw_only=True)
class Group:
    """Undecided visits that have two strong signals in common, and how many were to be expected."""

    signals: tuple[str, str]
    visits: int
    expected: float


@dataclass(frozen=True, kw_only=True)
class CheckIn:
    """What a check-in found; None instead of a comparison where there were too few visits."""

    before: int
    now: int
    personas: tuple[Shift, ...] | None
    signals: tuple[Shift, ...] | None
    trust: tuple[Trust, ...]
    groups: tuple[Group, ...]

    @property
    def alarms(self) -> int:
        """How many findings want somebody's attention."""
        shifts = (*(self.personas or ()), *(self.signals or ()))
        raised = sum(one.alarm for one in shifts) + sum(one.alarm for one in self.trust)
        return raised + len(self.groups)


def check_in(before: Sequence[Seen], now: Sequence[Seen], *, minimum: int) -> CheckIn:
    """Return how the later visits differ from the earlier ones.

    Nothing is compared below `minimum` visits on either side. Groups that look like a new persona
    are looked for only where more visits than before are undecided.
    """
    trust = tuple(_trusts(now))
    if min(len(before), len(now)) < minimum:
        return CheckIn(
            before=len(before), now=len(now), personas=None, signals=None, trust=trust, groups=()
        )
    shares = [_shift_of_share(name, before, now) for name in _personas(before, now)]
    signals = [_shift_of_signal(name, before, now) for name in _signals(before, now)]
    alarming = holm([one.p for one in (*shares, *signals)], ALARM)
    judged = [
        replace(one, alarm=alarm) for one, alarm in zip((*shares, *signals), alarming, strict=True)
    ]
    personas = tuple(judged[: len(shares)])
    grown = any(
        one.name == UNDECIDED and one.alarm and (one.now or 0.0) > (one.before or 0.0)
        for one in personas
    )
    return CheckIn(
        before=len(before),
        now=len(now),
        personas=personas,
        signals=tuple(judged[len(shares) :]),
        trust=trust,
        groups=tuple(_groups(before, now, minimum)) if grown else (),
    )


def _personas(*spans: Sequence[Seen]) -> list[str]:
    found = {seen.persona or UNDECIDED for span in spans for seen in span}
    return [*sorted(found - {UNDECIDED}), UNDECIDED]


def _signals(*spans: Sequence[Seen]) -> list[str]:
    return sorted({name for span in spans for seen in span for name in seen.signals})


def _shift_of_share(name: str, before: Sequence[Seen], now: Sequence[Seen]) -> Shift:
    old, new = (sum((seen.persona or UNDECIDED) == name for seen in span) for span in (before, now))
    counts = ([old, len(before) - old], [new, len(now) - new])
    return Shift(
        name=name,
        before=old / len(before),
        now=new / len(now),
        index=stability_index(*counts),
        p=chi_squared(*counts),
        alarm=False,
    )


def _shift_of_signal(name: str, before: Sequence[Seen], now: Sequence[Seen]) -> Shift:
    values = [[seen.signals.get(name) for seen in span] for span in (before, now)]
    # The edges come of both spans together, so that neither is more at home in them.
    together = sorted(value for span in values for value in span if value is not None)
    edges = sorted({together[len(together) * n // _BINS] for n in range(1, _BINS)})
    counts = [_binned(span, edges) for span in values]
    means = [[value for value in span if value is not None] for span in values]
    old, new = (sum(span) / len(span) if span else None for span in means)
    return Shift(
        name=name,
        before=old,
        now=new,
        index=stability_index(*counts),
        p=chi_squared(*counts),
        alarm=False,
    )


def _binned(values: Iterable[float | None], edges: Sequence[float]) -> list[int]:
    """Return how many values are absent, and how many lie in each bin."""
    counts = Counter(
        0 if value is None else 1 + sum(value >= edge for edge in edges) for value in values
    )
    return [counts[place] for place in range(len(edges) + 2)]


def _trusts(now: Sequence[Seen]) -> Iterable[Trust]:
    for persona in sorted({seen.persona for seen in now if seen.persona}):
        visits = [seen for seen in now if seen.persona == persona]
        yield Trust(
            persona=persona,
            visits=len(visits),
            corrected=sum(seen.corrected for seen in visits),
            expected=sum(1 - seen.sure for seen in visits) / len(visits),
        )


def _groups(before: Sequence[Seen], now: Sequence[Seen], minimum: int) -> list[Group]:
    """Return pairs of signals that undecided visits share far more often now than all did before.

    The largest first. Only pairs that are common enough are tested, which Holm's method counts.
    """
    undecided = [seen for seen in now if seen.persona is None]
    usual, found = _pairs(before), _pairs(undecided)
    tested, values = [], []
    for pair, count in found.items():
        if count < minimum:
            continue
        expected = (usual[pair] + 0.5) / (len(before) + 1) * len(undecided)
        tested.append(Group(signals=pair, visits=count, expected=expected))
        rest = (len(undecided) - count, len(before) - usual[pair])
        values.append(chi_squared((count, rest[0]), (usual[pair], rest[1])))
    groups = [
        group
        for group, alarm in zip(tested, holm(values, ALARM), strict=True)
        if alarm and group.visits >= _LIFT * group.expected
    ]
    groups.sort(key=lambda group: (-group.visits, group.signals))
    return groups[:_MOST_GROUPS]


def _pairs(visits: Iterable[Seen]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for seen in visits:
        strong = sorted(name for name, value in seen.signals.items() if value >= _STRONG)
        counts.update(combinations(strong, 2))
    return counts
