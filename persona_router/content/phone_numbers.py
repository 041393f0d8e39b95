"""Reads phone numbers that people write with their country code."""

from collections.abc import Callable
from typing import TypeVar

import phonenumbers

from persona_router.content.files import Node

T = TypeVar("T")
REMEDY = 'Write it in quotes with the country code, such as "+44 20 7946 0112".'


class NoNumber(ValueError):
    """What is written is no phone number that could be called from anywhere; says why."""


def e164(written: str) -> str:
    """Return the number as a phone network takes it, such as "+442079460112".

    Raises NoNumber for one without a country code, too short or too long for its country, or with
    an extension, which a network does not dial; numbers that nobody has, such as those for
    fiction, are fine.
    """
    parsed = _parsed(written)
    if parsed.extension:
        raise NoNumber(f"'{written}' has an extension, which cannot be dialled.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def region_of_number(written: str) -> str | None:
    """Return the country of a number with its country code, such as "GB"; None for no country.

    Of countries that share a code it is the largest: "US" for +1.
    """
    try:
        code = _parsed(written).country_code or 0
    except NoNumber:
        return None
    region = phonenumbers.region_code_for_country_code(code)
    return region if region.isalpha() and region != "ZZ" else None


def read_number(node: Node) -> str | None:
    """Return the service's number as it is written, such as "+44 20 7946 0112"; None without one.

    Raises ContentError for one without a country code, or too short or too
    long for its country; numbers that nobody has, such as those for fiction, are fine.
    """
    written = str(node.values.get("number") or "").strip()
    if written:
        _checked(node, "number", written, _parsed)
    return written or None


def read_e164(node: Node, key: str) -> str:
    """Return the number at the key as E.164; raises ContentError for one that `e164` refuses."""
    return _checked(node, key, node.get(key, str).strip(), e164)


def _checked(node: Node, key: str, written: str, read: Callable[[str], T]) -> T:
    """Return what is read of the number written at the key; raises ContentError."""
    try:
        return read(written)
    except NoNumber as error:
        raise node.fault(key, str(error), REMEDY) from error


def _parsed(written: str) -> phonenumbers.PhoneNumber:
    try:
        parsed = phonenumbers.parse(written)
    except phonenumbers.NumberParseException as error:
        raise NoNumber(f"'{written}' is no international number.") from error
    if not phonenumbers.is_possible_number(parsed):
        raise NoNumber(f"'{written}' is too short or too long.")
    return parsed
