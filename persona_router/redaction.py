"""Personal data in free text, found and covered before the text is kept."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import phonenumbers
from stdnum import iban, luhn

LONGEST = 10_000
"""Characters that are looked at; what comes after them is cut off."""

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}")
_DIGITS = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_ORDER = re.compile(r"\b(?=[A-Z0-9-]*\d[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
_LEAST_ORDER_DIGITS = 5
_SHORTEST_IBAN = 15
_CARD_STARTS = "3456"
"""First digits of payment cards but the old ones of airlines (ISO/IEC 7812)."""


@dataclass(frozen=True)
class Found:
    """Where personal data of a kind stands in a text."""

    kind: str
    start: int
    end: int


Find = Callable[[str, str | None], Iterator[Found]]


def _emails(text: str, region: str | None) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield Found("email", match.start(), match.end())


def _ibans(text: str, region: str | None) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        # The pattern may run on into the words behind it; the number ends where its sum is right.
        for end in range(match.end(), match.start() + _SHORTEST_IBAN - 1, -1):
            written = text[match.start() : end]
            if written[-1].isalnum() and iban.is_valid(written, check_country=False):
                yield Found("iban", match.start(), end)
                break


def _cards(text: str, region: str | None) -> Iterator[Found]:
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if digits[0] in _CARD_STARTS and luhn.is_valid(digits):
            yield Found("card", match.start(), match.end())


def _phones(text: str, region: str | None) -> Iterator[Found]:
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        yield Found("phone", match.start, match.end)


def _orders(text: str, region: str | None) -> Iterator[Found]:
    for match in _ORDER.finditer(text):
        if sum(character.isdigit() for character in match.group()) >= _LEAST_ORDER_DIGITS:
            yield Found("order", match.start(), match.end())


_FINDERS: dict[str, Find] = {
    "email": _emails,
    "iban": _ibans,
    "card": _cards,
    "phone": _phones,
    "order": _orders,
}
KINDS = tuple(_FINDERS)
"""What can be found; of two kinds in one place the first one is told."""
USUAL = ("email", "iban", "card", "phone")
"""Order numbers are what support is about, so they stay unless somebody chooses otherwise."""


@dataclass(frozen=True)
class Redactor:
    """Covers personal data of `kinds`; `region`, such as "DE", is where local numbers are from."""

    kinds: tuple[str, ...] = USUAL
    region: str | None = None

    def found(self, text: str, *, region: str | None = None) -> tuple[Found, ...]:
        """Return what stands in the text, in order and nowhere twice."""
        taken: list[Found] = []
        for kind in KINDS:
            if kind not in self.kinds:
                continue
            for one in _FINDERS[kind](text, region or self.region):
                if all(one.end <= other.start or other.end <= one.start for other in taken):
                    taken.append(one)
        return tuple(sorted(taken, key=lambda one: one.start))

    def __call__(self, text: str, *, region: str | None = None) -> str:
        """Return the text with a mark such as "[card]" in the place of each finding."""
        text = text[:LONGEST]
        pieces, at = [], 0
        for one in self.found(text, region=region):
            pieces += [text[at : one.start], f"[{one.kind}]"]
            at = one.end
        return "".join([*pieces, text[at:]])
