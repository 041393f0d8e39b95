"""Where the texts that people read stand: a host's own files first, then the packaged ones."""

from pathlib import Path

PACKAGED = Path(__file__).parents[1] / "texts"
OWN = Path("data", "texts")
"""A host's folder in the working folder: files named and formed as the packaged ones, or parts."""


def text_folders(kind: str, *, project: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that hold texts of a kind ("page", "desk" …), the host's own first.

    The host's is in `project`, without one in the working folder.
    """
    own = (Path.cwd() if project is None else project) / OWN / kind
    return (own, PACKAGED / kind) if own.is_dir() else (PACKAGED / kind,)


def text_files(kind: str, locale: str) -> tuple[Path, ...]:
    """Return the existing files of a kind for one locale, the host's own first."""
    paths = (folder / f"{locale}.yml" for folder in text_folders(kind))
    return tuple(path for path in paths if path.exists())
