"""Counts of decisions by profile and day, kept beside the rows, so that nobody counts millions."""

from collections.abc import Iterator
from datetime import date

from persona_router.log.dialect import Database
from persona_router.log.filters import Filter
from persona_router.log.selection import EVERYTHING, Selection, named, with_facets, with_words
from persona_router.log.span import DAY_SECONDS

_BLOCK = 32
"""Days that are counted together too: a year is twelve entries of a profile, not 366."""


def counted(database: Database, filter: Filter) -> Iterator[tuple[int, int]]:
    """Yield profiles and how many rows in the days and words of the filter have them.

    A profile may come several times; chosen facets make no difference.
    """
    matched = with_words(filter.words, database.dialect)
    for days, first, last in _pieces(filter.since, filter.until):
        yield from map(
            tuple,
            database.execute(
                f"SELECT profile, cast(sum(number) AS BIGINT) FROM rollup WHERE days = {days}"
                f" AND place >= ? AND place < ? AND {matched.condition} GROUP BY profile",
                (first, last, *matched.values),
            ),
        )
    if filter.words:
        rows = named(filter, database.dialect)
        yield from map(
            tuple,
            database.execute(
                f"SELECT profile, count(*) FROM decision WHERE {rows.condition} GROUP BY profile",
                rows.values,
            ),
        )


def stretch(
    database: Database,
    filter: Filter,
    *,
    start: float | None,
    descending: bool,
    limit: int,
) -> Selection:
    """Return the times in which the next `limit` rows after `start` lie, if there are as many.

    Without it a page of what happened long ago would be looked for among all that came since.
    """
    chosen = with_facets(filter).both(with_words(filter.words, database.dialect))
    blocks = database.execute(
        f"SELECT place, sum(number) FROM rollup WHERE days = {_BLOCK} AND {chosen.condition}"
        f" GROUP BY place ORDER BY place {'DESC' if descending else 'ASC'}",
        chosen.values,
    ).fetchall()
    edge = (filter.to_second if descending else filter.from_second) if start is None else start
    found, length, times = 0, _BLOCK * DAY_SECONDS, EVERYTHING
    for place, number in blocks:
        begins, ends = place * length, (place + 1) * length
        if edge is not None and (begins > edge if descending else ends <= edge):
            continue
        if times is EVERYTHING and not filter.words:  # ids have the words of rows of any time
            times = _until(ends) if descending else _since(begins)
        if edge is not None and not (ends <= edge if descending else begins >= edge):
            continue  # in this block some rows may lie before the start
        found += number
        if found >= limit:
            return times.both(_since(begins) if descending else _until(ends))
    return times


def _since(at: float) -> Selection:
    return Selection(condition="at >= ?", values=(at,))


def _until(at: float) -> Selection:
    return Selection(condition="at < ?", values=(at,))


def _pieces(since: date | None, until: date | None) -> Iterator[tuple[int, int, int]]:
    """Yield lengths in days, and first and last place (excluded), that make up the days."""
    first = -_FAR * _BLOCK if since is None else (since - _EPOCH).days
    last = _FAR * _BLOCK if until is None else (until - _EPOCH).days + 1
    low, high = -(-first // _BLOCK), last // _BLOCK
    if low >= high:
        yield 1, first, last
        return
    yield _BLOCK, low, high
    if first < low * _BLOCK:
        yield 1, first, low * _BLOCK
    if high * _BLOCK < last:
        yield 1, high * _BLOCK, last


_EPOCH = date(1970, 1, 1)
_FAR = 2**40
"""More blocks than any time has that a row may carry."""
