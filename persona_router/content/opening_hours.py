"""Reads the opening hours of a service from the routing policy: the week and what differs."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from persona_router.content.files import Node
from persona_router.content.holidays import closed_days
from persona_router.core.hours import Hours, Span

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")


def read_hours(node: Node) -> Hours | None:
    """Return the hours of a service's mapping; None, which means always, if it names none.

    Days are single or ranges that may pass the weekend ("sat-thu"); spans are local times such as
    "09:00-17:30", up to "24:00" or over it ("22:00-02:00"). Raises ContentError for an unknown
    zone, day, span, date or country, for closed days without hours, which would close nothing,
    and for a date that is both closed and an exception.
    """
    if "hours" not in node.values:
        for key in ("closed_on", "holidays", "exceptions"):
            if key in node.values:
                remedy = 'Write hours too, such as {mon-sun: ["00:00-24:00"]}.'
                raise node.fault(key, "It closes nothing where there are no hours.", remedy)
        return None
    name = node.get("timezone", str)
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
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
        if not isinstance(day, date) or isinstance(day, datetime):
            raise node.fault("closed_on", f"'{day}' is no date.", "Write 2026-12-25.")
    return Hours(
        zone=zone,
        weekly=weekly,
        closed_on=closed_days(node, frozenset(closed)),
        exceptions=_exceptions(node.node("exceptions", optional=True), frozenset(closed)),
    )


def _exceptions(node: Node, closed: frozenset[date]) -> dict[date, tuple[Span, ...]]:
    found = {}
    for key in node.values:
        try:
            day = date.fromisoformat(key)
        except ValueError as error:
            raise node.fault(key, f"'{key}' is no date.", "Write 2026-12-25.") from error
        if day in closed:
            what = "It stands in closed_on, too."
            raise node.fault(key, what, "Keep one: an empty list here closes the day.")
        found[day] = tuple(_span(node, key, text) for text in node.texts(key))
    return found


def _days(node: Node, text: str) -> tuple[int, ...]:
    first, dash, last = text.partition("-")
    if first not in _DAYS or (dash and last not in _DAYS):
        raise node.fault(text, f"'{text}' is no day or range.", f"Days: {', '.join(_DAYS)}.")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return tuple(day % 7 for day in range(start, end + 1 if end >= start else end + 8))


def _span(node: Node, key: str, text: str) -> Span:
    matched = _SPAN.fullmatch(text)
    if matched is None:
        raise node.fault(key, f"'{text}' is no time span.", 'Write "09:00-17:30".')
    hour, minute, end_hour, end_minute = map(int, matched.groups("0"))
    start, end = time(hour, minute), time(end_hour, end_minute)
    if end == start != time.min:
        remedy = 'Write "00:00-24:00" for a whole day.'
        raise node.fault(key, f"'{text}' ends when it starts.", remedy)
    return start, end
