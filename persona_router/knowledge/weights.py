"""The numbers of search: read from data, never written in code."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from persona_router.content.errors import ContentError

DEFAULTS = Path(__file__).with_name("weights.yml")


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A logistic fit: the log-odds that a passage answers are `bias` plus each feature's share.

    The features are the similarity to the passage, to its best sentence and to what the article is
    about, the shares of the question's words and word parts that the passage holds, and the share
    of its words that one sentence holds together.
    """

    bias: float
    passage: float
    sentence: float
    about: float
    words: float
    parts: float
    together: float


@dataclass(frozen=True, kw_only=True)
class Columns:
    """How much one occurrence of a word counts in the title, the headings and the text."""

    title: float
    heading: float
    text: float


@dataclass(frozen=True, kw_only=True)
class SearchWeights:
    """All numbers of search; `weights.yml` beside this module documents each and its default."""

    passage_length: int
    part_length: int
    candidates: int
    nearest: int
    closest: int
    terms: int
    occurrences: int
    columns: Columns
    same_language: Fit
    other_language: Fit
    no_vector: Fit
    intent: float
    fallback: float


def search_weights(
    overrides: Mapping[str, Any] | None = None, *, file: Path | str = "search"
) -> SearchWeights:
    """Return the default weights with `overrides` (same names, nested alike) laid over them.

    `file` is where the overrides come from, for messages. Raises `ContentError` for an unknown
    name or a value that is not a number.
    """
    merged = _merge(_defaults(), overrides or {}, "search", file)
    groups: dict[str, type[Any]] = {
        "columns": Columns,
        "same_language": Fit,
        "other_language": Fit,
        "no_vector": Fit,
    }
    values: dict[str, Any] = {
        name: groups[name](**value) if name in groups else value for name, value in merged.items()
    }
    for name in (
        "passage_length",
        "part_length",
        "candidates",
        "nearest",
        "closest",
        "terms",
        "occurrences",
    ):
        if values[name] != int(values[name]) or values[name] < 1:
            what = f"'{values[name]}' is not a count."
            raise ContentError(file, f"search.{name}", what, "Give a whole number from 1.")
        values[name] = int(values[name])
    return SearchWeights(**values)


def _group(name: str) -> type[Columns] | type[Fit]:
    return Columns if name == "columns" else Fit


@lru_cache(maxsize=1)
def _defaults() -> Mapping[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return {field.name: loaded[field.name] for field in fields(SearchWeights)}


def _merge(base: Mapping[str, Any], over: object, place: str, file: Path | str) -> dict[str, Any]:
    if not isinstance(over, Mapping):
        remedy = f"Give any of: {', '.join(base)}."
        raise ContentError(file, place, f"'{over}' is not a mapping.", remedy)
    for name in over:
        if name not in base:
            remedy = f"Known: {', '.join(base)}."
            raise ContentError(file, place, f"Unknown weight '{name}'.", remedy)
    merged: dict[str, Any] = {}
    for name, default in base.items():
        value = over.get(name, default)
        if isinstance(default, Mapping):
            merged[name] = _merge(default, value, f"{place}.{name}", file)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            what = f"'{value}' is not a number."
            raise ContentError(file, f"{place}.{name}", what, f"The default is {default}.")
        else:
            merged[name] = value
    return merged
