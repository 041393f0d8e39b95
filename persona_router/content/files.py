"""YAML files that people write, read with errors that name file, place and remedy."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from persona_router.content.errors import ContentError

T = TypeVar("T")
# The parser in C, where it is installed, reads phrase lists in a tenth of the time.
SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BASE_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Reads every scalar as a text."""
_KINDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
}


def read_yaml(path: Path) -> "Node":
    """Return the mapping at the top of a YAML file. Raises ContentError if there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ContentError(path, "", "The file is missing.", "Create or restore it.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            path, "", f"It cannot be read ({error}).", "Save it as UTF-8."
        ) from error
    return yaml_in(text, path)


def yaml_in(text: str, path: Path) -> "Node":
    """Return the mapping at the top of a YAML text; `path` is its name in a ContentError."""
    try:
        loaded = yaml.load(text, Loader=SAFE_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "malformed"
        raise ContentError(path, place, f"It is no valid YAML ({problem}).", "Mend it.") from error
    except ValueError as error:  # a value that looks like a date and is none, such as 2026-02-30
        raise ContentError(
            path, "", f"It holds a malformed value ({error}).", "Mend it."
        ) from error
    if not isinstance(loaded, dict):
        raise ContentError(path, "", "It holds no keys.", "Start it with 'key: value' lines.")
    return Node(path, "", loaded)


class Node:
    """A mapping inside a content file that knows where it stands, for errors that say so."""

    def __init__(self, file: Path, place: str, values: Mapping[Any, Any]) -> None:
        self.file = file
        self.place = place
        self.values = {str(key): value for key, value in values.items()}

    def fault(self, key: str, what: str, remedy: str) -> ContentError:
        """Return an error at `key` of this mapping, to be raised by the caller."""
        return ContentError(self.file, self._place(key), what, remedy)

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return the value at `key`. Raises ContentError if it is missing or not of `kind`."""
        value = self.values.get(key, default)
        if value is None:
            raise self.fault(
                key, "It is missing.", f"Write {_KINDS.get(kind, kind.__name__)} here."
            )
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return kind(value)  # type: ignore[call-arg]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            wanted = _KINDS.get(kind, kind.__name__)
            raise self.fault(key, f"'{value}' is not {wanted}.", f"Write {wanted} here.")
        return value

    def maybe(self, key: str) -> str | None:
        """Return the text at `key`; None if it is missing. Raises ContentError for other values."""
        return self.get(key, str) if self.values.get(key) is not None else None

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        """Return the list of texts at `key`."""
        values = self.get(key, list, default)
        for value in values:
            if not isinstance(value, str):
                raise self.fault(key, f"'{value}' is no text.", "Put it in quotes.")
        return tuple(values)

    def count(self, key: str, default: int, least: int, most: int) -> int:
        """Return the whole number at `key`. Raises ContentError outside `least` to `most`."""
        value = self.get(key, int, default)
        if not least <= value <= most:
            what = f"{value} is outside {least} to {most}."
            raise self.fault(key, what, "Write a number of that range.")
        return value

    def share(self, key: str, default: float) -> float:
        """Return the number at `key`. Raises ContentError outside 0 to 1."""
        value = self.get(key, float, default)
        if not 0 <= value <= 1:
            raise self.fault(key, f"{value} is outside 0 to 1.", "Write a number from 0 to 1.")
        return value

    def node(self, key: str, *, optional: bool = False) -> "Node":
        """Return the mapping at `key`; an empty one if it is `optional` and missing."""
        default: dict[Any, Any] | None = {} if optional else None
        return Node(self.file, self._place(key), self.get(key, dict, default))

    def nodes(self, key: str) -> Iterator["Node"]:
        """Yield the mappings of the list at `key`, none if it is missing."""
        for number, value in enumerate(self.get(key, list, []), start=1):
            if not isinstance(value, dict):
                raise self.fault(key, f"Entry {number} is no mapping.", "Write 'key: value' lines.")
            yield Node(self.file, self._place(f"{key}[{number}]"), value)

    def only(self, *known: str) -> None:
        """Raise ContentError for a key that is not among `known`: a typo must not be ignored."""
        for key in self.values:
            if key not in known:
                raise self.fault(key, f"Unknown key '{key}'.", f"Known: {', '.join(known)}.")

    def _place(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key
