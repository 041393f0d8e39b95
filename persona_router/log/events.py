"""From Rasa's events to what the routing log keeps: rows of decisions, and what came of them."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

_Kept = TypeVar("_Kept")
_MOST_OPEN = 10_000
_WAITING = "waiting"
"""Value of the slot `handoff_status` until somebody takes the conversation over."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became known of a decision after it was made: values of the log's outcome columns."""

    decision: str
    values: Mapping[str, float]


class EventReader:
    """Reads events in the order in which they happened; those of one turn come to one reader.

    A turn's decision comes with the customer's message, what came of it with the events after.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._waiting: OrderedDict[str, str] = OrderedDict()

    def read(self, event: Mapping[str, Any]) -> tuple[dict[str, Any] | Outcome, ...]:
        """Return the row and the outcomes that the event tells, if any."""
        conversation = str(event.get("sender_id", ""))
        row = decision_row(event)
        if row is not None:
            _keep(self._open, conversation, (row["id"], row["at"]))
            return (row, *_verdict(event))
        kind, name = event.get("event"), event.get("name")
        if kind == "user":
            self._open.pop(conversation, None)
        if kind == "slot" and name == "handoff_status":
            return self._handed_over(conversation, event.get("value"))
        if conversation not in self._open:
            return ()
        decision, at = self._open[conversation]
        if kind == "action" and name == "action_listen":
            del self._open[conversation]
            seconds = _number(event.get("timestamp")) - at
            values = {"latency_ms": round(1000 * seconds, 1)} if seconds >= 0 else {}
            return (Outcome(decision=decision, values=values),) if values else ()
        return ()

    def _handed_over(self, conversation: str, status: object) -> tuple[Outcome, ...]:
        """Return that a decision led to people, or that nobody had come when the waiting ended."""
        waited = self._waiting.pop(conversation, None)
        if not status:
            return () if waited is None else (Outcome(decision=waited, values={"abandoned": 1}),)
        if conversation not in self._open:
            if waited is not None and status == _WAITING:
                self._waiting[conversation] = waited
            return ()
        decision, _ = self._open[conversation]
        if status == _WAITING:
            _keep(self._waiting, conversation, decision)
        return (Outcome(decision=decision, values={"handed_over": 1}),)

    def is_open(self, conversation: str) -> bool:
        """Return whether the conversation's last decision waits for the end of its turn."""
        return conversation in self._open


def _keep(kept: OrderedDict[str, _Kept], conversation: str, value: _Kept) -> None:
    kept[conversation] = value
    if len(kept) > _MOST_OPEN:
        kept.popitem(last=False)


def _verdict(event: Mapping[str, Any]) -> tuple[Outcome, ...]:
    """Return what the customer's message says of an earlier decision's answer."""
    said = event["parse_data"]["routing"].get("verdict") or {}
    if said.get("decision") is None:
        return ()
    return (Outcome(decision=said["decision"], values={"helped": int(said["helped"])}),)


def decision_row(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the row of a Rasa event; None for an event that carries no decision."""
    parsed = event.get("parse_data")
    decision = parsed.get("routing") if isinstance(parsed, Mapping) else None
    if event.get("event") != "user" or not isinstance(decision, Mapping) or "id" not in decision:
        return None
    assert isinstance(parsed, Mapping)
    hits = parsed.get("knowledge")
    best = hits[0] if hits else {}
    plan = list(decision.get("plan", []))
    shown = best if "utter_article" in plan else {}
    locale = decision.get("locale")
    return {
        "id": decision["id"],
        "at": _number(event.get("timestamp")),
        "conversation": str(event.get("sender_id", "")),
        "channel": event.get("input_channel"),
        "plan": plan,
        "language": locale.partition("-")[0] if isinstance(locale, str) else None,
        "language_confidence": _confidence(parsed.get("language")),
        "intent_confidence": _confidence(parsed.get("intent")),
        "model": (event.get("metadata") or {}).get("model_id"),
        **{
            name: decision.get(name)
            for name in (
                "turn", "locale", "intent", "concern", "route", "persona", "policy_version",
                "propensity", "arm", "stated_route", "inferred_route", "inferred_persona", "spoken",
                "state",
            )
        },
        **{
            name: decision.get(name, {} if name in ("posterior", "signals") else [])
            for name in (
                "posterior", "evidence", "signals", "reasons", "constraints", "alternatives",
                "closed",
            )
        },
        "stages": parsed.get("stages"),
        "article": shown.get("article"),
        "article_locale": shown.get("locale"),
        "article_score": None if hits is None else float(best.get("score") or 0.0),
        "translation_demand": int(bool(shown.get("fallback"))),
        "failed": int(bool(decision.get("error"))),
        "unanswered": parsed.get("unanswered"),
        "corrected": int(bool(decision.get("corrected"))),
    }  # fmt: skip


def _confidence(found: object) -> float | None:
    value = found.get("confidence") if isinstance(found, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def _number(value: Any) -> float:
    return float(value or 0.0)
