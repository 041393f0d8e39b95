"""Reads the routing policy (`data/routing.yml`) into the core's frozen Policy."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from persona_router.content.files import Node, read_yaml
from persona_router.core.evidence import EvidenceParams
from persona_router.core.hours import Hours, Span
from persona_router.core.locale import canonical
from persona_router.core.policy import IntentPolicy, Policy, RoutePolicy, Service, Weights

DEFAULT_POLICY = Path(__file__).parent.parent / "defaults" / "routing.yml"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
ACTIONS = (
    "why",
    "stop",
    "callback",
    "resume",
    "language",
    "unsupported_language",
    "not_understood",
    "closed",
    "no_route",
    "failed",
    "rescue",
)
"""What the policy must name an action for besides the routes."""


def read_policy(path: Path) -> Policy:
    """Return the policy in `path`. Raises ContentError naming file, place, value and remedy.

    Its version is the file's own `version` and a hash of the content, so that two decisions with
    one version were made by one policy.
    """
    top = read_yaml(path)
    top.only(
        "version", "languages", "default_locale", "fallbacks", "routes", "neutral", "intents",
        "default_served_by", "unrecognised", "wishes", "accepts", "actions", "must_answer",
        "evidence", "weights", "free_text", "reading_pages", "article_from",
    )  # fmt: skip
    routes = _routes(top)
    languages = top.texts("languages")
    if not languages:
        raise top.fault("languages", "No language is listed.", "Name at least one, such as en.")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    return Policy(
        version=f"{top.values.get('version', 'unversioned')}+{digest}",
        languages=languages,
        default_locale=_locale(top, "default_locale", top.get("default_locale", str)),
        fallbacks=_lists(top.node("fallbacks", optional=True)),
        routes=routes,
        neutral=_all_routes(top, routes),
        intents=_intents(top, routes),
        default_served_by=_known(top, "default_served_by", top.texts("default_served_by"), routes),
        unrecognised=frozenset(top.texts("unrecognised")),
        wishes={
            intent: _known(top, f"wishes.{intent}", wished, routes)
            for intent, wished in _lists(top.node("wishes", optional=True)).items()
        },
        accepts=frozenset(top.texts("accepts", [])),
        actions=_actions(top),
        evidence=_evidence(top.node("evidence")),
        weights=_weights(top.node("weights")),
        free_text={
            form: frozenset(slots)
            for form, slots in _lists(top.node("free_text", optional=True)).items()
        },
        must_answer=frozenset(top.texts("must_answer", [])),
        reading_pages=frozenset(top.texts("reading_pages", [])),
        article_from=top.get("article_from", float),
    )


def _lists(node: Node) -> dict[str, tuple[str, ...]]:
    return {key: node.texts(key) for key in node.values}


def _locale(node: Node, key: str, tag: str) -> str:
    try:
        return canonical(tag)
    except ValueError as error:
        raise node.fault(
            key, f"'{tag}' is no locale.", "Write a BCP 47 tag such as de-AT."
        ) from error


def _known(
    node: Node, key: str, names: tuple[str, ...], routes: Mapping[str, object]
) -> tuple[str, ...]:
    for name in names:
        if name not in routes:
            raise node.fault(key, f"Unknown route '{name}'.", f"Declared: {', '.join(routes)}.")
    return names


def _all_routes(top: Node, routes: Mapping[str, object]) -> tuple[str, ...]:
    ranked = _known(top, "neutral", top.texts("neutral"), routes)
    missing = [route for route in routes if route not in ranked]
    if missing:
        raise top.fault("neutral", f"It does not rank {', '.join(missing)}.", "Rank every route.")
    return ranked


def _routes(top: Node) -> dict[str, RoutePolicy]:
    routes = {}
    for name in top.node("routes").values:
        node = top.node("routes").node(name)
        node.only("person", "action", "on_wish", "offer", "services")
        routes[name] = RoutePolicy(
            id=name,
            person=node.get("person", bool, False),
            action=node.values.get("action"),
            on_wish=node.values.get("on_wish"),
            offer=node.values.get("offer"),
            services=tuple(_service(service) for service in node.nodes("services")),
        )
    return routes


def _service(node: Node) -> Service:
    node.only("locales", "number", "timezone", "hours", "closed_on")
    locales = tuple(_locale(node, "locales", tag) for tag in node.texts("locales"))
    number = node.values.get("number")
    return Service(locales=locales, number=str(number) if number else None, hours=_hours(node))


def _hours(node: Node) -> Hours | None:
    if "hours" not in node.values:
        return None
    name = node.get("timezone", str)
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        remedy = "Write an IANA name such as Europe/Berlin."
        raise node.fault("timezone", f"Unknown time zone '{name}'.", remedy) from error
    weekly: dict[int, tuple[Span, ...]] = {}
    hours = node.node("hours")
    for days in hours.values:
        spans = tuple(_span(hours, days, text) for text in hours.texts(days))
        for day in _days(hours, days):
            weekly[day] = weekly.get(day, ()) + spans
    closed = node.get("closed_on", list, [])
    for day in closed:
        if not isinstance(day, date):
            raise node.fault("closed_on", f"'{day}' is no date.", "Write 2026-12-25.")
    return Hours(zone=zone, weekly=weekly, closed_on=frozenset(closed))


def _days(node: Node, text: str) -> range | tuple[int, ...]:
    first, _, last = text.partition("-")
    if first not in _DAYS or (last and last not in _DAYS):
        raise node.fault(text, f"'{text}' is no day or range.", f"Days: {', '.join(_DAYS)}.")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return tuple(day % 7 for day in range(start, end + 1 if end >= start else end + 8))


def _span(node: Node, key: str, text: str) -> Span:
    matched = _SPAN.match(text)
    if matched is None:
        raise node.fault(key, f"'{text}' is no time span.", 'Write "09:00-17:30".')
    hour, minute, end_hour, end_minute = map(int, matched.groups())
    start, end = time(hour, minute), time(end_hour % 24, end_minute)
    if end != time.min and end <= start:
        raise node.fault(key, f"'{text}' ends before it starts.", "Split it at midnight.")
    return start, end


def _intents(top: Node, routes: Mapping[str, object]) -> dict[str, IntentPolicy]:
    intents = {}
    listed = top.node("intents", optional=True)
    for name in listed.values:
        node = listed.node(name)
        node.only("served_by", "self_service")
        action = node.values.get("self_service")
        served = _known(node, "served_by", node.texts("served_by"), routes)
        intents[name] = IntentPolicy(served_by=served, self_service=action)
    return intents


def _actions(top: Node) -> dict[str, str]:
    node = top.node("actions")
    node.only(*ACTIONS)
    return {name: node.get(name, str) for name in ACTIONS}


def _evidence(node: Node) -> EvidenceParams:
    node.only("threshold", "tempering", "turn_cap", "meaning_weight")
    return EvidenceParams(
        threshold=_share(node, "threshold"),
        tempering=_share(node, "tempering"),
        turn_cap=node.get("turn_cap", float),
        meaning_weight=_share(node, "meaning_weight"),
    )


def _weights(node: Node) -> Weights:
    node.only(
        "anger", "anger_from", "failure", "person_after", "rank_values", "person_wish_from",
        "intent_from", "leave_form_from",
    )  # fmt: skip
    return Weights(
        anger=node.get("anger", float),
        anger_from=_share(node, "anger_from"),
        failure=node.get("failure", float),
        person_after=node.get("person_after", int),
        rank_values=tuple(float(v) for v in node.get("rank_values", list)),
        person_wish_from=_share(node, "person_wish_from"),
        intent_from=_share(node, "intent_from"),
        leave_form_from=_share(node, "leave_form_from"),
    )


def _share(node: Node, key: str) -> float:
    value = node.get(key, float)
    if not 0 <= value <= 1:
        raise node.fault(key, f"{value} is outside 0 to 1.", "Write a number from 0 to 1.")
    return value
