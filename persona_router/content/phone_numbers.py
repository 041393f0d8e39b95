"""Reads phone numbers that people write with their country code."""

import phonenumbers

from persona_router.content.files import Node

REMEDY = 'Write it in quotes with the country code, such as "+44 20 7946 0112".'


class NoNumber(ValueError):
    """What is written is no phone number that could be called from anywhere; says why."""


def e164(written: str) -> str:
    """Return the number as a phone network takes it, such as "+442079460112".

    Raises NoNumber for one without a country code, or too short or too long for its country;
    numbers that nobody has, such as those for fiction, are fine.
    """
    try:
        parsed = phonenumbers.parse(written)
    except phonenumbers.NumberParseException as error:
        raise NoNumber(f"'{written}' is no international number.") from error
    if not phonenumbers.is_possible_number(parsed):
        raise NoNumber(f"'{written}' is too short or too long.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def read_number(node: Node) -> str | None:
    """Return the service's number as it is written, such as "+44 20 7946 0112"; None without one.

    Raises ContentError for one that cannot be called.
    """
    written = str(node.values.get("number") or "").strip()
    if written:
        checked(node, "number", written)
    return written or None


def checked(node: Node, key: str, written: str) -> str:
    """Return the number written at the key as E.164; raises ContentError."""
    try:
        return e164(written)
    except NoNumber as error:
        raise node.fault(key, str(error), REMEDY) from error
