"""Rows of the routing log as CSV and JSON, piece by piece, however many they are."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from persona_router.log.store import COLUMNS, OUTCOMES

EXPORTED = (*COLUMNS, *OUTCOMES)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(
    rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str] = EXPORTED
) -> Iterator[str]:
    """Yield a heading line and one line a row; lists and objects are JSON texts.

    A text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    yield _line(columns)
    for row in rows:
        yield _line([_cell(row[name]) for name in columns])


def as_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one JSON array of objects, one a line."""
    yield "["
    mark = "\n"
    for row in rows:
        yield mark + json.dumps({name: row[name] for name in EXPORTED}, ensure_ascii=False)
        mark = ",\n"
    yield "\n]\n"


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _line(cells: Iterable[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
