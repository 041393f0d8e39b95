"""Which rows of the routing log somebody wants to see, as text that stands in an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType

from persona_router.log.profile import CONFIDENCES, FACETS, FLAGS

NONE = "-"
"""How an address writes that a facet has no value, such as no persona; no id looks like it."""
SORTS = ("at", "intent_confidence", "latency_ms")
"""Columns by which rows can be ordered; `at` goes first, and a row without the value counts least.

With `-` in front the greatest comes first.
"""
NEWEST_FIRST = "-at"
LONGEST_SEARCH = 200
MOST_VALUES = 100
_LONGEST_VALUE = 300


class FilterFault(ValueError):
    """A part of a filter cannot be read; `name` and `value` are those given, `remedy` in English.

    `key` is the last part of the key of a text for people.
    """

    def __init__(self, key: str, name: str, value: str, remedy: str) -> None:
        self.key, self.name, self.value, self.remedy = key, name, value[:_LONGEST_VALUE], remedy
        super().__init__(f"{name}: '{self.value}' cannot be used. {remedy}")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What rows must be like: `since` and `until` are days in UTC, both included.

    `facets` holds, by name, the values of which a row must have one; `words` must all begin words
    of its codes, or be the beginning of its id or its conversation's.
    """

    since: date | None = None
    until: date | None = None
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    words: str = ""

    @property
    def from_second(self) -> float | None:
        """The first moment that counts, in Unix seconds."""
        return None if self.since is None else _midnight(self.since)

    @property
    def to_second(self) -> float | None:
        """The first moment that counts no more, in Unix seconds."""
        return None if self.until is None else _midnight(self.until + timedelta(days=1))

    def pairs(self) -> list[tuple[str, str]]:
        """Return names and values as `read_filter` reads them, in an order that does not change."""
        days = [("since", self.since), ("until", self.until)]
        return [
            *((name, day.isoformat()) for name, day in days if day is not None),
            *([("q", self.words)] if self.words else []),
            *((name, value) for name in FACETS for value in self.facets.get(name, ())),
        ]


def read_filter(pairs: Iterable[tuple[str, str]]) -> Filter:
    """Return the filter that the pairs spell; names of nothing that filters are passed over.

    Raises FilterFault for a value that cannot be used.
    """
    days: dict[str, date] = {}
    facets: dict[str, list[str]] = {}
    words = ""
    for name, raw in pairs:
        value = raw.strip()
        if not value:
            continue
        if name in ("since", "until"):
            days[name] = _day(name, value)
        elif name == "q":
            words = value
        elif name in FACETS:
            if name in FLAGS and value not in ("0", "1"):
                raise FilterFault("value", name, value, "Choose from 0 and 1.")
            if name == "confidence" and value not in (*CONFIDENCES, NONE):
                choices = f"Choose from {', '.join(CONFIDENCES)} and {NONE}."
                raise FilterFault("value", name, value, choices)
            facets.setdefault(name, []).append(value)
    if len(words) > LONGEST_SEARCH:
        raise FilterFault("long", "q", words, f"Search for up to {LONGEST_SEARCH} characters.")
    for name, values in facets.items():
        if len(values) > MOST_VALUES or any(len(value) > _LONGEST_VALUE for value in values):
            raise FilterFault("long", name, values[0], f"Give up to {MOST_VALUES} short values.")
    if len(days) == 2 and days["since"] > days["until"]:
        remedy = "Give a last day that is not before the first."
        raise FilterFault("days", "until", days["until"].isoformat(), remedy)
    chosen = {name: tuple(dict.fromkeys(values)) for name, values in facets.items()}
    return Filter(since=days.get("since"), until=days.get("until"), facets=chosen, words=words)


def read_sort(text: str) -> str:
    """Return the order that the text names, newest first for an empty one; raises FilterFault."""
    if text and text.removeprefix("-") not in SORTS:
        choices = ", ".join(f"{name}, -{name}" for name in SORTS)
        raise FilterFault("value", "sort", text, f"Choose from {choices}.")
    return text or NEWEST_FIRST


def _day(name: str, value: str) -> date:
    remedy = "Write a day from 1970 to 9998 such as 2026-11-23."
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise FilterFault("day", name, value, remedy) from error
    if not 1970 <= day.year <= 9998:
        raise FilterFault("day", name, value, remedy)
    return day


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp()
