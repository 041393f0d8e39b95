"""JSON records of an export, read field by field with errors that name the place."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona_router.knowledge.imports.source import Reading
from persona_router.knowledge.imports.text import one_line

_PATH_MARKS = ("/", "\\", "..")


@dataclass(frozen=True, kw_only=True)
class Record:
    """One JSON object, the file that holds it and where it stands there."""

    file: Path
    place: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return the text at `key`, a number as text, "" for what is neither."""
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return value if isinstance(value, str) else ""

    def line(self, key: str) -> str:
        """Return the text at `key` on one line."""
        return one_line(self.text(key))

    def inner(self, key: str) -> "Record":
        """Return the object at `key`, an empty one if there is none."""
        value = self.values.get(key)
        values = value if isinstance(value, dict) else {}
        return Record(file=self.file, place=f"{self.place}.{key}", values=values)

    def words(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list at `key`, or of a text between commas."""
        value = self.values.get(key)
        found = value.split(",") if isinstance(value, str) else value
        texts = found if isinstance(found, list) else []
        lines = (one_line(text) for text in texts if isinstance(text, str))
        return tuple(dict.fromkeys(filter(None, lines)))

    def date(self, key: str, reading: Reading) -> datetime.date | None:
        """Return the day of the time at `key`, None without one; a fault is noted if it is none."""
        at = self.time(key, reading)
        return at.date() if at else None

    def time(self, key: str, reading: Reading) -> datetime.datetime | None:
        """Return the time at `key`, seconds since 1970 or ISO 8601, in UTC; None without one.

        None, and a fault is noted, if it is neither.
        """
        value = self.values.get(key)
        if value is None or value == "":
            return None
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
            at = datetime.datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        except (ValueError, OverflowError, OSError):
            remedy = "Write it as 2026-11-23T09:00:00Z."
            reading.fault(self.file, f"{self.place}.{key}", f"'{value}' is no time.", remedy)
            return None
        return (
            at.astimezone(datetime.timezone.utc)
            if at.tzinfo
            else at.replace(tzinfo=datetime.timezone.utc)
        )


def records(file: Path, loaded: Any, place: str, reading: Reading) -> Iterator[Record]:
    """Yield the objects of a list; a fault is noted for everything else in it."""
    for number, value in enumerate(loaded):
        where = f"{place}[{number}]"
        if isinstance(value, dict):
            yield Record(file=file, place=where, values=value)
        else:
            shown = str(value)[:40]
            reading.fault(file, where, f"'{shown}' is no object.", "Export it again.")


def is_path(name: str) -> bool:
    """Return whether a name would lead to another folder, which no export has a reason for."""
    return any(mark in name for mark in _PATH_MARKS)
