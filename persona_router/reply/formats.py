"""Dates, times and names as a locale writes them."""

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_datetime_format,
    get_timezone_location,
)

from persona_router.core.hours import Hours


def babel_locale(tag: str) -> Locale:
    """Return Babel's locale for a tag, or for its language; English where it has neither."""
    for name in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(name.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def language_name(tag: str, locale: str) -> str:
    """Return the name of a language as speakers of `locale` write it, such as "Deutsch"."""
    language = tag.partition("-")[0]
    name = babel_locale(locale).languages.get(language)
    return name[:1].upper() + name[1:] if name else language


def date_text(iso: str, locale: str) -> str:
    """Return an ISO date in the locale's medium form."""
    return format_date(date.fromisoformat(iso), format="medium", locale=babel_locale(locale))


def zone_or(name: str | None, otherwise: tzinfo) -> tzinfo:
    """Return the time zone called `name`, or `otherwise` for an unknown or missing name."""
    try:
        return ZoneInfo(name) if name else otherwise
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise


def phone_link(number: str | None) -> str:
    """Return an international number as a Markdown link by which a phone dials it."""
    if not number:
        return ""
    digits = "".join(character for character in number if character.isdigit())
    return f"[{number}](tel:+{digits})"


def opening_text(iso: str | None, zone: str | None, locale: str) -> str:
    """Return weekday and time of an ISO time in the customer's zone; empty for None."""
    if not iso:
        return ""
    at = datetime.fromisoformat(iso)
    local = at.astimezone(zone_or(zone, at.tzinfo or ZoneInfo("UTC")))
    return _day_and_time(local, babel_locale(locale))


def appointment_text(at: datetime, zone: str | None, locale: str, *, otherwise: tzinfo) -> str:
    """Return date and time of an appointment in the customer's zone.

    Where that is unknown it is told in the zone `otherwise`, and the zone with it.
    """
    shown, known = babel_locale(locale), zone_or(zone, otherwise)
    local = at.astimezone(known)
    day = format_skeleton("MMMEd", local, tzinfo=known, locale=shown)
    words = (
        str(get_datetime_format("medium", locale=shown))
        .replace("'", "")
        .replace("{0}", format_time(local, "short", tzinfo=known, locale=shown))
        .replace("{1}", day)
    )
    if zone == str(known):
        return words
    return f"{words} ({get_timezone_location(known, locale=shown)})"


def hours_text(hours: Hours | None, at: datetime, zone: str | None, locale: str) -> str:
    """Return the opening times of the coming seven days in the customer's zone, one line a day."""
    if hours is None:
        return ""
    where, shown = zone_or(zone, hours.zone), babel_locale(locale)
    lines = []
    for start, end in hours.spans(at, days=7):
        until = format_time(end.astimezone(where), "short", locale=shown)
        lines.append(f"- {_day_and_time(start.astimezone(where), shown)} – {until}")
    return "\n".join(lines)


def _day_and_time(at: datetime, shown: Locale) -> str:
    day = format_date(at, "EEEE", locale=shown)
    return f"{day} {format_time(at, 'short', locale=shown)}"
