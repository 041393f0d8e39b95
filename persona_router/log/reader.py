"""What people see of the routing log: pages of rows, counts by facet, conversations, decisions."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from persona_router.log.dialect import Dialect
from persona_router.log.filters import Filter, FilterFault
from persona_router.log.opening import LogAccess
from persona_router.log.places import LogPlace
from persona_router.log.profile import FACETS
from persona_router.log.rollup import counted, stretch
from persona_router.log.selection import Selection, in_days, named, with_facets, with_words
from persona_router.log.store import OBJECTS, ROW
from persona_router.log.tally import Counts, Profiles

PAGE_ROWS = 50
MOST_TURNS = 1_000
"""Rows of one conversation that are read."""
_FEW = 20_000
"""So many rows are sorted faster than an index is searched for them."""
_EXPORTED_AT_ONCE = 500
_SHOWN = ", ".join(f"decision.{name}" for name in ROW)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows in order; `before` and `after` are places from which the next ones are read, if any."""

    rows: tuple[Mapping[str, Any], ...]
    before: str | None
    after: str | None


class LogReader:
    """Reads the log of one place, each time by a connection of its own; safe in many threads.

    A log that no assistant has begun yet is empty. Every method may raise LogUnavailable.
    """

    def __init__(self, place: Path | LogPlace) -> None:
        self._log = LogAccess(place)
        self._profiles = Profiles()

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated."""
        return self._log.is_simulated()

    def counts(self, filter: Filter) -> Counts:
        """Return total and counts by facet; a facet's own choice does not lower its counts."""
        with self._log.connection() as database:
            if database is None:
                return Counts(total=0, facets={name: {} for name in FACETS})
            counts = tuple(counted(database, filter))
            self._profiles.refresh(database)
        rows = np.array(counts, dtype=np.int64).reshape(-1, 2)
        return self._profiles.count(rows, filter)

    def page(
        self,
        filter: Filter,
        *,
        sort: str,
        after: str = "",
        before: str = "",
        limit: int = PAGE_ROWS,
        total: int | None = None,
    ) -> Page:
        """Return up to `limit` rows after one place in the order, or before another.

        `total` is how many rows the filter leaves, if that is known: it makes rare ones faster.
        Rows that come in later do not move the places. Raises FilterFault for a place that is none.
        """
        backward = bool(before) and not after
        column, descending = sort.removeprefix("-"), sort.startswith("-") != backward
        order = "DESC" if descending else "ASC"
        start = after or before
        with self._log.connection() as database:
            if database is None:
                return Page(rows=(), before=None, after=None)
            dialect = database.dialect
            key = "at" if column == "at" else dialect.known.format(column)
            within = in_days(filter)
            if start:
                within = within.both(_beyond(key, start, descending))
            if column == "at":
                edge = _beginning(start) if start else None
                within = within.both(
                    stretch(database, filter, start=edge, descending=descending, limit=limit + 1)
                )
            few = total is not None and total <= _FEW
            places = _places(filter, within, dialect, key=key, column=column, few=few)
            found = database.execute(
                f"SELECT {_SHOWN} FROM"
                f" ({places.condition} ORDER BY value {order}, id {order} LIMIT ?) AS chosen"
                f" JOIN decision ON decision.{dialect.place} = chosen.place"
                f" ORDER BY {key} {order}, decision.id {order}",
                (*places.values, limit + 1),
            ).fetchall()
        more = len(found) > limit
        rows = tuple(_decoded(row) for row in (found[:limit][::-1] if backward else found[:limit]))
        ends = [_place(row, column) for row in (rows[0], rows[-1])] if rows else ["", ""]
        came_from = bool(after or before)
        return Page(
            rows=rows,
            before=ends[0] if rows and (more if backward else came_from) else None,
            after=ends[1] if rows and (came_from if backward else more) else None,
        )

    def every(self, filter: Filter, *, sort: str) -> Iterator[Mapping[str, Any]]:
        """Yield all rows in order, a few hundred at a time, so that nobody waits for the reader."""
        after: str | None = ""
        while after is not None:
            page = self.page(filter, sort=sort, after=after, limit=_EXPORTED_AT_ONCE)
            yield from page.rows
            after = page.after

    def decision(self, id: str) -> Mapping[str, Any] | None:
        """Return the decision's row, or None."""
        chosen = Selection(condition="id = ?", values=(id,))
        return next(iter(self._rows(chosen)), None)

    def conversation(self, id: str) -> tuple[Mapping[str, Any], ...]:
        """Return the first thousand rows of a conversation in order; none if it is unknown."""
        return self._rows(Selection(condition="conversation = ?", values=(id,)))

    def _rows(self, chosen: Selection) -> tuple[Mapping[str, Any], ...]:
        with self._log.connection() as database:
            if database is None:
                return ()
            found = database.execute(
                f"SELECT {_SHOWN} FROM decision WHERE {chosen.condition}"
                " ORDER BY at, turn NULLS FIRST LIMIT ?",
                (*chosen.values, MOST_TURNS),
            )
            return tuple(_decoded(row) for row in found)


def missing_turns(rows: tuple[Mapping[str, Any], ...]) -> Mapping[str, tuple[int, ...]]:
    """Return, by the id of a conversation's row, the turns that are missing before it.

    Turns are counted anew in each session; a turn whose routing failed has no number.
    """
    last, missing = 0, {}
    for row in rows:
        turn = row["turn"]
        if turn is None:
            continue
        first = 1 if turn <= last else last + 1
        if turn > first:
            missing[row["id"]] = tuple(range(first, turn))
        last = turn
    return missing


def _places(
    filter: Filter, within: Selection, dialect: Dialect, *, key: str, column: str, few: bool
) -> Selection:
    """Return the query of the rows' places, values and ids, by whichever index finds them fastest.

    `few` tells that the filter leaves so few rows that they can be sorted.
    """
    asked = f"SELECT {dialect.place} AS place, {key} AS value, id FROM decision"
    narrowed = bool(filter.facets or filter.words)
    index = ("profile" if narrowed else "at") if few else column
    name = "profile" if index == "profile" else "+profile"  # so that no other index is taken
    facets = with_facets(filter, column=name)
    chosen = within.both(facets).both(with_words(filter.words, dialect, column=name))
    query = f"{asked}{dialect.hint.format(f'decision_by_{index}')} WHERE {chosen.condition}"
    if not filter.words:
        return Selection(condition=query, values=chosen.values)
    others = named(filter, dialect).both(within).both(with_facets(filter, column="+profile"))
    return Selection(
        condition=f"{query} UNION ALL {asked} WHERE {others.condition}",
        values=(*chosen.values, *others.values),
    )


def _beyond(key: str, place: str, descending: bool) -> Selection:
    sign = "<" if descending else ">"
    id = place.partition("~")[2]
    return Selection(condition=f"({key}, id) {sign} (?, ?)", values=(_beginning(place), id))


def _beginning(place: str) -> float:
    try:
        return float(place.partition("~")[0])
    except ValueError as error:
        raise FilterFault("place", "after", place, "Begin at the first page.") from error


def _place(row: Mapping[str, Any], column: str) -> str:
    value = row[column]
    return f"{-1.0 if value is None else value!r}~{row['id']}"


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(row)
    for name in OBJECTS:
        if isinstance(found[name], str):
            found[name] = json.loads(found[name])
    return found
