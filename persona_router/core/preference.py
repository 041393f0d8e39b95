"""What the customer has stated about the way to be helped; it beats whatever is inferred."""

from collections.abc import Collection
from dataclasses import dataclass

from persona_router.core.policy import Policy
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn

REMEMBER, FORGET = "remember", "forget"


@dataclass(frozen=True)
class Preference:
    """What was stated before this turn's wish, in this conversation or on an earlier visit.

    `routes` are those asked for and not refused since. `kept` tells that they come from the
    customer's browser, `corrected` that the assumed persona does not fit, so that none is assumed.
    """

    routes: tuple[str, ...] = ()
    kept: bool = False
    corrected: bool = False


def read_preference(
    turn: Turn, state: ConversationState, policy: Policy, *, excluded: Collection[str]
) -> Preference:
    """Return the preference that holds in this turn; one of this conversation beats a kept one.

    A turn that asks to forget it already goes without.
    """
    corrected = state.corrected or turn.asks("correct")
    if turn.asks(FORGET):
        return Preference(corrected=corrected)
    said = tuple(route for route in state.wished if route not in excluded)
    kept_route, kept_correction = kept_in_browser(turn, policy)
    if said or kept_route is None or kept_route in excluded:
        return Preference(said, corrected=corrected or kept_correction)
    return Preference((kept_route,), kept=True, corrected=corrected or kept_correction)


def kept_in_browser(turn: Turn, policy: Policy) -> tuple[str | None, bool]:
    """Return what the browser keeps of an earlier visit: a route, and whether it was a correction.

    It comes from outside: a route that the policy does not know counts as none.
    """
    route = turn.metadata.preferred
    return route if route in policy.routes else None, turn.metadata.corrected


def memory_offers(
    turn: Turn, policy: Policy, *, stated: str | None, corrected: bool, now: bool, asked: bool
) -> tuple[str, ...]:
    """Return what the browser may be asked to do with the preference: remember it, forget one.

    To remember is offered in the turn that states it (`now`), to forget right after it was
    remembered, both where the customer has `asked` why. Nothing is offered where the page cannot
    keep anything.
    """
    if not turn.metadata.remembers or turn.asks(FORGET):
        return ()
    something = stated is not None or corrected
    if turn.asks(REMEMBER):
        return (FORGET,) if something else ()
    kept = kept_in_browser(turn, policy)
    offers = []
    if (now or asked) and something and (stated, corrected) != kept:
        offers.append(REMEMBER)
    if asked and kept != (None, False):
        offers.append(FORGET)
    return tuple(offers)
