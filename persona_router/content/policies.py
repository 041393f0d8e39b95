"""Reads the routing policy (`data/routing.yml`) into the core's frozen Policy."""

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path

from persona_router.content.articles_rules import read_article_rules
from persona_router.content.callback_rules import read_callback_rules
from persona_router.content.cards_rules import read_card_rules
from persona_router.content.comparison_rules import read_comparison
from persona_router.content.desk_rules import read_desk_rules
from persona_router.content.devices import read_devices
from persona_router.content.exploration_rules import read_exploration
from persona_router.content.files import Node, read_yaml, yaml_in
from persona_router.content.opening_hours import read_hours
from persona_router.content.phone_numbers import read_number
from persona_router.content.policy_actions import read_actions
from persona_router.content.privacy_rules import read_privacy_rules
from persona_router.core.evidence import EvidenceParams
from persona_router.core.locale import canonical
from persona_router.core.policy import IntentPolicy, Policy, RoutePolicy, Service, Weights

DEFAULT_POLICY = Path(__file__).parent.parent / "defaults" / "routing.yml"


def policy_of(project: Path) -> Path:
    """Return the policy file of an assistant's folder; the starter policy where it has none."""
    own = project / "data" / "routing.yml"
    return own if own.exists() else DEFAULT_POLICY


def read_policy(path: Path) -> Policy:
    """Return the policy in `path`. Raises ContentError naming file, place, value and remedy.

    Its version is the file's own `version` and a hash of the content, so that two decisions with
    one version were made by one policy.
    """
    return _policy(read_yaml(path), path.read_bytes())


def policy_in(text: str, name: Path) -> Policy:
    """Return the policy that a text spells, as `read_policy` does; faults name it `name`."""
    return _policy(yaml_in(text, name), text.encode())


def _policy(top: Node, content: bytes) -> Policy:
    top.only(
        "version", "languages", "default_locale", "fallbacks", "routes", "neutral", "intents",
        "default_served_by", "unrecognised", "wishes", "accepts", "declines", "actions",
        "must_answer", "evidence", "weights", "free_text", "reading_pages", "article_from",
        "personas", "coverage_budget", "fairness_budget", "articles", "devices", "desk",
        "callbacks", "exploration", "comparison", "privacy",
    )  # fmt: skip
    routes = _routes(top)
    languages = tuple(_locale(top, "languages", tag) for tag in top.texts("languages"))
    if not languages:
        raise top.fault("languages", "No language is listed.", "Name at least one, such as en.")
    default_locale = _locale(top, "default_locale", top.get("default_locale", str))
    if default_locale.partition("-")[0] not in languages:
        what = f"The language of '{default_locale}' is not served."
        raise top.fault("default_locale", what, f"Served: {', '.join(languages)}.")
    digest = hashlib.sha256(content).hexdigest()[:8]
    return Policy(
        version=f"{top.values.get('version', 'unversioned')}+{digest}",
        languages=languages,
        default_locale=default_locale,
        fallbacks=_fallbacks(top.node("fallbacks", optional=True)),
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
        declines=frozenset(top.texts("declines", [])),
        actions=read_actions(top),
        evidence=_evidence(top.node("evidence")),
        weights=_weights(top.node("weights")),
        free_text={
            form: frozenset(slots)
            for form, slots in _lists(top.node("free_text", optional=True)).items()
        },
        must_answer=frozenset(top.texts("must_answer", [])),
        reading_pages=frozenset(top.texts("reading_pages", [])),
        devices=read_devices(top.node("devices", optional=True)),
        article_from=top.get("article_from", float),
        fairness_budget=_share(top, "fairness_budget", 0.02),
        coverage_budget=_share(top, "coverage_budget", 1.0),
        cards=read_card_rules(top.node("personas", optional=True)),
        articles=read_article_rules(top.node("articles", optional=True)),
        desk=read_desk_rules(top.node("desk", optional=True)),
        exploration=read_exploration(top.node("exploration", optional=True)),
        comparison=read_comparison(top),
        callbacks=read_callback_rules(top.node("callbacks", optional=True), routes),
        privacy=read_privacy_rules(top.node("privacy", optional=True)),
    )


