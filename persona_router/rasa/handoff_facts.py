"""What a person needs to know of a conversation, read from its tracker as the SDK has it."""

import time
from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from rasa_sdk import Tracker

from persona_router.core.locale import region_of
from persona_router.handoff.queue import HandoffRequest, Kind, Line
from persona_router.rasa.own_policy import own_redactor
from persona_router.redaction import Redactor

_MOST_ARTICLES = 5


def handoff_request(
    tracker: Tracker, kind: Kind, *, number: Optional[str] = None, when: Optional[str] = None
) -> HandoffRequest:
    """Return what a person needs to know of this conversation, from the tracker alone.

    Personal data in what was said is covered, since it is kept; the assistant can still be asked.
    """
    decision = last_decision(tracker)
    persona = decision.get("persona")
    evidence = [
        {**entry, "decibans": entry.get("decibans", {}).get(persona, 0.0)}
        for entry in decision.get("evidence", [])
        if persona is not None
    ]
    reasons = decision.get("reasons", [])
    locale = decision.get("locale") or _spoken(tracker)
    return HandoffRequest(
        conversation=tracker.sender_id,
        kind=kind,
        reason=reasons[0]["code"] if reasons else "fallback",
        language=decision.get("spoken") or locale.partition("-")[0],
        locale=locale,
        output_channel=tracker.get_latest_input_channel() or "website",
        requested_at=time.time(),
        intent=decision.get("concern") or decision.get("intent"),
        persona=persona,
        # Whoever takes over is not told a guess that the customer has rejected.
        posterior={} if decision.get("corrected") else decision.get("posterior", {}),
        evidence=tuple(evidence),
        entities=_entities(tracker),
        tried=tuple((decision.get("state") or {}).get("tried", ())[:-1]),
        articles=tuple(_articles(tracker)),
        transcript=_transcript(tracker, own_redactor(), region_of(locale)),
        phone_number=number,
        callback_time=when,
        decision_id=decision.get("id"),
    )


def _spoken(tracker: Tracker) -> str:
    """Return the locale of the conversation where its decision has none; "und" if it is unknown."""
    found = (tracker.latest_message or {}).get("language") or {}
    return found.get("locale") or tracker.get_slot("language") or "und"


def last_decision(tracker: Tracker) -> Dict[str, Any]:
    """Return the decision of the latest turn, else the last one with a plan; empty if none is."""
    return (tracker.latest_message or {}).get("routing") or _from_events(tracker)


def _from_events(tracker: Tracker) -> Dict[str, Any]:
    for event in reversed(tracker.events):
        found = (event.get("parse_data") or {}).get("routing") if event["event"] == "user" else None
        if found and found.get("plan"):
            return dict(found)
    return {}


def _entities(tracker: Tracker) -> Dict[str, Any]:
    """Return what rules found in the whole conversation, the latest value of each kind."""
    plugin = ("language", "persona", "route", "slot_value")
    found: Dict[str, Any] = {}
    for event in tracker.events:
        if event["event"] == "user":
            for entity in (event.get("parse_data") or {}).get("entities", []):
                if entity["entity"] not in plugin:
                    found[entity["entity"]] = entity["value"]
    return found


def _articles(tracker: Tracker) -> List[Dict[str, Any]]:
    """Return the articles that were given to read, and what the customer said of each."""
    given: Dict[str, Dict[str, Any]] = {}
    for event in tracker.events:
        parsed = event.get("parse_data") or {} if event["event"] == "user" else {}
        decision, hits = parsed.get("routing") or {}, parsed.get("knowledge")
        verdict = decision.get("verdict") or {}
        if verdict.get("decision") in given:
            given[verdict["decision"]]["helped"] = verdict["helped"]
        if hits and "utter_article" in decision.get("plan", ()):
            given[decision.get("id", "")] = {"title": hits[0]["title"], "helped": None}
    return list(given.values())[-_MOST_ARTICLES:]


def _transcript(tracker: Tracker, redactor: Redactor, region: Optional[str]) -> Tuple[Line, ...]:
    return tuple(
        replace(line, text=redactor(line.text, region=region))
        for event in tracker.events
        if event["event"] in ("user", "bot") and event.get("text")
        for line in [_line(event)]
    )


def _line(event: Dict[str, Any]) -> Line:
    text, at = event["text"], float(event["timestamp"])
    if event["event"] == "user":
        return Line(sender="customer", text=text, at=at, id=event.get("message_id"))
    details = event.get("metadata") or {}
    if details.get("from") == "agent":
        return Line(sender="agent", text=text, at=at, name=details.get("name"))
    return Line(sender="bot", text=text, at=at)
