"""Whether files that another process writes have changed."""

from collections.abc import Iterable
from pathlib import Path

_ENDS = ("", "-wal")
"""SQLite writes into its write-ahead log first, and into the database at a checkpoint."""

Stamp = tuple[tuple[int, int], ...]


def stamp_of(databases: Iterable[Path]) -> Stamp:
    """Return a value that differs once any of the SQLite databases has been written to.

    A database need not exist yet.
    """
    return tuple(_written(path.with_name(path.name + end)) for path in databases for end in _ENDS)


def _written(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
