"""Reads what a customer answered in a form; every function returns None for an unusable answer."""

import re
import unicodedata
from collections.abc import Sequence

from actions.shop.desk import OrderLine

_ORDER_NUMBER = re.compile(r"(?<!\d)\d{7,8}(?!\d)")
_NUMBER = re.compile(r"\d+")
_EMAIL = re.compile(
    r"[^\s@<>()\[\]\\,;:\"]+@(?:[^\s@.<>()\[\]\\,;:\"]+\.)+[^\s@.<>()\[\]\\,;:\"]{2,}"
)
_MARKUP = re.compile(r"[\[\]<>{}*_`\\|~^]")
_CLAUSE_MARKS = ",،、;"

MAX_EMAIL = 254
MIN_ADDRESS_WORDS = 3
MIN_ADDRESS, MAX_ADDRESS = 10, 200
MAX_REASON = 500


def plain(text: object) -> str:
    """Return the text in one line: digits of every script as 0-9, no control characters."""
    kept = (
        # Breaks of a typed address separate its parts; other control characters can only confuse.
        ", "
        if character in "\n\r"
        else ""
        if unicodedata.category(character)[0] == "C"
        else str(unicodedata.digit(character))
        if character.isdigit()
        else character
        for character in unicodedata.normalize("NFC", str(text))
    )
    return " ".join("".join(kept).split())


def order_number(value: object) -> str | None:
    """Return the 7 or 8 digits of the only order number in the answer."""
    text = plain(value)
    found = set(_ORDER_NUMBER.findall(text)) or set(
        # People group the digits: "4471 903", "88-120-447".
        _ORDER_NUMBER.findall(re.sub(r"(?<=\d)[\s.\-/]+(?=\d)", "", text))
    )
    return found.pop() if len(found) == 1 else None


def email(value: object) -> str | None:
    """Return the only e-mail address in the answer, in lower case."""
    found = {match.strip(".'’").lower() for match in _EMAIL.findall(plain(value))}
    address = found.pop() if len(found) == 1 else None
    return address if address and len(address) <= MAX_EMAIL else None


def quantity(value: object) -> int | None:
    """Return the only whole number in the answer, 0 to 9,999."""
    found = _NUMBER.findall(plain(value))
    signed = "-" in plain(value) or "." in plain(value).strip(".")
    if len(found) != 1 or signed or len(found[0]) > 4:
        return None
    return int(found[0])


def line(value: object, lines: Sequence[OrderLine]) -> OrderLine | None:
    """Return the line that the answer names by its id or by part of its title in any language."""
    text = plain(value).casefold()
    by_id = next((line for line in lines if line.id == text), None)
    if by_id or not text:
        return by_id
    named = [
        line
        for line in lines
        if any(
            title.casefold() in text or (len(text) > 2 and text in title.casefold())
            for title in line.titles.values()
        )
    ]
    return named[0] if len(named) == 1 else None


def address(value: object) -> str | None:
    """Return the address in one line, free of markup, 10 to 200 characters."""
    text = " ".join(_MARKUP.sub(" ", plain(value)).split())
    looks_whole = any(character.isdigit() or character in _CLAUSE_MARKS for character in text)
    if not looks_whole or len(text.split()) < MIN_ADDRESS_WORDS:
        return None
    return text if MIN_ADDRESS <= len(text) <= MAX_ADDRESS else None


def reason(value: object) -> str | None:
    """Return the reason cut to 500 characters; it must have a letter."""
    text = plain(value)
    return text[:MAX_REASON] if any(character.isalpha() for character in text) else None


def has_small_numbers(value: object) -> bool:
    """Return whether the text holds a number that is no order number, as addresses do."""
    return bool(_NUMBER.search(_ORDER_NUMBER.sub("", plain(value))))
