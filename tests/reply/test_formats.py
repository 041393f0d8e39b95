from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from persona_router.core.hours import Hours
from persona_router.reply.formats import (
    babel_locale,
    date_text,
    hours_text,
    language_name,
    opening_text,
    zone_or,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de-AT", "de"), ("pt-BR", "pt"), ("es-ZZ", "es"), ("ar", "ar"), ("xq-XQ", "en"), ("", "en")],
)
def test_babel_locale_is_the_closest_that_exists(tag: str, language: str) -> None:
    assert babel_locale(tag).language == language


@pytest.mark.parametrize(
    ("tag", "locale", "name"),
    [
        ("de", "de", "Deutsch"),
        ("de", "en-GB", "German"),
        ("es", "es", "Español"),
        ("ar", "ar", "العربية"),
        ("en", "ar", "الإنجليزية"),
        ("pt-BR", "pt", "Português"),
        ("xq", "en", "xq"),
    ],
)
def test_language_name_is_written_as_its_readers_do(tag: str, locale: str, name: str) -> None:
    assert language_name(tag, locale) == name


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en-GB", "22 Nov 2026"), ("de", "22.11.2026"), ("es", "22 nov 2026")],
)
def test_date_text_is_the_locales(locale: str, text: str) -> None:
    assert date_text("2026-11-22", locale) == text


def test_date_text_of_arabic_keeps_its_order_between_other_words() -> None:
    assert date_text("2026-11-22", "ar-AE") == "22\u200f/11\u200f/2026"


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "Mars/Olympus",
        "../../etc/passwd",
        "/etc/passwd",
        "Europe",
        "a\x00b",
        "x" * 300,
        "\ud800",
        "tzdata.zi",
        ".",
    ],
)
def test_zone_or_survives_what_a_browser_may_send(name: str | None) -> None:
    assert zone_or(name, BERLIN) is BERLIN


def test_zone_or_takes_a_known_zone() -> None:
    assert zone_or("Asia/Dubai", BERLIN) == ZoneInfo("Asia/Dubai")


@pytest.mark.parametrize(
    ("zone", "locale", "text"),
    [
        ("Europe/Berlin", "de", "Montag 08:00"),
        ("Europe/London", "en-GB", "Monday 07:00"),
        ("America/Mexico_City", "es", "lunes 1:00"),
        (None, "de", "Montag 08:00"),
        ("Mars/Olympus", "de", "Montag 08:00"),
        ("Pacific/Honolulu", "de", "Sonntag 21:00"),
    ],
)
def test_opening_text_is_in_the_customers_zone(zone: str | None, locale: str, text: str) -> None:
    assert opening_text("2026-11-23T08:00:00+01:00", zone, locale) == text


def test_opening_text_of_arabic_names_the_day() -> None:
    opens = opening_text("2026-11-23T09:00:00+04:00", "Asia/Dubai", "ar-AE")
    assert opens == "الاثنين 9:00 ص"


def test_opening_text_of_an_unknown_time_is_empty() -> None:
    assert opening_text(None, "Europe/Berlin", "de") == ""
    assert opening_text("", "Europe/Berlin", "de") == ""


def test_hours_text_lists_the_coming_week_in_the_customers_zone() -> None:
    hours = Hours(
        zone=BERLIN,
        weekly={0: ((time(9), time(12)), (time(14), time(18))), 5: ((time(10), time(0)),)},
    )
    noon = datetime(2026, 11, 23, 12, 30, tzinfo=BERLIN)
    assert hours_text(hours, noon, "Europe/London", "en-GB") == (
        "- Monday 13:00 – 17:00\n- Saturday 09:00 – 23:00"
    )
    assert hours_text(hours, noon, None, "de") == "- Montag 14:00 – 18:00\n- Samstag 10:00 – 00:00"


def test_hours_text_without_hours_is_empty(noon: datetime) -> None:
    assert hours_text(None, noon, None, "en") == ""
