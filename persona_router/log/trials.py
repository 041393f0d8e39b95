"""Visits on which another way was tried, or could have been, and what came of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from persona_router.core.counterfactual import leads_to
from persona_router.core.offpolicy import Effect, Sample, estimate
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.log.recompute import facts_of
from persona_router.log.store import REPEAT_SECONDS

UNDECIDED = "-"


@dataclass(frozen=True, kw_only=True)
class TrialVisit:
    """A visit that took part: its first choice, and what came of it.

    As in the figures: `deflected` tells that nobody took over and the customer did not come back
    within a week, None where that week is not over; `resolved` that an answer was said to help,
    none not to, and nobody took over, None where nothing was said. `stars` is the rating, if any.
    """

    choice: Sample
    deflected: bool | None
    resolved: bool | None
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
        visit.handed_over |= bool(row["handed_over"])
        visit.came_back |= bool(row["repeat_contact"])
        if row["helped"] is not None:
            visit.helped = visit.helped is not False and bool(row["helped"])
        visit.stars = visit.stars if row["rating"] is None else float(row["rating"])
        visit.ended = row["at"]
    for visit in visits.values():
        yield from visit.told(now)


def samples(visits: Iterable[TrialVisit]) -> Mapping[str, list[Sample]]:
    """Return the visits by outcome: each has those of which it is known, as 1 or 0, or as stars."""
    found: dict[str, list[Sample]] = {"deflection": [], "resolution": [], "rating": []}
    for visit in visits:
        for kept, outcome in zip(
            found.values(), (visit.deflected, visit.resolved, visit.stars), strict=True
        ):
            if outcome is not None:
                kept.append(replace(visit.choice, outcome=float(outcome)))
    return found


def effects(
    rows: Iterable[Mapping[str, Any]],
    policy: Policy,
    personas: Sequence[Persona],
    *,
    among: int,
    now: float,
) -> Mapping[str, Effect]:
    """Return what the trials tell of the policy, by outcome; empty where none were made.

    The arguments are those of `trial_visits`.
    """
    visits = tuple(trial_visits(rows, policy, personas, among=among, now=now))
    if not visits:
        return {}
    return {name: estimate(found) for name, found in samples(visits).items()}


@dataclass
class _Visit:
    """What is known so far of a visit; rows of millions are not kept."""

    choice: Sample | None = None
    handed_over: bool = False
    came_back: bool = False
    helped: bool | None = None
    stars: float | None = None
    ended: float = 0.0

    def told(self, now: float) -> Iterator[TrialVisit]:
        if self.choice is None:
            return
        lost = self.handed_over or self.came_back
        over = self.ended < now - REPEAT_SECONDS
        yield TrialVisit(
            choice=self.choice,
            deflected=not lost if lost or over else None,
            resolved=None if self.helped is None else self.helped and not self.handed_over,
            stars=self.stars,
        )


def _choice(
    row: Mapping[str, Any], policy: Policy, personas: Sequence[Persona], among: int
) -> Sample | None:
    """Return the choice of a decision that something could be tried in; None for all others."""
    if not row["plan"] or row["propensity"] is None or not 0 < row["propensity"] < 1:
        return None
    if row["arm"] is not None:  # a comparison: where the other policy led is not logged
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
