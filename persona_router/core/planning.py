"""From decision to action: which Rasa actions a turn runs, and which of them comes next."""

from collections.abc import Container, Sequence

from persona_router.core.feedback import HELPED, NOT_HELPED, Verdict
from persona_router.core.policy import Policy
from persona_router.core.preference import FORGET, REMEMBER
from persona_router.core.turn import ASIDES, MORE, Turn
from persona_router.core.wishes import Wish

LEAVE_FORM = "action_deactivate_loop"
LISTEN = "action_listen"


def plan_turn(
    turn: Turn,
    policy: Policy,
    *,
    wish: Wish,
    concern: str | None,
    stated: bool,
    failures: int,
    route: str | None,
    route_open: bool,
    keeps: bool = False,
    verdict: Verdict | None = None,
) -> tuple[str, ...]:
    """Return the actions that this turn runs, in order; empty leaves it to the host's rules.

    `stated` tells whether the turn itself states `concern` (or could not be understood), `keeps`
    whether there is a preference that the page can remember, `verdict` what the turn says of an
    answer. A wish in words outweighs "why?" and "stop" in the same turn: it is honoured in the turn
    it is said.
    """
    leave = (LEAVE_FORM,) if turn.form else ()
    if turn.asks("resume"):
        # also when the person has left already: the button stays in the page
        return (*leave, policy.actions["resume"])
    if (turn.asks(REMEMBER) and keeps) or turn.asks(FORGET):
        # also with a person: it concerns nobody but the customer and their browser
        return (policy.actions[REMEMBER if turn.asks(REMEMBER) else FORGET],)
    if turn.with_person:
        return ()
    heard = () if _insists(turn, wish, policy) else ("why", "stop")
    for kind in ("why", "correct", MORE, "callback", "stop"):
        if turn.asks(kind) or (kind in heard and turn.lexicon.says(kind, turn.folded)):
            # what is asked or said about the suggestion does not lose the form's place
            return (() if kind in ASIDES else leave) + (policy.actions[kind],)
    if turn.language_requested:
        return (policy.actions["language"],)
    if wish:
        granted = route in wish.routes
        if not granted and concern is None and policy.person_routes.isdisjoint(wish.routes):
            return (*leave, policy.actions["not_understood"])
        asked = wish.said if granted else None
        return (*leave, _carry_out(route, policy, concern, asked=asked, is_open=route_open))
    if verdict is not None:
        return _after_verdict(verdict, turn, policy, route, concern, is_open=route_open)
    if turn.form and not stated:
        return ()
    if not turn.language_served:
        return (*leave, policy.actions["unsupported_language"])
    if not stated:
        return ()
    lost = concern is None or not policy.understands(turn.intent, turn.intent_confidence)
    if lost and turn.article_found is not True and failures < policy.weights.person_after:
        return (*leave, policy.actions["not_understood"])
    return (*leave, _carry_out(route, policy, concern, asked=None, is_open=route_open))


def _after_verdict(
    verdict: Verdict,
    turn: Turn,
    policy: Policy,
    route: str | None,
    concern: str | None,
    *,
    is_open: bool,
) -> tuple[str, ...]:
    """Return the answer to a verdict; what did not help is followed by the next route.

    Not in a form: what it asks for is another matter, and is not lost for an old button.
    """
    if verdict.helped:
        return (policy.actions[HELPED],)
    sorry = policy.actions[NOT_HELPED]
    if turn.form:
        return (sorry,)
    return (sorry, _carry_out(route, policy, concern, asked=None, is_open=is_open))


def _insists(turn: Turn, wish: Wish, policy: Policy) -> bool:
    """Whether the wish is clear enough to outweigh other words: not by a doubtful intent alone."""
    if wish.said == "intent":
        return turn.intent_confidence >= policy.weights.leave_form_from
    return bool(wish)


def leaves_form(turn: Turn, policy: Policy) -> bool:
    """Return whether the turn's intent is a concern for which the form is left.

    What a form asks for often looks like an intent: it takes a button, or a clear statement while
    no free text is asked for, and not one of the very concern that the form serves.
    """
    intent = policy.intents.get(turn.intent or "")
    if intent is None or intent.self_service == turn.form:
        return False
    if turn.asks("intent"):
        return True
    if turn.requested_slot in policy.free_text.get(turn.form or "", ()):
        return False
    return turn.intent_confidence >= policy.weights.leave_form_from


def _carry_out(
    route: str | None, policy: Policy, concern: str | None, *, asked: str | None, is_open: bool
) -> str:
    """Return the action for `route`; `asked` tells how the customer asked for it, if they did."""
    if route is None:
        return policy.actions["no_route"]
    if not is_open:
        return policy.actions["closed"]
    chosen = policy.routes[route]
    intent = policy.intents.get(concern or "")
    if chosen.action is None:
        return (intent.self_service if intent else None) or policy.actions["not_understood"]
    if asked == "words" or asked == "intent":
        return chosen.on_wish or chosen.action
    only_people = intent is not None and set(intent.served_by) <= policy.person_routes
    return chosen.offer if chosen.offer and not asked and not only_people else chosen.action


def carries_out(action: str, route: str, policy: Policy, concern: str | None) -> bool:
    """Return whether a planned action is the route itself, rather than an offer or an apology."""
    chosen = policy.routes[route]
    intent = policy.intents.get(concern or "")
    served = intent.self_service if intent and chosen.action is None else None
    return action in (chosen.action, chosen.on_wish, served)


def next_action(
    plan: Sequence[str],
    executed: Sequence[str],
    *,
    with_person: bool,
    produced: bool,
    forms: Container[str],
    failed: str,
    must_answer: frozenset[str] = frozenset(),
) -> str | None:
    """Return the next action of a turn, `LISTEN` when it is done, None to leave it to others.

    `executed` are the actions since the customer's message; `produced` tells whether the last of
    them left any event. A planned action, or one of `must_answer`, that left none has crashed or
    had nothing to say, and is followed by `failed`: a customer never meets an empty reply.
    """
    if with_person and not plan:
        return LISTEN
    if failed in executed:
        return LISTEN
    last = executed[-1] if executed else None
    if last is not None and not produced and (last in plan or last in must_answer):
        return failed
    done = [name for name in executed if name in plan]
    if len(done) < len(plan):
        return plan[len(done)]
    if plan and last == plan[-1]:
        return None if last in forms else LISTEN
    return None


def settles_turn(plan: Sequence[str], executed: Sequence[str], *, known: Container[str]) -> bool:
    """Return whether `next_action` is certain of every step that is left of a turn.

    So it is outside forms, if all planned actions are `known` ones that are no forms, and nothing
    but the plan has run since the customer's message.
    """
    return (
        bool(plan)
        and all(name in known for name in plan)
        and all(name in plan for name in executed)
    )
