"""Reads how callbacks are booked (`callbacks` of `data/routing.yml`)."""

from collections.abc import Mapping

from persona_router.content.files import Node
from persona_router.core.callbacks import CallbackRules

MOST_BUTTONS = 8


def read_callback_rules(node: Node, routes: Mapping[str, object]) -> CallbackRules | None:
    """Return the rules in `node`; None, which means that no slots are booked, if it is empty.

    Raises ContentError for an unknown route or a number out of reach.
    """
    if not node.values:
        return None
    node.only("route", "minutes", "at_once", "notice_minutes", "days", "offered", "remind_minutes")
    route = node.get("route", str)
    if route not in routes:
        raise node.fault("route", f"Unknown route '{route}'.", f"Declared: {', '.join(routes)}.")
    usual = CallbackRules(route=route)
    return CallbackRules(
        route=route,
        minutes=node.count("minutes", usual.minutes, 5, 240),
        at_once=node.count("at_once", usual.at_once, 1, 1000),
        notice_minutes=node.count("notice_minutes", usual.notice_minutes, 0, 10_080),
        days=node.count("days", usual.days, 1, 31),
        offered=node.count("offered", usual.offered, 1, MOST_BUTTONS),
        remind_minutes=node.count("remind_minutes", usual.remind_minutes, 0, 240),
    )