def _lists(node: Node) -> dict[str, tuple[str, ...]]:
    return {key: node.texts(key) for key in node.values}


def _fallbacks(node: Node) -> dict[str, tuple[str, ...]]:
    return {
        _locale(node, key, key): tuple(_locale(node, key, tag) for tag in tags)
        for key, tags in _lists(node).items()
    }


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
            action=node.maybe("action"),
            on_wish=node.maybe("on_wish"),
            offer=node.maybe("offer"),
            services=tuple(_service(service, top) for service in node.nodes("services")),
        )
    return routes


def _service(node: Node, top: Node) -> Service:
    node.only(
        "locales", "intents", "team", "number", "timezone", "hours", "closed_on", "holidays",
        "exceptions",
    )  # fmt: skip
    intents, known = node.texts("intents", []), top.node("intents", optional=True).values
    for intent in intents:
        if intent not in known:
            what = f"Unknown intent '{intent}'."
            raise node.fault("intents", what, f"Declared: {', '.join(known) or 'none'}.")
    return Service(
        locales=tuple(_locale(node, "locales", tag) for tag in node.texts("locales")),
        number=read_number(node),
        hours=read_hours(node),
        intents=frozenset(intents),
        team=node.maybe("team"),
    )


def _intents(top: Node, routes: Mapping[str, RoutePolicy]) -> dict[str, IntentPolicy]:
    intents = {}
    listed = top.node("intents", optional=True)
    for name in listed.values:
        node = listed.node(name)
        node.only("served_by", "self_service")
        action = node.maybe("self_service")
        served = _known(node, "served_by", node.texts("served_by"), routes)
        for route in served:
            if routes[route].action is None and action is None:
                what = f"Nothing carries out '{route}' here."
                raise node.fault("served_by", what, "Name a form or response at self_service.")
        intents[name] = IntentPolicy(served_by=served, self_service=action)
    return intents


def _evidence(node: Node) -> EvidenceParams:
    node.only("threshold", "tempering", "turn_cap", "meaning_weight")
    return EvidenceParams(
        threshold=_share(node, "threshold"),
        tempering=_share(node, "tempering"),
        turn_cap=_positive(node, "turn_cap"),
        meaning_weight=_share(node, "meaning_weight"),
    )


def _weights(node: Node) -> Weights:
    node.only(
        "anger", "anger_from", "failure", "article", "person_after", "rank_values",
        "person_wish_from", "intent_from", "wish_from", "leave_form_from",
        "refuse_from", "concern_from",
    )  # fmt: skip
    return Weights(
        anger=_amount(node, "anger"),
        anger_from=_share(node, "anger_from"),
        failure=_amount(node, "failure"),
        article=_amount(node, "article"),
        person_after=node.get("person_after", int),
        rank_values=_numbers(node, "rank_values"),
        person_wish_from=_share(node, "person_wish_from"),
        intent_from=_share(node, "intent_from"),
        wish_from=_share(node, "wish_from"),
        leave_form_from=_share(node, "leave_form_from"),
        refuse_from=_share(node, "refuse_from", 0.5),
        concern_from=_share(node, "concern_from", 0.8),
    )


def _numbers(node: Node, key: str) -> tuple[float, ...]:
    values = node.get(key, list)
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise node.fault(key, f"'{value}' is not a number.", "Write numbers only.")
    return tuple(float(value) for value in values)


def _amount(node: Node, key: str) -> float:
    value = node.get(key, float)
    if not 0 <= value < math.inf:
        raise node.fault(key, f"{value} is below 0 or no amount.", "Write a number from 0 on.")
    return value


def _positive(node: Node, key: str) -> float:
    value = node.get(key, float)
    if not 0 < value < math.inf:
        raise node.fault(key, f"{value} is not above 0.", "Write a number above 0.")
    return value


def _share(node: Node, key: str, default: float | None = None) -> float:
    value = node.get(key, float, default)
    if not 0 <= value <= 1:
        raise node.fault(key, f"{value} is outside 0 to 1.", "Write a number from 0 to 1.")
    return value
