"""Dates, amounts and product names in the customer's language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency


def locale_for(language: str | None, country: str) -> Locale | None:
    """Return the language as it is written in the country, else the language as such.

    `language` is a BCP 47 tag; a region of its own wins. None for an unknown language.
    """
    tag = (language or "").replace("-", "_")
    for candidate in (tag if "_" in tag else f"{tag}_{country}", tag, tag.split("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return None


def day(value: date, language: str | None, country: str) -> str:
    """Return the date with the month in words; ISO 8601 for an unknown language."""
    locale = locale_for(language, country)
    return format_date(value, "long", locale=locale) if locale else value.isoformat()


def money(value: Decimal, currency: str, language: str | None, country: str) -> str:
    """Return the amount with its currency, with as many decimals as the currency has."""
    locale = locale_for(language, country)
    if locale is None:
        return f"{value} {currency}"
    return format_currency(value, currency, locale=locale)


def title(titles: Mapping[str, str], language: str | None) -> str:
    """Return the product's name in the language, else the first name it has, else nothing."""
    own = titles.get((language or "").replace("_", "-").split("-")[0])
    return own or next(iter(titles.values()), "")
