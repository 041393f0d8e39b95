"""What the customer explicitly asks for or refuses: wishes beat every inference."""

from dataclasses import dataclass

from persona_router.core.policy import Policy
from persona_router.core.turn import Turn

PERSON = "person"
"""In phrase lists, `wish_person` and `refuse_person` mean any route that a person serves."""


@dataclass(frozen=True)
class Wish:
    """Routes asked for and refused in this turn; `said`: by button, words, intent or meaning."""

    routes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    said: str | None = None

    def __bool__(self) -> bool:
        return bool(self.routes)


def read_wish(turn: Turn, policy: Policy) -> Wish:
    """Return what this turn asks for; an unknown route in a button counts as no wish.

    A refusal ("please don't call me") outweighs the wish whose words it contains.
    """
    if turn.payload is not None and turn.payload.kind == "route":
        known = turn.payload.value in policy.routes
        return Wish(routes=(turn.payload.value,), said="button") if known else Wish()
    if turn.metadata.clicked and turn.payload is not None and turn.payload.kind != "intent":
        return Wish()
    refused = tuple(r for r in policy.routes if _listed(turn, policy, "refuse", r))
    worded = tuple(r for r in policy.routes if _listed(turn, policy, "wish", r))
    by_words = tuple(r for r in worded if r not in refused)
    if by_words:
        return Wish(by_words, refused, "words")
    intended = policy.wishes.get(turn.intent or "", ())
    by_intent = tuple(r for r in intended if r not in refused)
    if by_intent and turn.intent_confidence >= policy.weights.intent_from:
        return Wish(by_intent, refused, "intent")
    if turn.person_wish >= policy.weights.person_wish_from and not refused:
        return Wish(tuple(r for r in policy.routes if r in policy.person_routes), (), "meaning")
    return Wish(refused=refused)


def _listed(turn: Turn, policy: Policy, kind: str, route: str) -> bool:
    names = [f"{kind}_{route}"]
    if route in policy.person_routes:
        names.append(f"{kind}_{PERSON}")
    return any(turn.lexicon.says(name, turn.folded) for name in names)
