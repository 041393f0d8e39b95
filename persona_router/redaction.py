"""Personal data in free text, found and covered before the text is kept."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import phonenumbers
import yaml
from stdnum import iban, luhn

LONGEST = 10_000
"""Characters that are looked at; what comes after them is cut off."""

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}")
_DIGITS = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_ORDER = re.compile(r"\b(?=[A-Z0-9-]*\d[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
_LEAST_ORDER_DIGITS = 5
_SHORTEST_IBAN = 15
_ADDRESSES = Path(__file__).parent / "texts" / "addresses.yml"
_NAME = r"[^\W\d_][\w'’.-]{0,30}"
_NUMBER = r"\d{1,4}(?:\s?[-/]\s?\d{1,4}|\s?[a-z]\b)?(?![\d.,]*\d)"
_TOWN = (
    r"(?:\s*[,،]?\s+(?:[a-z]{1,2}-)?"
    r"(?:\d{5}|\d{4}\s?(?-i:[A-Z]{2})|\d{2}-\d{3}|\d{4}-\d{3}|\d{4}(?=\s+(?-i:[A-ZÀ-Ý])))"
    r"(?:\s+(?-i:[A-ZÀ-ÝĀ-Ž])[\w'’-]{1,30}){0,3}"
    r"|\s*,?\s+(?:(?-i:[A-Z])[\w'’-]{1,30}\s*,?\s+){0,2}(?-i:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b)?"
)
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


def _addresses(text: str, region: str | None) -> Iterator[Found]:
    # An address that two languages' patterns find goes by the one that reads more of it.
    matches = [match for pattern in _address_patterns() for match in pattern.finditer(text)]
    for match in sorted(matches, key=lambda match: match.start() - match.end()):
        yield Found("address", match.start(), match.end())


@cache
def _address_patterns() -> tuple[re.Pattern[str], ...]:
    by_language = yaml.safe_load(_ADDRESSES.read_text(encoding="utf-8"))
    return tuple(
        re.compile(written.format(name=_NAME, number=_NUMBER) + _TOWN, re.IGNORECASE)
        for patterns in by_language.values()
        for written in patterns
    )


_FINDERS: dict[str, Find] = {
    "email": _emails,
    "iban": _ibans,
    "card": _cards,
    "phone": _phones,
    "address": _addresses,
    "order": _orders,
}
KINDS = tuple(_FINDERS)
"""What can be found; of two kinds in one place the first one is told."""
USUAL = ("email", "iban", "card", "phone", "address")
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
