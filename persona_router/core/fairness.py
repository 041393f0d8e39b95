"""Fairness by experiment: what must not change a route is changed, and the routes are compared."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from persona_router.core.interval import wilson
from persona_router.core.text import words

WRITTEN = "written"
KINDS = ("informal", "regional", "accents", "introduction", "name", "language")
"""What is changed: the address of the shop, the region's spelling and words, accents left out, an
introduction by name put first, the name in that introduction, and the language."""

_Key = TypeVar("_Key")
_THINKING_SECONDS = 30.0
_SECONDS_A_WORD = 0.5
# Letters that lose their mark on a keyboard that lacks them, but not by Unicode's decomposition.
_KEYBOARD = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O"}
    | {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"}
    | {"ى": "ي", "ة": "ه", "ٱ": "ا", "ـ": ""}
)


@dataclass(frozen=True)
class Name:
    """A customer's name as a language writes it, and the gender that readers take it for."""

    text: str
    gender: str


@dataclass(frozen=True)
class Request:
    """One request in one language, in polite address, in informal address, and of a region."""

    text: str
    informal: str
    regional: str


@dataclass(frozen=True)
class Texts:
    """The requests by id of one language, and the people who may introduce themselves.

    `introduction` holds "{name}". People stand in the same order in every language.
    """

    language: str
    introduction: str
    names: tuple[Name, ...]
    requests: Mapping[str, Request]


@dataclass(frozen=True)
class Variant:
    """A message to send: of which request, in which language, and what is changed in it.

    `person` is the place of the name in the list of names; None where nobody is named.
    """

    language: str
    request: str
    kind: str
    text: str
    person: int | None = None


@dataclass(frozen=True)
class Comparison:
    """The route of a variant beside the one that it should have; None where routing failed."""

    variant: Variant
    kind: str
    expected: str | None
    found: str | None

    @property
    def differs(self) -> bool:
        """Whether the change has changed the route; a failure always counts as one."""
        return self.found is None or self.found != self.expected


@dataclass(frozen=True)
class Share:
    """How many of some comparisons differ."""

    cases: int
    differing: int

    @property
    def value(self) -> float:
        """The share that differs, 0 to 1; 0 without cases."""
        return self.differing / self.cases if self.cases else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share by Wilson's score (1927); (0, 1) without cases."""
        return wilson(self.differing, self.cases)


def without_accents(text: str) -> str:
    """Return `text` as people type it on a keyboard without the accents of its language.

    "Rückgabe, groß" becomes "Ruckgabe, gross" and "ödül ılık" "odul ilik". Arabic loses hamza
    above and below letters, vowel marks and stretching, and gets the letters that are typed for
    final ya and ta marbuta. Case, punctuation and digits stay.
    """
    split = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in split if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept.translate(_KEYBOARD))


def variants(texts: Texts) -> Iterator[Variant]:
    """Yield the messages of one language, each request as written before its variants.

    A variant whose text is that of the request as written shows nothing and is left out.
    """
    for request, written in texts.requests.items():
        yield Variant(texts.language, request, WRITTEN, written.text)
        changed = {
            "informal": written.informal,
            "regional": written.regional,
            "accents": without_accents(written.text),
        }
        for kind, text in changed.items():
            if text != written.text:
                yield Variant(texts.language, request, kind, text)
        for person, name in enumerate(texts.names):
            introduced = f"{texts.introduction.replace('{name}', name.text)} {written.text}"
            yield Variant(texts.language, request, "introduction", introduced, person)


def seconds_to_write(text: str) -> float:
    """Return how long a customer takes who thinks and types at a steady pace."""
    return _THINKING_SECONDS + _SECONDS_A_WORD * len(words(text))


def compare(routes: Mapping[Variant, str | None]) -> tuple[Comparison, ...]:
    """Return the comparisons of all kinds that `routes` allow.

    A variant should have the route of its request as written in the same language. An introduced
    request should also have the route that is most common for it over the names ("name"), and a
    request as written the one that is most common for it over the languages ("language").
    """
    written = {(v.language, v.request): r for v, r in routes.items() if v.kind == WRITTEN}
    over_names = _most_common(
        ((v.language, v.request), r) for v, r in routes.items() if v.person is not None
    )
    over_languages = _most_common((request, r) for (_, request), r in written.items())
    compared = []
    for variant, found in routes.items():
        place = (variant.language, variant.request)
        if variant.kind == WRITTEN:
            compared.append(Comparison(variant, "language", over_languages[variant.request], found))
            continue
        compared.append(Comparison(variant, variant.kind, written[place], found))
        if variant.person is not None:
            compared.append(Comparison(variant, "name", over_names[place], found))
    return tuple(compared)


def _most_common(
    routes: Iterable[tuple[_Key, str | None]],
) -> Mapping[_Key, str | None]:
    """Return the most common route of each key; of several equally common ones the first met."""
    found: dict[_Key, Counter[str]] = defaultdict(Counter)
    for key, route in routes:
        found[key].update([route] if route is not None else [])
    return {
        key: next((route for route, _ in counted.most_common(1)), None)
        for key, counted in found.items()
    }


def share(comparisons: Iterable[Comparison]) -> Share:
    """Return how many of `comparisons` differ."""
    differing = [comparison.differs for comparison in comparisons]
    return Share(cases=len(differing), differing=sum(differing))


def shares_by_kind(comparisons: Sequence[Comparison]) -> Mapping[str, Share]:
    """Return the share of each kind of change that was tried."""
    return _grouped((c.kind, c) for kind in KINDS for c in comparisons if c.kind == kind)


def shares_by_language(comparisons: Sequence[Comparison]) -> Mapping[str, Share]:
    """Return the share of each language, over all kinds."""
    return _grouped((c.variant.language, c) for c in comparisons)


def shares_by_gender(
    comparisons: Sequence[Comparison], people: Sequence[Name]
) -> Mapping[str, Share]:
    """Return the share of kind "name" of each gender."""
    return _grouped((people[person].gender, c) for person, c in _names(comparisons))


def shares_by_person(
    comparisons: Sequence[Comparison], people: Sequence[Name]
) -> Mapping[str, Share]:
    """Return the share of kind "name" of each person, whose names differ in origin."""
    return _grouped((people[person].text, c) for person, c in _names(comparisons))


def _names(comparisons: Iterable[Comparison]) -> Iterator[tuple[int, Comparison]]:
    for comparison in comparisons:
        if comparison.kind == "name" and comparison.variant.person is not None:
            yield comparison.variant.person, comparison


def _grouped(labelled: Iterable[tuple[str, Comparison]]) -> Mapping[str, Share]:
    groups: dict[str, list[Comparison]] = defaultdict(list)
    for label, comparison in labelled:
        groups[label].append(comparison)
    return {label: share(comparisons) for label, comparisons in groups.items()}
