"""What helped and what did not: "did this help?" after each article, and failures counted."""

from dataclasses import dataclass

from persona_router.core.policy import KNOWLEDGE_BASE, Policy
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn
from persona_router.core.wishes import pressed

HELPED = "helped"
NOT_HELPED = "not_helped"
_MOST_UNJUDGED = 5


@dataclass(frozen=True)
class Verdict:
    """Whether an answer helped; `decision` is the one that gave it, None if it is not known."""

    helped: bool
    decision: str | None = None


def read_verdict(turn: Turn, state: ConversationState, policy: Policy) -> Verdict | None:
    """Return what the turn says of the answer that was given, or None.

    A button may be pressed at any time, but what was judged once is judged. In words only the
    message just after the answer says it.
    """
    if turn.with_person:
        return None
    for kind, helped in ((HELPED, True), (NOT_HELPED, False)):
        if turn.asks(kind):
            asked = turn.payload.value if turn.payload else ""
            return Verdict(helped, asked if asked in state.answers else None)
    if not state.asked or not state.answers or turn.form or turn.payload is not None:
        return None
    said = _said(turn, policy)
    return None if said is None else Verdict(said, state.answers[-1])


def _said(turn: Turn, policy: Policy) -> bool | None:
    """Return what the words say, a plain yes or no included; None if nothing."""
    for kind, helped in ((NOT_HELPED, False), (HELPED, True)):
        if turn.lexicon.says(kind, turn.folded):
            return helped
    if turn.intent_confidence >= policy.weights.wish_from:
        if turn.intent in policy.accepts:
            return True
        if turn.intent in policy.declines:
            return False
    return None


def count_failures(
    turn: Turn,
    state: ConversationState,
    policy: Policy,
    concern: str | None,
    stated: bool,
    verdict: Verdict | None,
) -> int:
    """Return how often the assistant has not helped so far: not understood, or asked again.

    What no intent covers is understood where an article answers it.
    """
    if verdict is not None:
        return 0 if verdict.helped else state.failures + 1
    if turn.form or turn.aside or pressed(turn, policy):
        return state.failures
    said = turn.lexicon.says("failed_before", turn.folded)
    lost = turn.intent in policy.unrecognised
    if lost and turn.article_found:
        return state.failures + int(said)
    # Another order number makes it another request.
    again = stated and concern is not None and concern == state.concern and not turn.entities
    return state.failures + int(again or lost) + int(said)


def given_again(turn: Turn, state: ConversationState, policy: Policy, concern: str | None) -> bool:
    """Whether self-service for this concern was given just now, and would be in the same way.

    A pressed button asks for it, and a new order number makes it another request.
    """
    intent = policy.intents.get(concern or "")
    if turn.form or pressed(turn, policy) or turn.entities or intent is None:
        return False
    return state.served is not None and state.served == intent.self_service


def unhelpful_routes(turn: Turn, verdict: Verdict | None) -> tuple[str, ...]:
    """Return the routes whose answer did not help, as the turn says."""
    if verdict is None or verdict.helped or turn.form:
        return ()
    return (KNOWLEDGE_BASE,)


def unjudged(state: ConversationState, verdict: Verdict | None, new: str | None) -> tuple[str, ...]:
    """Return the decisions whose answers wait for the customer's verdict."""
    judged = verdict.decision if verdict else None
    left = tuple(one for one in state.answers if one != judged)
    return (*left, new)[-_MOST_UNJUDGED:] if new else left
