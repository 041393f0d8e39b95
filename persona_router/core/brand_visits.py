"""What visits tell of the brand: who came where things went wrong, and which rules were met."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from persona_router.core.figures import Rate
from persona_router.core.policy import Policy

RULES = ("closed", "cannot_serve", "not_in_language")
"""Constraints that are the policy's own; all others are the customer's, or the article's."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One decision of a visit, as the log keeps it.

    `helped` is what the customer said of its answer, None if nothing; `reasons` are codes, the
    strongest first.
    """

    id: str
    at: float
    anger: float = 0.0
    failures: int = 0
    helped: bool | None = None
    handed_over: bool = False
    stated: str | None = None
    inferred: str | None = None
    constraints: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


Visit = tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Handover:
    """What came of a handoff: `waited` is how long until a person took it, None if nobody did.

    Lengths are in seconds. `open_for` is how long it has waited for somebody so far, None once it
    is taken or closed.
    """

    kind: str
    waited: float | None
    open_for: float | None = None

    def in_time(self, within: Mapping[str, float]) -> bool | None:
        """Return whether a person came within the time of its kind; None while that can be."""
        if self.open_for is not None:
            return None if self.open_for <= within[self.kind] else False
        return self.waited is not None and self.waited <= within[self.kind]


def escalations(
    visits: Iterable[Visit],
    handovers: Mapping[str, Handover],
    policy: Policy,
) -> Rate:
    """Return to how many of the visits in which something went wrong a person came in time.

    `handovers` are those of the decisions that asked for a person, by the decision's id. Not
    counted: visits whose customer refused a person and asked for none, and those of which it is
    not known, or not yet, whether somebody came.
    """
    found = [
        _came(visit, handovers, policy.desk.answer_within)
        for visit in visits
        if _went_wrong(visit, policy) and (_asked(visit) or not _refused(visit, policy))
    ]
    return Rate(sum(came is True for came in found), sum(came is not None for came in found))


def kept_away(visits: Iterable[Visit]) -> Rate:
    """Return how many visits met a rule that kept the customer from their way.

    The way of a turn is the one that the customer asked for, else the best for them. Visits
    without any are not counted.
    """
    ways = [visit for visit in visits if any(step.stated or step.inferred for step in visit)]
    return Rate(sum(any(map(_kept, visit)) for visit in ways), len(ways))


def _went_wrong(visit: Visit, policy: Policy) -> bool:
    """Whether the customer was angry, got nowhere repeatedly, or was not helped at last."""
    weights = policy.weights
    said = [step.helped for step in visit if step.helped is not None]
    return said[-1:] == [False] or any(
        step.anger >= weights.anger_from or step.failures >= weights.person_after for step in visit
    )


def _asked(visit: Visit) -> bool:
    return any(step.handed_over for step in visit)


def _refused(visit: Visit, policy: Policy) -> bool:
    refused = {f"refused:{route}" for route in policy.person_routes}
    return any(refused.intersection(step.constraints) for step in visit)


def _came(
    visit: Visit, handovers: Mapping[str, Handover], within: Mapping[str, float]
) -> bool | None:
    found = [handovers[step.id].in_time(within) for step in visit if step.id in handovers]
    if True in found:
        return True
    if None in found or (not found and _asked(visit)):
        return None
    return False


def _kept(step: Step) -> bool:
    if step.stated is not None:
        return any(f"{rule}:{step.stated}" in step.constraints for rule in RULES)
    # A closed route that was not the best stands behind all other reasons.
    return any(
        code == "closed" and after != "closed"
        for code, after in zip(step.reasons, step.reasons[1:], strict=False)
    )
