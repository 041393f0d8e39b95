"""Why a turn goes where it goes, as codes that texts turn into words; the strongest first."""

from persona_router.core.decision import Reason
from persona_router.core.exploration import Trial
from persona_router.core.inference import Inference
from persona_router.core.policy import Policy
from persona_router.core.preference import Preference
from persona_router.core.ranking import Ranking, Situation
from persona_router.core.wishes import Wish

CHOSEN_EARLIER = Reason("override", {"said": "earlier"})
"""A choice made in an earlier turn; it does not reach all that one of this turn reaches."""


def reasons_for(
    known: Inference,
    wish: Wish,
    preference: Preference,
    situation: Situation,
    ranking: Ranking,
    policy: Policy,
    trial: Trial,
) -> tuple[Reason, ...]:
    """Return why the turn goes to the trial's route, the strongest reason first."""
    if trial.tried:
        return (Reason("trial"),)
    reasons, route = [], trial.route
    stated = wish.routes or situation.preferred
    if route in wish.routes:
        reasons.append(Reason("override" if wish.chosen else f"wish_{route}"))
    elif not wish and route in situation.preferred:
        reasons.append(Reason("remembered") if preference.kept else CHOSEN_EARLIER)
    opens = {
        c.route: Reason("closed", {"route": c.route, "opens": c.opens or ""})
        for c in ranking.closed
    }
    # Were it open, the turn would go there.
    reasons += [opens.pop(r) for r in ranking.missed[:1]]
    intent = policy.intents.get(situation.concern or "")
    if intent and set(intent.served_by) <= policy.person_routes:
        reasons.append(Reason("only_people", {"intent": situation.concern or ""}))
    if route in policy.person_routes and situation.anger >= policy.weights.anger_from:
        reasons.append(Reason("anger"))
    if situation.unhelpful:
        reasons.append(Reason("not_helped"))
    if route in policy.person_routes and situation.failures >= policy.weights.person_after:
        reasons.append(Reason("repeated_failure", {"times": str(situation.failures)}))
    if route not in stated or sum(r in stated for r in ranking.routes) > 1:
        reasons += _inferred_reasons(known, preference)
    return (*reasons, *opens.values())


def also_compared(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Return the reasons of a turn that only the compared policy leads where it goes.

    The strongest one stays first, because priorities and figures of handoffs go by it; customers
    are told two.
    """
    return (*reasons[:1], Reason("compared"), *reasons[1:])


def _inferred_reasons(known: Inference, preference: Preference) -> list[Reason]:
    """Return what the inference adds; nothing else explains a choice that was left to it."""
    if preference.corrected:
        return [Reason("corrected")]
    if known.persona is None:
        return [Reason("neutral")]
    persona = known.persona
    return [
        Reason("persona", {"persona": persona, "signal": told})
        for told in _strongest(known, persona)
    ]


def _strongest(known: Inference, persona: str) -> tuple[str, ...]:
    """Return what speaks most for `persona`: two signals of this turn, or `earlier` for a lack.

    Only those that are more there than not: "you wrote briefly" must be true to be said.
    """
    there = [e for e in known.evidence if e.value >= 0.5]
    speaking = [e for e in there if e.decibans.get(persona, 0.0) > 0]
    ordered = [e.signal for e in sorted(speaking, key=lambda e: -e.decibans[persona])]
    before = known.before.get(persona, 0.0) > 0 or not ordered
    return tuple([*ordered, "earlier"][:2] if before else ordered[:2])
