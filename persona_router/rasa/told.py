"""Which earlier decision and articles a reply speaks of: "why?" and "more" are about the last."""

from typing import Any, Dict, List, Mapping, Optional

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.rasa.conversation import KNOWLEDGE, ROUTING

_LOOK_BACK = 20
_NO_SUGGESTIONS = ("why", "remember", "forget", "helped", "more")


def told_decision(
    tracker: DialogueStateTracker, decision: Dict[str, Any], actions: Mapping[str, str]
) -> Dict[str, Any]:
    """Return the decision that the customer asks about: this turn's, or the last carried out.

    `actions` are the policy's, by kind. What may be remembered is what this turn found.
    """
    if {actions["why"], actions["more"]}.isdisjoint(decision.get("plan", ())):
        return decision
    skipped = {actions[kind] for kind in _NO_SUGGESTIONS}
    for parsed in _parsed(tracker)[1:]:
        earlier = parsed.get(ROUTING) or {}
        if earlier.get("plan") and skipped.isdisjoint(earlier["plan"]):
            asked = {"memory": [], "answers": None, **decision}
            return {**earlier, **{name: asked[name] for name in ("plan", "memory", "answers")}}
    return decision


def told_hits(
    tracker: DialogueStateTracker, hits: Optional[List[Dict[str, Any]]]
) -> List[Dict[str, Any]]:
    """Return the articles of this turn, or of the question that a button refers to."""
    if hits is not None:
        return hits
    for parsed in _parsed(tracker):
        found = parsed.get(KNOWLEDGE)
        if found:
            return found
    return []


def shown_passage(tracker: Optional[DialogueStateTracker], action: Optional[str]) -> Any:
    """Return (article, heading) if the last turn carried out `action`, which shows the best hit."""
    if tracker is None:
        return None
    last = next(iter(_parsed(tracker)), {})
    hits = last.get(KNOWLEDGE)
    shown = hits and action in (last.get(ROUTING) or {}).get("plan", ())
    return (hits[0]["article"], hits[0]["heading"]) if shown else None


def _parsed(tracker: DialogueStateTracker) -> List[Dict[str, Any]]:
    """Return what was found in the customer's messages, latest first."""
    found: List[Dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            found.append(event.parse_data or {})
            if len(found) == _LOOK_BACK:
                break
    return found
