"""What people see of the routing log: pages of rows, counts by facet, conversations, decisions."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from persona_router.log.filters import Filter, FilterFault
from persona_router.log.opening import LogFile
from persona_router.log.profile import FACETS
from persona_router.log.selection import Selection, in_reach, with_facets
from persona_router.log.store import OBJECTS
from persona_router.log.tally import Counts, Profiles

PAGE_ROWS = 50
MOST_TURNS = 1_000
"""Rows of one conversation that are read."""
_FEW = 20_000
"""So many rows are sorted faster than an index is searched for them."""
_EXPORTED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows in order; `before` and `after` are places from which the next ones are read, if any."""

    rows: tuple[Mapping[str, Any], ...]
    before: str | None
    after: str | None


class LogReader:
    """Reads one file of the log, each time by a connection of its own; safe in many threads.

    A log that no assistant has begun yet is empty. Every method may raise sqlite3.Error, and
    OSError for a file that is no usable log.
    """

    def __init__(self, path: Path) -> None:
        self._file = LogFile(path)
        self._profiles = Profiles()

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated."""
        return self._file.is_simulated()

    def counts(self, filter: Filter) -> Counts:
        """Return total and counts by facet; a facet's own choice does not lower its counts."""
        reach = in_reach(filter)
        with self._file.connection() as database:
            if database is None:
                return Counts(total=0, facets={name: {} for name in FACETS})
            counted = database.execute(
                "SELECT profile, count(*) FROM decision INDEXED BY decision_by_profile"
                f" WHERE {reach.condition} GROUP BY profile",
                reach.values,
            ).fetchall()
            self._profiles.refresh(database)
        rows = np.array([tuple(row) for row in counted], dtype=np.int64).reshape(-1, 2)
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
        key = "at" if column == "at" else f"ifnull({column}, -1)"
        chosen = in_reach(filter).both(with_facets(filter))
        if after or before:
            chosen = chosen.both(_beyond(key, after or before, descending))
        index = f"decision_by_{column}"
        if total is not None and total <= _FEW and filter.facets:
            index = "decision_by_profile"
            chosen = _unhidden(chosen)
        order = "DESC" if descending else "ASC"
        with self._file.connection() as database:
            if database is None:
                return Page(rows=(), before=None, after=None)
            found = database.execute(
                "SELECT decision.* FROM (SELECT rowid AS place FROM decision"
                f" INDEXED BY {index} WHERE {chosen.condition}"
                f" ORDER BY {key} {order}, id {order} LIMIT ?) AS chosen"
                " JOIN decision ON decision.rowid = chosen.place"
                f" ORDER BY {key} {order}, id {order}",
                (*chosen.values, limit + 1),
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
        with self._file.connection() as database:
            if database is None:
                return ()
            found = database.execute(
                f"SELECT * FROM decision WHERE {chosen.condition} ORDER BY at, turn LIMIT ?",
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


def _beyond(key: str, place: str, descending: bool) -> Selection:
    value, _, id = place.partition("~")
    try:
        number = float(value)
    except ValueError as error:
        raise FilterFault("place", "after", place, "Begin at the first page.") from error
    sign = "<" if descending else ">"
    return Selection(condition=f"({key}, id) {sign} (?, ?)", values=(number, id))


def _place(row: Mapping[str, Any], column: str) -> str:
    value = row[column]
    return f"{-1.0 if value is None else value!r}~{row['id']}"


def _unhidden(chosen: Selection) -> Selection:
    """Return the selection so that the index of profiles can be used."""
    return Selection(
        condition=chosen.condition.replace("+profile", "profile"), values=chosen.values
    )


def _decoded(row: sqlite3.Row) -> dict[str, Any]:
    found = dict(row)
    for name in OBJECTS:
        if isinstance(found[name], str):
            found[name] = json.loads(found[name])
    return found
