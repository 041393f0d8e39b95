"""What a customer of a locale may be shown: every article once, in the locale that suits best."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An article of an index in one locale, without its text."""

    id: str
    locale: str
    title: str
    updated: datetime.date
    intents: frozenset[str]


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """Which entries are shown, and which of all entries are in another language.

    `languages` are those of the entries shown, the customer's first, then the most frequent.
    """

    shown: NDArray[np.bool_]
    foreign: NDArray[np.bool_]
    languages: tuple[str, ...]


def view_of(entries: Sequence[Entry], locale: str, fallbacks: Sequence[str]) -> View:
    """Return the view of a customer who reads `locale`.

    An article is shown in that locale, else in its language without a region, else in another
    region's, else in the first of `fallbacks` (in order, each likewise), else in any.
    """
    order = [locale, first_subtag(locale)]
    for tag in fallbacks:
        order += [tag, first_subtag(tag)]
    best: dict[str, tuple[int, bool, int]] = {}
    for number, entry in enumerate(entries):
        tags = (entry.locale, first_subtag(entry.locale))
        rank = min((order.index(tag) for tag in tags if tag in order), default=len(order))
        # `pt` is written for all who read Portuguese, `pt-PT` for those of one region.
        found = (rank, entry.locale not in order, number)
        best[entry.id] = min(best.get(entry.id, found), found)
    chosen = [number for *_, number in best.values()]
    own = first_subtag(locale)
    languages = Counter(first_subtag(entries[number].locale) for number in chosen)
    shown = np.zeros(len(entries), dtype=np.bool_)
    shown[chosen] = True
    return View(
        shown=shown,
        foreign=np.array([first_subtag(entry.locale) != own for entry in entries], dtype=np.bool_),
        languages=tuple(sorted(languages, key=lambda tag: (tag != own, -languages[tag], tag))),
    )


def first_subtag(locale: str) -> str:
    """Return the language of a tag, which may be malformed: it then equals no article's."""
    return locale.split("-")[0]
