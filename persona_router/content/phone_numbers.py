"""Reads the phone number of a service from the routing policy."""

import phonenumbers

from persona_router.content.files import Node


def read_number(node: Node) -> str | None:
    """Return the service's number as it is written, such as "+44 20 7946 0112"; None without one.

    Raises ContentError for one without a country code, or too short or too
    long for its country; numbers that nobody has, such as those for fiction, are fine.
    """
    written = str(node.values.get("number") or "").strip()
    if not written:
        return None
    remedy = 'Write it in quotes with the country code, such as "+44 20 7946 0112".'
    try:
        parsed = phonenumbers.parse(written)
    except phonenumbers.NumberParseException as error:
        raise node.fault("number", f"'{written}' is no international number.", remedy) from error
    if not phonenumbers.is_possible_number(parsed):
        raise node.fault("number", f"'{written}' is too short or too long.", remedy)
    return written
