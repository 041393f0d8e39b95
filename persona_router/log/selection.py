"""Filters of the routing log as SQL; every value is a parameter."""

from collections.abc import Sequence
from dataclasses import dataclass

from persona_router.core.text import words
from persona_router.log.filters import NONE, Filter
from persona_router.log.profile import FLAGS

_LAST = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A condition on rows of `decision` and the values of its parameters, in order."""

    condition: str
    values: tuple[object, ...]

    def both(self, other: "Selection") -> "Selection":
        """Return the rows that are in this selection and the other."""
        return Selection(
            condition=f"{self.condition} AND {other.condition}",
            values=(*self.values, *other.values),
        )


EVERYTHING = Selection(condition="1", values=())


def in_reach(filter: Filter) -> Selection:
    """Return the rows that days and words of the filter leave, whatever their facets."""
    chosen = EVERYTHING
    if filter.from_second is not None:
        chosen = chosen.both(Selection(condition="at >= ?", values=(filter.from_second,)))
    if filter.to_second is not None:
        chosen = chosen.both(Selection(condition="at < ?", values=(filter.to_second,)))
    return chosen.both(_worded(filter.words)) if filter.words else chosen


def with_facets(filter: Filter) -> Selection:
    """Return the rows whose profile has one of the chosen values in every facet chosen from."""
    parts = [_facet(name, values) for name, values in filter.facets.items()]
    if not parts:
        return EVERYTHING
    return Selection(
        condition="+profile IN (SELECT number FROM profile WHERE "
        + " AND ".join(part.condition for part in parts)
        + ")",
        values=tuple(value for part in parts for value in part.values),
    )


def _facet(name: str, values: Sequence[str]) -> Selection:
    known = [int(v) if name in FLAGS else v for v in values if v != NONE]
    choices = [f"{name} IN ({', '.join('?' * len(known))})"] if known else []
    if NONE in values:
        choices.append(f"{name} IS NULL")
    return Selection(condition=f"({' OR '.join(choices)})", values=tuple(known))


def _worded(text: str) -> Selection:
    """Return the rows whose profile has all words, or whose id or conversation begins so."""
    beginning = (text, text + _LAST)
    named = (
        "+profile IN (SELECT rowid FROM profile_words WHERE profile_words MATCH ?)"
        " OR decision.rowid IN (SELECT rowid FROM decision WHERE id >= ? AND id < ? UNION ALL"
        " SELECT rowid FROM decision WHERE conversation >= ? AND conversation < ?)"
    )
    found = [f'"{part}"*' for word in words(text) for part in word.split("'")]
    # A search for marks alone has no word, and the empty phrase matches nothing.
    matched = " AND ".join(found) or '""'
    return Selection(condition=f"({named})", values=(matched, *beginning, *beginning))
