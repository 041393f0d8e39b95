"""The words around an article: date line, language switch, list of articles."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from persona_router.content.files import read_yaml
from persona_router.content.text_files import text_folders

_NAMES = ("updated", "languages", "index", "none")


def labels(locale: str) -> Mapping[str, str]:
    """Return the labels for a locale by name: its own, its language's, else the default file's.

    Raises `ContentError` when a file of labels lacks one.
    """
    known, default = _read(text_folders("articles"))
    return known.get(locale) or known.get(locale.split("-")[0]) or known[default]


@lru_cache(maxsize=8)
def _read(folders: tuple[Path, ...]) -> tuple[Mapping[str, Mapping[str, str]], str]:
    found: dict[str, Mapping[str, str]] = {}
    default = ""
    for path in (path for folder in folders for path in sorted(folder.glob("*.yml"))):
        top = read_yaml(path)
        locale = top.get("locale", str)
        strings = top.node("strings")
        found.setdefault(locale, {name: strings.get(name, str) for name in _NAMES})
        if top.get("default", bool, False):
            default = locale
    return found, default
