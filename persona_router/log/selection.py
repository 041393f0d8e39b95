"""Filters of the routing log as SQL; every value is a parameter."""

from collections.abc import Sequence
from dataclasses import dataclass

from persona_router.core.text import words
from persona_router.log.dialect import Dialect
from persona_router.log.filters import NONE, Filter
from persona_router.log.profile import FLAGS

MOST_NAMED = 1_000
"""Rows that are found by how their id begins, and as many by that of their conversation."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A condition on rows and the values of its parameters, in order."""

    condition: str
    values: tuple[object, ...]

    def both(self, other: "Selection") -> "Selection":
        """Return the rows that are in this selection and the other."""
        return Selection(
            condition=f"{self.condition} AND {other.condition}",
            values=(*self.values, *other.values),
        )


EVERYTHING = Selection(condition="1 = 1", values=())


def in_days(filter: Filter) -> Selection:
    """Return the decisions in the filter's days."""
    chosen = EVERYTHING
    if filter.from_second is not None:
        chosen = chosen.both(Selection(condition="at >= ?", values=(filter.from_second,)))
    if filter.to_second is not None:
        chosen = chosen.both(Selection(condition="at < ?", values=(filter.to_second,)))
    return chosen


def with_facets(filter: Filter, *, column: str = "profile") -> Selection:
    """Return the rows whose profile has one of the chosen values in every facet chosen from."""
    parts = [_facet(name, values) for name, values in filter.facets.items()]
    if not parts:
        return EVERYTHING
    return Selection(
        condition=f"{column} IN (SELECT number FROM profile WHERE "
        + " AND ".join(part.condition for part in parts)
        + ")",
        values=tuple(value for part in parts for value in part.values),
    )


def with_words(text: str, dialect: Dialect, *, column: str = "profile") -> Selection:
    """Return the rows whose profile has all words, each at the beginning of one of its own."""
    if not text:
        return EVERYTHING
    found = dialect.search([part for word in words(text) for part in word.split("'")])
    return Selection(condition=f"{column} IN ({dialect.matching})", values=(found,))


def named(filter: Filter, dialect: Dialect) -> Selection:
    """Return the decisions in the filter's days of which an id, not the profile, has the words."""
    beginning = (filter.words, filter.words + _LAST)
    place = dialect.place
    by_id = f"SELECT {place} FROM decision WHERE id >= ? AND id < ? LIMIT {MOST_NAMED}"
    by_conversation = (
        f"SELECT {place} FROM decision WHERE conversation >= ? AND conversation < ?"
        f" LIMIT {MOST_NAMED}"
    )
    found = Selection(
        condition=f"decision.{place} IN (SELECT * FROM ({by_id}) AS ids"
        f" UNION ALL SELECT * FROM ({by_conversation}) AS conversations)",
        values=(*beginning, *beginning),
    )
    worded = with_words(filter.words, dialect, column="+profile")
    others = Selection(condition=f"NOT {worded.condition}", values=worded.values)
    return found.both(others).both(in_days(filter))


def _facet(name: str, values: Sequence[str]) -> Selection:
    known = [int(v) if name in FLAGS else v for v in values if v != NONE]
    choices = [f"{name} IN ({', '.join('?' * len(known))})"] if known else []
    if NONE in values:
        choices.append(f"{name} IS NULL")
    return Selection(condition=f"({' OR '.join(choices)})", values=tuple(known))
