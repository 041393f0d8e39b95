"""Visits on which another way was tried, or could have been, and what came of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from persona_router.core.counterfactual import leads_to
from persona_router.core.offpolicy import Sample
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.log.recompute import facts_of
from persona_router.log.store import REPEAT_SECONDS

UNDECIDED = "-"


@dataclass(frozen=True, kw_only=True)
class TrialVisit:
    """A visit that took part: its first choice, and what came of it.

    `settled` tells that nobody took over, nothing was said not to help, and the customer did not
    come back within a week; None where that week is not over. `stars` is the rating, if any.
    """

    choice: Sample
    settled: bool | None
    stars: float | None


def trial_visits(
    rows: Iterable[Mapping[str, Any]],
    policy: Policy,
    personas: Sequence[Persona],
    *,
    among: int,
    now: float,
) -> Iterator[TrialVisit]:
    """Yield the visits of rows in the order of time; `policy` is the one to be tried.

    `among` is how many of the best routes were tried, `now` in Unix seconds.
    """
    visits: dict[str, _Visit] = {}
    for row in rows:
        conversation = row["conversation"]
        if row["turn"] == 1 and conversation in visits:
            yield from visits.pop(conversation).told(now)
        visit = visits.setdefault(conversation, _Visit())
        visit.choice = visit.choice or _choice(row, policy, personas, among)
        visit.lost |= bool(row["handed_over"] or row["helped"] == 0 or row["repeat_contact"])
        visit.stars = visit.stars if row["rating"] is None else float(row["rating"])
        visit.ended = row["at"]
    for visit in visits.values():
        yield from visit.told(now)


def settled(visits: Iterable[TrialVisit]) -> list[Sample]:
    """Return the visits of which it is known whether they are settled, with 1 or 0."""
    return [
        _with(visit.choice, float(visit.settled)) for visit in visits if visit.settled is not None
    ]


def rated(visits: Iterable[TrialVisit]) -> list[Sample]:
    """Return the visits that were rated, with their stars."""
    return [_with(visit.choice, visit.stars) for visit in visits if visit.stars is not None]


def _with(choice: Sample, outcome: float) -> Sample:
    return replace(choice, outcome=outcome)


@dataclass
class _Visit:
    """What is known so far of a visit; rows of millions are not kept."""

    choice: Sample | None = None
    lost: bool = False
    stars: float | None = None
    ended: float = 0.0

    def told(self, now: float) -> Iterator[TrialVisit]:
        if self.choice is None:
            return
        over = self.ended < now - REPEAT_SECONDS
        known = not self.lost if self.lost or over else None
        yield TrialVisit(choice=self.choice, settled=known, stars=self.stars)


def _choice(
    row: Mapping[str, Any], policy: Policy, personas: Sequence[Persona], among: int
) -> Sample | None:
    """Return the choice of a decision that something could be tried in; None for all others."""
    if not row["plan"] or row["propensity"] is None or not 0 < row["propensity"] < 1:
        return None
    facts = facts_of(row, policy)
    if facts is None or set(facts.posterior) not in (set(), {one.id for one in personas}):
        return None
    would = leads_to(facts, policy, personas)
    if would is None:
        return None
    return Sample(
        context=row["persona"] or UNDECIDED,
        route=row["route"],
        propensity=row["propensity"],
        would=would,
        possible=(row["route"], *row["alternatives"][: among - 1]),
        outcome=0.0,
    )
