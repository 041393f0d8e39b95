"""What the customer explicitly asks for or refuses: wishes beat every inference."""

from dataclasses import dataclass, replace

from persona_router.core.meaning import REFUSE, WISH
from persona_router.core.policy import Policy
from persona_router.core.state import ConversationState
from persona_router.core.text import sentences
from persona_router.core.turn import Turn

PERSON = "person"
"""In phrase lists, `wish_person` and `refuse_person` mean any route that a person serves."""
_BUTTON, _OFFER = "button", "offer"


@dataclass(frozen=True)
class Wish:
    """Routes asked for and refused in this turn.

    `said` tells how: by `button`, by a yes to an `offer`, in `words`, by `intent` or by `meaning`.
    """

    routes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    said: str | None = None

    def __bool__(self) -> bool:
        return bool(self.routes)

    @property
    def chosen(self) -> bool:
        """Whether the customer picked among what was shown, rather than asked on their own."""
        return self.said in (_BUTTON, _OFFER)


def read_wish(turn: Turn, policy: Policy) -> Wish:
    """Return what this turn asks for; a button of an unknown route is read as its typed title.

    A refusal ("please don't call me") outweighs the wish whose words it contains. What is heard by
    meaning alone outweighs an intent, but never words.
    """
    payload = turn.payload
    if payload is not None and payload.kind == "route" and payload.value in policy.routes:
        return Wish(routes=(payload.value,), said=_BUTTON)
    if payload is not None and payload.kind != "intent" and pressed(turn, policy):
        return Wish()
    worded = [r for r in policy.routes if _listed(turn, policy, "wish", r)]
    refused = tuple(
        r
        for r in policy.routes
        if _listed(turn, policy, "refuse", r)
        or (r not in worded and _meant(turn, policy, REFUSE, r))
    )
    by_words = tuple(r for r in worded if r not in refused)
    if by_words:
        # "Any person" in words may mean one of them: "a colleague who answers here, in writing".
        meant = tuple(r for r in by_words if _meant(turn, policy, WISH, r))
        return Wish(meant or by_words, refused, "words")
    intended = policy.wishes.get(turn.intent or "", ())
    by_intent = tuple(r for r in intended if r not in refused)
    if by_intent and turn.intent_confidence >= policy.weights.wish_from:
        return Wish(by_intent, refused, "intent")
    if turn.wishes.get(WISH, 0.0) < policy.weights.person_wish_from:
        return Wish(refused=refused)
    if _unheard(turn) or _plain_concern(turn, policy):
        return Wish(refused=refused)
    people = [r for r in policy.routes if r in policy.person_routes]
    named = [r for r in people if _meant(turn, policy, WISH, r)]
    by_meaning = tuple(r for r in named or people if r not in refused)
    return Wish(by_meaning, refused, "meaning" if by_meaning else None)


def _meant(turn: Turn, policy: Policy, kind: str, route: str) -> bool:
    """Whether a sentence means this very route, or any person where a person serves the route.

    A refusal must be clearer than the wish for what it refuses: "no more menus, give me a person".
    """
    if _unheard(turn):
        return False
    heard = turn.wishes.get(f"{kind}{route}", 0.0)
    if kind == WISH:
        return heard >= policy.weights.person_wish_from
    refused = heard >= policy.weights.refuse_from and heard > turn.wishes.get(f"{WISH}{route}", 0.0)
    if route not in policy.person_routes or refused:
        return refused
    everybody = turn.wishes.get(f"{REFUSE}{PERSON}", 0.0)
    return everybody >= policy.weights.refuse_from and everybody > turn.wishes.get(WISH, 0.0)


def _unheard(turn: Turn) -> bool:
    """Whether meaning alone says nothing: in a form, or in a language without examples.

    What forms ask for is full of names, and those are near to persons in meaning.
    """
    return turn.form is not None or not turn.language_served


def _plain_concern(turn: Turn, policy: Policy) -> bool:
    """Whether the message is one sentence whose intent is surely a concern: it says what it means.

    In a longer message the sentence that wishes for a person may stand beside the concern.
    """
    sure = turn.intent_confidence >= policy.weights.concern_from
    return sure and turn.intent in policy.intents and len(sentences(turn.text)) < 2


def settle_wish(wish: Wish, turn: Turn, state: ConversationState, policy: Policy) -> Wish:
    """Return the wish in the light of the conversation: what was refused, what waits for a yes.

    A wish for any person does not take back "no calls please"; a wish for a call alone does.
    """
    allowed = tuple(route for route in wish.routes if route not in state.excluded)
    settled = replace(wish, routes=allowed or wish.routes)
    if settled.said != _BUTTON and _under_way(settled, turn, policy):
        return Wish(refused=settled.refused)
    offered = state.offered
    if offered is None or offered not in policy.routes:
        return settled
    if turn.intent not in policy.accepts or turn.form:
        return settled
    if offered in settled.refused or settled.said == _BUTTON:
        return settled
    return (
        settled
        if settled and offered not in settled.routes
        else Wish((offered,), settled.refused, _OFFER)
    )


def _under_way(wish: Wish, turn: Turn, policy: Policy) -> bool:
    """Whether the active form carries the wish out: "ring me after six" answers its question.

    A wish for any person in so many words is another one than the call that the form arranges.
    """
    ways = {r: (policy.routes[r].action, policy.routes[r].on_wish) for r in wish.routes}
    served = {r for r, actions in ways.items() if turn.form is not None and turn.form in actions}
    return bool(served) and (wish.said == "meaning" or served == set(wish.routes))


def pressed(turn: Turn, policy: Policy) -> bool:
    """Return whether a button was pressed that we made and that still has a meaning.

    Another one, such as an answer to a form that has ended, counts as its typed title.
    """
    payload = turn.payload
    if payload is None or not turn.metadata.clicked:
        return False
    if payload.kind == "route":
        return payload.value in policy.routes
    if payload.kind == "language":
        return turn.language_requested
    return payload.kind != "slot" or turn.form is not None


def _listed(turn: Turn, policy: Policy, kind: str, route: str) -> bool:
    names = [f"{kind}_{route}"]
    if route in policy.person_routes:
        names.append(f"{kind}_{PERSON}")
    return any(turn.lexicon.says(name, turn.folded) for name in names)
